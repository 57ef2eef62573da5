import type pg from 'pg'
import type { z } from 'zod'
import type { Effect } from '../../machines/engine/definition.ts'

/** Effects that are not queued: what they ask for is written in the transaction of their step. */
export interface Booking<
  Name extends string = string,
  // biome-ignore lint/suspicious/noExplicitAny: of whatever parameters
  Params = any,
> {
  readonly names: readonly Name[]
  /** What machines must ask with; checked before the commit. */
  readonly params: z.ZodType<Params>
  /**
   * Writes what the accepted steps of a batch asked for, in the order of their actors and effects,
   * with a transaction open. What a constraint refuses here refuses the step.
   */
  book(
    client: pg.PoolClient,
    wanted: readonly { type: Name; params: NoInfer<Params> }[],
  ): Promise<void>
}

export const declareBooking = <const Name extends string, Params>(
  booking: Booking<Name, Params>,
): Booking<Name, Params> => booking

/**
 * Writes rows that mirror snapshots, for the accepted steps of a batch and in their transaction; by
 * the name that definitions give their projection.
 */
// biome-ignore lint/suspicious/noExplicitAny: of whatever rows
export type WriteRows<Row = any> = (client: pg.PoolClient, rows: readonly Row[]) => Promise<void>

/** In the order in which they are written. */
export type Projections = Readonly<Record<string, WriteRows>>

/** What a step must know of the effects and rows that it leads to. */
export interface StepRules {
  /** In the order in which they are written, after the projections. */
  bookings: readonly Booking[]
  projections: Projections
  /** The booking of an effect; undefined: it is queued. */
  bookingOf: (effect: Pick<Effect, 'type'>) => Booking | undefined
  /** Of a queued effect; throws when nobody handles it. */
  priorityOf: (type: string) => number
}

interface Rules {
  effects: readonly { name: string; patience: { priority: number } }[]
  bookings?: readonly Booking[]
  projections?: Projections
}

export function createStepRules({ effects, bookings = [], projections = {} }: Rules): StepRules {
  const booked = new Map(bookings.flatMap((b) => b.names.map((name) => [name, b] as const)))
  const priorities = new Map(effects.map((e) => [e.name, e.patience.priority]))
  return {
    bookings,
    projections,
    bookingOf: ({ type }) => booked.get(type),
    priorityOf(type) {
      const priority = priorities.get(type)
      if (priority === undefined) throw new Error(`no handler for the effect ${type}`)
      return priority
    },
  }
}
