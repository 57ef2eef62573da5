import type { EventObject } from 'xstate'

/** One happening for one actor. */
export interface Envelope {
  /** `<machine>:<rest>`, e.g. `lamp:<room>:<number>`. */
  actor: string
  /** Identity of the happening, unique per actor: the same key twice is a no-op. */
  key: string
  event: EventObject
  /** When it happened, Unix ms; default: when the runtime takes it. */
  at?: number
  /** Makes the actor with this input instead of sending it an event. */
  input?: unknown
  /** Set by durable timers: the step that asked for it, so that a superseded one is dropped. */
  timer?: { id: string; seq: number }
}

/** What became of an envelope; every case is durable when it is reported. */
export type Receipt =
  | { outcome: 'committed'; seq: number; state: string }
  /** The key was known, or the timer superseded: nothing changed. */
  | { outcome: 'duplicate' }
  /** The actor has ended: nothing changed, and nothing ever will. The key may have been known. */
  | { outcome: 'ended' }
  /** No such actor, and the event doesn't make one. */
  | { outcome: 'unknown-actor' }
  /** A constraint of the database refused the step, e.g. a number below zero. */
  | { outcome: 'refused'; constraint: string }
  /** The machine threw; the event lies in dead letters, the actor is as it was. */
  | { outcome: 'poisoned'; error: Error }
