import type { EffectStatus, StateCounts } from './contract.ts'

/** `event:` name of each message and the JSON of its `data:`. */
export interface LiveMessages {
  /** At once after connecting, then when they changed, at most four a second. */
  counts: { machine: string; total: number; counts: StateCounts; at: number }
  /** Every second. */
  rates: {
    at: number
    steps: number
    effects: number
    failures: number
    waiting: number
    mailboxes: number
  }
  /** A step was committed, for `actor=` always, for `activity=1` at most 40 a second. */
  actor: {
    actor: string
    machine: string
    seq: number
    event: string | null
    state: string
    configuration: string[]
    at: number
  }
  /** What became of an effect of a watched actor. */
  effect: { actor: string; seq: number; index: number; type: string; status: EffectStatus }
  /** The server ends; the browser reconnects by itself. */
  bye: { reason: 'draining' }
}

export interface SandboxState {
  /** By how much the clock was advanced in all. */
  aheadMs: number
  now: number
  due: { actor: string; id: string; dueAt: number }[]
}

export interface ClockRequest {
  advanceMs: number
}

export interface ForkResult {
  /** The new actor; it has the history's states, and answers in a chat of its own. */
  actor: string
  chatId: number
}
