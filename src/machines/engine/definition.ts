import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'
import type { Language } from '../texts/translate.ts'

/** What every event carries when it reaches a machine: the time and a random value, made outside. */
export interface Stamped extends EventObject {
  /** Unix milliseconds at which it happened. */
  at: number
  /** 24 random lower-case characters, unique to this event. */
  rnd: string
}

/** A named action as data: what is to be done after the commit, or (`ledger.*`) within it. */
export interface Effect {
  type: string
  params: Record<string, unknown>
}

/** Computes an effect's parameters from what the action saw; null: nothing to do this time. Pure. */
// biome-ignore lint/suspicious/noExplicitAny: each machine types its own context and events
export type EffectParams = (args: { context: any; event: any }) => Record<string, unknown> | null

/** A row outside the engine that mirrors a snapshot, written in the same transaction. */
export type Projection =
  | { table: 'users'; row: { id: number; language: Language; blocked: boolean } }
  | { table: 'jobs'; row: JobProjection }
  | { table: 'invoices'; row: InvoiceProjection }

export interface JobProjection {
  id: string
  userId: number
  chatId: number
  modelId: string
  status: string
  priceKopecks: number
  credits: number
  creditsConsumed: number | null
  input: unknown
  taskId: string | null
  result: unknown
  errorCode: string | null
  courtesy: boolean
}

/** A top-up with everything that was paid for it. */
export interface InvoiceProjection {
  id: string
  userId: number
  language: Language
  way: 'stars' | 'manual' | 'found'
  status: string
  kopecks: number
  stars: number
  adminId: number | null
  errorCode: string | null
  receipt: {
    kind: 'photo' | 'document'
    fileId: string
    uniqueId: string
    hash: string | null
    sameAs: string[]
  } | null
  payments: {
    chargeId: string
    userId: number
    stars: number
    kopecks: number
    state: 'credited' | 'refunding' | 'refunded'
    refunds: number
    debtKopecks: number
  }[]
}

/** A machine that can be persisted: its name and version, its effects, and its ways in and out. */
export interface Definition {
  /** First part of its actors' ids, e.g. `job` of `job:abc`. A persisted name. */
  id: string
  /** Grows when stored snapshots need `migrate` to fit. */
  version: number
  machine: AnyStateMachine
  /** Every action name that is an effect; an action that is not listed fails the transition. */
  effects: Record<string, EffectParams>
  /** Input of an actor that is made by its first event; absent: only an explicit start makes one. */
  inputOf?: (actorId: string, event: EventObject) => unknown
  /** Raw event -> event of the machine, e.g. a tapped button -> what it stands for. Pure. */
  resolveEvent?: (snapshot: AnyMachineSnapshot, event: Stamped) => Stamped
  /** Effects that follow from what changed rather than from one transition, e.g. drawing a screen. */
  derivedEffects?: (
    before: AnyMachineSnapshot | undefined,
    event: Stamped | undefined,
    after: AnyMachineSnapshot,
  ) => Effect[]
  project?: (snapshot: AnyMachineSnapshot) => Projection | null
  /** Lifts a snapshot of an older version by one version; undefined: it can't be lifted. */
  migrate?: (stored: StoredSnapshot, from: number) => StoredSnapshot | undefined
}

/** A snapshot as JSON. */
export interface StoredSnapshot {
  value: unknown
  context: unknown
  status: 'active' | 'done'
}
