import type pg from 'pg'
import type { Effect, Projection } from '../../machines/engine/definition.ts'
import { dbOf, isBroken } from '../../store/database.ts'
import { collectDebts } from '../../store/debts.ts'
import { type CommitOutcome, commitSteps, type Step } from '../../store/engine/steps.ts'
import { type FreeReservation, reserveFree, returnFree } from '../../store/free.ts'
import { recordJobs } from '../../store/jobs.ts'
import { bookMovements, type Movement } from '../../store/ledger.ts'
import { recordInvoices } from '../../store/topups.ts'
import { recordUsers } from '../../store/users.ts'
import { type LiveActor, UNPROJECTED } from './live-actor.ts'
import { bookingKind, closeDraft, type Draft } from './step.ts'

/** A finished step: its rows, and what else is written in the same transaction. */
export interface FinalizedStep {
  step: Step
  projection: Projection | null
  /** Money to move, and free generations to take or give back. */
  bookings: readonly Booking[]
}

type Booking =
  | { on: 'ledger'; movement: Movement }
  | { on: 'free'; reserve: FreeReservation }
  | { on: 'free'; giveBack: string }

/** Finishes a draft of an actor that was `before`; throws when its snapshot is no JSON. */
export function finalize(draft: Draft, before: LiveActor | undefined): FinalizedStep {
  const step = closeDraft(draft)
  const actor = draft.actor as LiveActor
  const projection = draft.definition.project?.(actor.snapshot) ?? null
  const projected = JSON.stringify(projection)
  draft.actor = { ...actor, projected }
  return {
    step,
    projection: projected === (before?.projected ?? UNPROJECTED) ? null : projection,
    bookings: draft.ledger.map(toBooking),
  }
}

/** What a transactional effect books. */
export function toBooking(effect: Effect): Booking {
  const { params } = effect
  const kind = bookingKind(effect)
  if (kind === 'reserve') return { on: 'free', reserve: params as unknown as FreeReservation }
  if (kind === 'return') return { on: 'free', giveBack: params.jobId as string }
  return { on: 'ledger', movement: { kind, ...params } as unknown as Movement }
}

/** Whether a step also changes users, jobs or money: only then can a constraint refuse it. */
export const isBooked = ({ projection, bookings }: FinalizedStep): boolean =>
  projection !== null || bookings.length > 0

/**
 * Commits a batch. Steps that only change actors are one statement; when some also change users, jobs
 * or money, those rows are written for the accepted steps in the same transaction, a statement per
 * table however many steps there are. Rejects with what the database threw; then nothing was applied,
 * unless the connection broke: then it may have been.
 */
export async function commitFinalized(
  writers: pg.Pool,
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

async function book(client: pg.PoolClient, accepted: readonly FinalizedStep[]): Promise<void> {
  const db = dbOf(client)
  const projections = accepted.map((s) => s.projection)
  await recordUsers(
    db,
    projections.flatMap((p) => (p?.table === 'users' ? [p.row] : [])),
  )
  await recordJobs(
    db,
    projections.flatMap((p) => (p?.table === 'jobs' ? [p.row] : [])),
  )
  await recordInvoices(
    db,
    projections.flatMap((p) => (p?.table === 'invoices' ? [p.row] : [])),
  )
  const bookings = accepted.flatMap((s) => s.bookings)
  await reserveFree(
    db,
    bookings.flatMap((b) => ('reserve' in b ? [b.reserve] : [])),
  )
  await returnFree(
    db,
    bookings.flatMap((b) => ('giveBack' in b ? [b.giveBack] : [])),
  )
  const movements = bookings.flatMap((b) => ('movement' in b ? [b.movement] : []))
  await bookMovements(db, movements)
  for (const { kind, userId, ref, kopecks } of movements) {
    if (kind === 'top_up') await collectDebts(db, { userId, ref, kopecks })
  }
}
