import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'

/** What every event carries when it reaches a machine: the time and a random value, made outside. */
export interface Stamped extends EventObject {
  /** Unix milliseconds at which it happened. */
  at: number
  /** 24 random lower-case characters, unique to this event. */
  rnd: string
}

/** A named action as data: what is to be done after the commit, or booked within it. */
export interface Effect<Name extends string = string> {
  type: Name
  params: Record<string, unknown>
}

/**
 * Computes an effect's parameters from what the action saw and from the `params` that the chart gives
 * the action, if any; null: nothing to do this time. Pure.
 */
export type EffectParams = (
  // biome-ignore lint/suspicious/noExplicitAny: each machine types its own context and events
  args: { context: any; event: any },
  // biome-ignore lint/suspicious/noExplicitAny: each effect types what the chart may give it
  given: any,
) => Record<string, unknown> | null

/** A machine that can be persisted: its name and version, its effects, and its ways in and out. */
export interface Definition {
  /** First part of its actors' ids, e.g. `lamp` of `lamp:abc`. A persisted name. */
  id: string
  /** Grows when stored snapshots need `migrate` to fit. */
  version: number
  machine: AnyStateMachine
  /** Every action name that is an effect; an action that is not listed fails the transition. */
  effects: Readonly<Record<string, EffectParams>>
  /** Input of an actor that is made by its first event; absent: only an explicit start makes one. */
  inputOf?: (actorId: string, event: EventObject) => unknown
  /** Raw event -> event of the machine, e.g. a pressed key -> what it means just now. Pure. */
  resolveEvent?: (snapshot: AnyMachineSnapshot, event: Stamped) => Stamped
  /** Effects that follow from what changed rather than from one transition, e.g. drawing a picture. */
  derivedEffects?: DerivedEffects
  /** A row outside the engine that mirrors a snapshot, written in the same transaction. */
  projection?: Projection
  /** Lifts a snapshot of an older version by one version; undefined: it can't be lifted. */
  migrate?: (stored: StoredSnapshot, from: number) => StoredSnapshot | undefined
}

export interface DerivedEffects<Name extends string = string> {
  /** Every effect that `of` may name. */
  names: readonly Name[]
  of: (
    before: AnyMachineSnapshot | undefined,
    event: Stamped | undefined,
    after: AnyMachineSnapshot,
  ) => Effect<NoInfer<Name>>[]
}

export interface Projection<Name extends string = string, Row = unknown> {
  /** Who writes the rows: a projection of this name is handed to the engine. */
  name: Name
  row: (snapshot: AnyMachineSnapshot) => Row
}

/** A snapshot as JSON. */
export interface StoredSnapshot {
  value: unknown
  context: unknown
  status: 'active' | 'done'
}

/** The definition itself, with the names of its effects and its projection as types. */
export const defineMachine = <const D extends Definition>(definition: D): D => definition

/** Names of the effects that actors of a definition ask for. */
export type EffectName<D extends Definition> = D extends Definition
  ?
      | (keyof D['effects'] & string)
      | (D extends { derivedEffects: { names: readonly (infer Name extends string)[] } }
          ? Name
          : never)
  : never

/** Name of the projection that mirrors actors of a definition; never: none does. */
export type ProjectionName<D extends Definition> = D extends { projection: Projection<infer Name> }
  ? Name
  : never

/** What that projection writes. */
export type ProjectionRow<D extends Definition> = D extends {
  projection: Projection<string, infer Row>
}
  ? Row
  : never

/** Effects that follow from what changed, with their names as types. */
export const deriveEffects = <const Name extends string>(
  derived: DerivedEffects<Name>,
): DerivedEffects<Name> => derived

/** All of a definition's effects by name. */
export const effectNames = ({ effects, derivedEffects }: Definition): string[] => [
  ...new Set([...Object.keys(effects), ...(derivedEffects?.names ?? [])]),
]

type EffectActions<E> = {
  [N in keyof E]: E[N] extends (...args: infer A) => unknown
    ? A extends [unknown?]
      ? () => void
      : (args: unknown, params: A[1]) => void
    : never
}

/**
 * The actions of a machine's setup that stand for its effects: their names, and what the chart may
 * give each of them. They do nothing: what an effect does is the actors' business.
 */
export const effectActions = <E extends Definition['effects']>(effects: E): EffectActions<E> =>
  Object.fromEntries(
    Object.keys(effects).map((name) => [name, () => {}]),
  ) as unknown as EffectActions<E>
