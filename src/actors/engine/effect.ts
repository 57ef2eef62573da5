import type { Logger } from 'pino'
import type { EventObject } from 'xstate'
import type { z } from 'zod'
import type { Registry } from '../../machines/engine/registry.ts'
import type { EngineDb } from '../../store/engine/tables.ts'
import type { Delivery } from './delivery.ts'
import type { Runtime } from './runtime.ts'
import { together } from './together.ts'

/** An effect on its way. */
export interface EffectJob<P = Record<string, unknown>> {
  /** Actor that asked for it, at its step `seq`, as that step's effect `index`. */
  actor: string
  seq: number
  index: number
  /** When it was asked for, Unix ms. */
  at: number
  /** 1 for the first try. */
  attempt: number
  params: P
  /** The newest step that asked for it to be done afresh; 0: none did. See `renews`. */
  renewed: number
}

/**
 * The effect has taken place, and the process is still storing what came of it: its slot and its turn are
 * free, its row stays until then. False: it has to be done again.
 */
export interface Storing {
  stored: Promise<boolean>
}

/**
 * Carries out one kind of effect. May run again after a crash or a failure, so it is idempotent by
 * the effect's identity or by the state it brings about. A RetryableError is tried again later.
 */
export type EffectHandler<P = Record<string, unknown>> = (
  job: EffectJob<P>,
  signal: AbortSignal,
  // biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
) => Promise<Storing | void>

/**
 * Answers a question: reads, changes nothing, and says what the actor that asked is to hear. It may be
 * asked before the step that asks is committed, and again.
 */
export type EffectAnswer<P = Record<string, unknown>> = (job: EffectJob<P>) => Promise<EventObject>

/** Resolves when an effect may take a slot. */
export type EffectGate<P = Record<string, unknown>> = (
  job: EffectJob<P>,
  signal: AbortSignal,
) => Promise<void>

/** What the engine has for every handler. */
export interface EngineDeps {
  runtime: Runtime
  registry: Registry
  db: EngineDb
  now: () => number
  log: Logger
}

/** How an effect is repeated after a failure that is safe to repeat. */
export interface Patience {
  /** Tries in all. */
  attempts: number
  /** Longest pause between two tries, ms; pauses double from 1 s. */
  maxPauseMs: number
}

/** All that is to be known of one effect; declared once, by `declareEffect`. */
export interface EffectDeclaration<
  Name extends string = string,
  // biome-ignore lint/suspicious/noExplicitAny: of whatever parameters
  Params = any,
  // biome-ignore lint/suspicious/noExplicitAny: with whatever dependencies
  Deps = any,
  Queue extends string = string,
> {
  /** As machines ask for it. A persisted name. */
  readonly name: Name
  /** What machines must ask with; checked before each try. */
  readonly params: z.ZodType<Params>
  readonly delivery: Delivery
  /** Of `latest`: whether this asks for more than the newest state, which the next must not forget. */
  readonly renews?: ((params: NoInfer<Params>) => boolean) | undefined
  /** The queue whose slots it takes. */
  readonly queue: Queue
  readonly patience: Patience
  /** Effects of one turn in a queue run one after another and take turns with the others; absent: its actor. */
  readonly turn?: ((params: NoInfer<Params>) => string) | undefined
  /** What the actor that asked hears when it will not be tried again; null: nothing, it doesn't wait. */
  readonly exhausted: ((params: NoInfer<Params>) => EventObject) | null
  /** Resolves when it may take a slot, e.g. when a rate limit has room; absent: at once. */
  readonly gate?: ((deps: Deps) => EffectGate<NoInfer<Params>>) | undefined
  readonly handler: (deps: Deps) => EffectHandler<NoInfer<Params>>
  /** Of a question: what its handler tells the actor; see `declareQuestion`. */
  readonly answer?: ((deps: Deps) => EffectAnswer<NoInfer<Params>>) | undefined
}

export const declareEffect = <const Name extends string, Params, Deps, const Queue extends string>(
  declaration: EffectDeclaration<Name, Params, Deps, Queue>,
): EffectDeclaration<Name, Params, Deps, Queue> => declaration

/** What it takes to declare a question; it must only read. */
export type QuestionDeclaration<Name extends string, Params, Deps, Queue extends string> = Omit<
  EffectDeclaration<Name, Params, Deps, Queue>,
  'handler' | 'answer' | 'gate' | 'renews'
> & { readonly answer: (deps: Deps) => EffectAnswer<NoInfer<Params>> }

/**
 * Declares an effect that asks something: the answer comes to the actor as an event, within the step that
 * asked when it can be had at once, else after its commit.
 */
export function declareQuestion<
  const Name extends string,
  Params,
  Deps extends Pick<EngineDeps, 'runtime'>,
  const Queue extends string,
>(
  declaration: QuestionDeclaration<Name, Params, Deps, Queue>,
): EffectDeclaration<Name, Params, Deps, Queue> {
  const { name } = declaration
  const answer = together(declaration.answer)
  return {
    ...declaration,
    answer,
    handler: (deps) => async (job) => {
      const event = await answer(deps)(job)
      await deps.runtime.send({ actor: job.actor, key: answerKey(name, job), event })
    },
  }
}

type All<U> = (U extends unknown ? (of: U) => void : never) extends (of: infer I) => void
  ? I
  : never

/** Everything that the handlers of a table need. */
export type DepsOf<T extends readonly EffectDeclaration[]> = All<
  Parameters<T[number]['handler']>[0]
>

/** An effect that can be carried out. */
export interface BoundEffect {
  declaration: EffectDeclaration
  handler: EffectHandler
  gate: EffectGate | undefined
  answer: EffectAnswer | undefined
}

/** Gives every effect of a table what its handler needs. */
export const createEffects = <const T extends readonly EffectDeclaration[]>(
  table: T,
  deps: DepsOf<T>,
): readonly BoundEffect[] =>
  table.map((declaration) => ({
    declaration,
    handler: declaration.handler(deps),
    gate: declaration.gate?.(deps),
    answer: declaration.answer?.(deps),
  }))

/** Identity of an effect: the step that asked for it and its place there. */
export const effectKey = ({
  actor,
  seq,
  index,
}: Pick<EffectJob<unknown>, 'actor' | 'seq' | 'index'>): string => `${actor}#${seq}.${index}`

/** Under which the answer to a question is journaled, whoever asks. */
export const answerKey = (
  name: string,
  asked: Pick<EffectJob, 'actor' | 'seq' | 'index'>,
): string => `${name}:${effectKey(asked)}`

const SECOND = 1_000

/** Pause before try `attempt + 1`: what the other side asked for, else 1 s doubling to the limit. */
export const pauseMs = (
  { maxPauseMs }: Pick<Patience, 'maxPauseMs'>,
  attempt: number,
  askedMs?: number,
): number => askedMs ?? Math.min(maxPauseMs, SECOND * 2 ** Math.min(attempt - 1, 16))
