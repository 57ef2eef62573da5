import type pg from 'pg'
import type { Effect } from '../../machines/engine/definition.ts'
import { isBroken } from '../../store/database.ts'
import { type CommitOutcome, commitSteps, type Step } from '../../store/engine/steps.ts'
import type { Booking, StepRules } from './booking.ts'
import { type LiveActor, projectionOf, UNPROJECTED } from './live-actor.ts'
import { closeDraft, type Draft } from './step.ts'

/** A finished step: its rows, and what else is written in the same transaction. */
export interface FinalizedStep {
  step: Step
  /** The row that mirrors the snapshot, when it has changed. */
  projected: { name: string; row: unknown } | null
  booked: readonly { booking: Booking; wanted: Effect }[]
}

/**
 * Finishes a draft of an actor that was `before`; throws when its snapshot is no JSON, or an effect
 * that is booked was asked for with parameters that its booking does not take.
 */
export function finalize(draft: Draft, before: LiveActor | undefined): FinalizedStep {
  const { definition, rules, booked } = draft
  const step = closeDraft(draft)
  const actor = draft.actor as LiveActor
  const row = projectionOf(definition, actor.snapshot)
  const projected = JSON.stringify(row)
  draft.actor = { ...actor, projected }
  const isMirrored = projected === (before?.projected ?? UNPROJECTED)
  const { name } = definition.projection ?? {}
  return {
    step,
    projected: isMirrored || name === undefined ? null : { name, row },
    booked: booked.map(({ type, params }) => {
      const booking = rules.bookingOf({ type }) as Booking
      return { booking, wanted: { type, params: booking.params.parse(params) } }
    }),
  }
}

/** Whether a step also writes rows outside the engine: only then can a constraint refuse it. */
export const isBooked = ({ projected, booked }: FinalizedStep): boolean =>
  projected !== null || booked.length > 0

/**
 * Commits a batch. Steps that only change actors are one statement; when some also write rows outside
 * the engine, those are written for the accepted steps in the same transaction, projection by
 * projection and booking by booking, however many steps there are. Rejects with what the database threw; then nothing was applied,
 * unless the connection broke: then it may have been.
 */
export async function commitFinalized(
  writers: pg.Pool,
  rules: Pick<StepRules, 'projections' | 'bookings'>,
  given: readonly FinalizedStep[],
): Promise<CommitOutcome> {
  // In order of ids, so that two processes that commit the same actors never wait for each other.
  const batch = given.toSorted((a, b) => (a.step.actorId < b.step.actorId ? -1 : 1))
  const steps = batch.map((s) => s.step)
  const booked = batch.filter(isBooked)
  const client = await writers.connect()
  let broken = false
  try {
    if (booked.length === 0) return await commitSteps(client, steps)
    await client.query('begin')
    const outcome = await commitSteps(client, steps)
    await book(
      client,
      rules,
      booked.filter((s) => outcome.accepted.has(s.step.actorId)),
    )
    await client.query('commit')
    return outcome
  } catch (error) {
    broken = isBroken(error)
    if (booked.length > 0 && !broken) {
      broken = await client.query('rollback').then(
        () => false,
        () => true,
      )
    }
    throw error
  } finally {
    // A connection that is lost, or stuck in its transaction, must not go back to the pool.
    client.release(broken)
  }
}

async function book(
  client: pg.PoolClient,
  { projections, bookings }: Pick<StepRules, 'projections' | 'bookings'>,
  accepted: readonly FinalizedStep[],
): Promise<void> {
  for (const [name, write] of Object.entries(projections)) {
    const rows = accepted.flatMap((s) => (s.projected?.name === name ? [s.projected.row] : []))
    if (rows.length > 0) await write(client, rows)
  }
  const booked = accepted.flatMap((s) => s.booked)
  for (const booking of bookings) {
    const wanted = booked.filter((b) => b.booking === booking).map((b) => b.wanted)
    if (wanted.length > 0) await booking.book(client, wanted)
  }
}
