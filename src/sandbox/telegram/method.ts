import type { Args } from './args.ts'
import type { Bot, World } from './model.ts'

/** One call on its way to a method. */
export interface MethodCall {
  readonly world: World
  readonly bot: Bot
  readonly args: Args
  /** Aborts when the client has gone or the server closes. */
  readonly signal: AbortSignal
}

/** A method answers with its result or throws a BotApiError. */
export type Method = (call: MethodCall) => unknown

/** Methods by their documented names; a file of `methods/` exports one such table. */
export type Methods = Readonly<Record<string, Method>>
