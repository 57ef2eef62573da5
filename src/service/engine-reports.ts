import { EventEmitter } from 'node:events'
import type { EffectRunnerDeps } from '../actors/engine/effect-runner.ts'
import type { RuntimeDeps } from '../actors/engine/runtime.ts'
import type { OrderStep } from '../actors/order-steps.ts'
import type { ProblemName } from './problems.ts'

/** Why something lies among the dead letters. */
type DeadReason = 'poisoned' | 'refused' | 'exhausted' | 'unreadable' | 'callback'

type Args<K extends keyof RuntimeDeps> = Parameters<
  Extract<RuntimeDeps[K], (...args: never[]) => void>
>

/** What the engine reports while it works, by name. Listeners must be quick and must not throw. */
interface EngineReports {
  /** A batch was committed. */
  step: Args<'onStep'>
  /** Somebody got the receipt of an event. */
  receipt: Args<'onReceipt'>
  /** An event could not be stored. */
  rejection: Args<'onRejected'>
  /** What a batch committed of one actor. */
  commit: Args<'onCommit'>
  /** A machine threw. */
  poison: Args<'onPoison'>
  /** A constraint of the database refused a step. */
  refusal: Args<'onRefused'>
  /** One run of an effect is over. */
  effect: Parameters<NonNullable<EffectRunnerDeps['onDone']>>
  /** Something is wrong with this process as a whole, and was not before. */
  problem: [name: ProblemName, reason: string]
  /** An order has come one step further. */
  order: [step: OrderStep['step'], job: string, facts: OrderStep['facts']]
  /** Something was put to the dead letters. */
  'dead letter': [reason: DeadReason]
}

/**
 * Between the engine and those who watch it (metrics, console, alerts): they subscribe when they are
 * made, and the engine need not know them.
 */
export const createEngineReports = () => new EventEmitter<EngineReports>()

export type Reports = ReturnType<typeof createEngineReports>
