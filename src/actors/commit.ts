import type pg from 'pg'
import type { Effect, Projection } from '../machines/definition.ts'
import { createDb } from '../store/database.ts'
import { recordJobs } from '../store/jobs.ts'
import { bookMovements, type Movement } from '../store/ledger.ts'
import { type CommitOutcome, commitSteps } from '../store/steps.ts'
import { recordUsers } from '../store/users.ts'
import type { LiveActor } from './live-actor.ts'
import { changedProjection, closeDraft, type Draft } from './step.ts'

interface Drafted {
  draft: Draft
  before: LiveActor | undefined
}

/**
 * Commits a batch. Steps that only change actors are one statement; when some also change users, jobs
 * or money, those rows are written for the accepted steps in the same transaction, a statement per
 * table however many steps there are.
 */
export async function commitDrafts(
  { writers }: { writers: pg.Pool },
  works: readonly Drafted[],
): Promise<CommitOutcome> {
  if (works.length === 0) return { accepted: new Set(), known: new Map() }
  const steps = works.map((w) => closeDraft(w.draft))
  const extras = works.filter((w) => w.draft.ledger.length > 0 || projectionOf(w) !== null)
  const client = await writers.connect()
  let broken: Error | undefined
  try {
    if (extras.length === 0) return await commitSteps(client, steps)
    await client.query('begin')
    const outcome = await commitSteps(client, steps)
    await writeExtras(
      client,
      extras.filter((w) => outcome.accepted.has(w.draft.id)),
    )
    await client.query('commit')
    return outcome
  } catch (error) {
    // A connection that can't even roll back must not go back to the pool.
    if (extras.length > 0) await client.query('rollback').catch((e: Error) => (broken = e))
    throw error
  } finally {
    client.release(broken)
  }
}

const projectionOf = ({ draft, before }: Drafted): Projection | null =>
  changedProjection(before, draft.actor as LiveActor)

async function writeExtras(client: pg.PoolClient, works: readonly Drafted[]): Promise<void> {
  const db = createDb(sameClient(client))
  const projections = works.map(projectionOf)
  await recordUsers(
    db,
    projections.flatMap((p) => (p?.table === 'users' ? [p.row] : [])),
  )
  await recordJobs(
    db,
    projections.flatMap((p) => (p?.table === 'jobs' ? [p.row] : [])),
  )
  await bookMovements(db, works.flatMap((w) => w.draft.ledger).map(toMovement))
}

const toMovement = ({ type, params }: Effect): Movement => ({
  kind: type.slice('ledger.'.length) as Movement['kind'],
  ...(params as Omit<Movement, 'kind'>),
})

/** Lets the store's queries run inside the open transaction of this client. */
const sameClient = (client: pg.PoolClient): pg.Pool =>
  ({
    connect: async () => ({ query: client.query.bind(client), release: () => {} }),
    end: async () => {},
  }) as unknown as pg.Pool
