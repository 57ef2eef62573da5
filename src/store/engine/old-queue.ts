import { sql } from 'kysely'
import type { EngineDb } from './tables.ts'

/**
 * The job queue of release 0.1 (graphile-worker 0.18). A database that comes from there, or that a
 * process of that release still works on, may hold effects and timers in it: they are taken over once
 * that release leaves them alone.
 */

/** What must be known of an effect to keep it as the present release does. */
export interface KnownEffect {
  name: string
  delivery: 'once' | 'latest' | 'ephemeral'
  renews?: ((params: never) => boolean) | undefined
}

interface OldJob {
  id: number
  task: string
  payload: OldEffect | OldTimer | Record<string, unknown>
  run_at: Date
}

interface OldEffect {
  actor: string
  seq: number
  index: number
  at: number
  attempt: number
  params: Record<string, unknown>
}

interface OldTimer {
  actor: string
  id: string
  seq: number
  event: object
}

const PORTION = 500

/**
 * Moves jobs of the old queue into `effects` and `timers`, each once; returns how many. Left alone is
 * what a living process of that release is about to take (due within the last or the next 5 s) or has
 * taken. An effect that is worthless by now is dropped; one that this release doesn't know stays.
 */
export async function adoptOldQueue(db: EngineDb, known: readonly KnownEffect[]): Promise<number> {
  const { rows } = await sql<{ exists: boolean }>`
    select to_regclass('graphile_worker._private_jobs') is not null as exists`.execute(db)
  if (rows[0]?.exists !== true) return 0
  const byName = new Map(known.map((effect) => [effect.name, effect]))
  let moved = 0
  for (let count = PORTION; count === PORTION; moved += count) {
    count = await db.transaction().execute((trx) => adoptPortion(trx, byName))
  }
  return moved
}

async function adoptPortion(db: EngineDb, known: Map<string, KnownEffect>): Promise<number> {
  const names = [...known.keys(), 'timer']
  const { rows: jobs } = await sql<OldJob>`
    delete from graphile_worker._private_jobs where id in (
      select j.id from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id
      where t.identifier = any (${names}::text[])
        -- The queue's schema may be shared by installations that have schemas of their own.
        and exists (select from actors a where a.id = j.payload->>'actor')
        and not (j.run_at between now() - interval '5 seconds' and now() + interval '5 seconds')
        and (j.locked_at is null or not exists (
          select from instances i where j.locked_by = any (i.worker_ids)))
      order by j.id limit ${PORTION} for update of j skip locked
    ) returning id, (select identifier from graphile_worker._private_tasks t where t.id = task_id) as task,
      payload, run_at`.execute(db)
  const timers = jobs.filter(({ task }) => task === 'timer')
  const effects = jobs.flatMap((job) => {
    const effect = known.get(job.task)
    return effect === undefined || effect.delivery === 'ephemeral' ? [] : [{ job, effect }]
  })
  for (const { payload, run_at } of timers) {
    const { actor, id, seq, event } = payload as unknown as OldTimer
    await sql`
      insert into timers (actor_id, id, seq, due_at, event)
      values (${actor}, ${id}, ${seq}, ${run_at}, ${JSON.stringify(event)}::jsonb)
      on conflict (actor_id, id) do update set seq = excluded.seq, due_at = excluded.due_at,
        event = excluded.event, claimed_until = null
      where timers.seq < excluded.seq`.execute(db)
  }
  for (const { job, effect } of effects) {
    const { actor, seq, index, at, attempt, params } = job.payload as unknown as OldEffect
    const isLatest = effect.delivery === 'latest'
    const key = isLatest ? effect.name : `${seq}.${index}`
    const renewed = isLatest && effect.renews?.(params as never) ? seq : 0
    const payload = JSON.stringify({ at, params })
    await sql`
      insert into effects as old (actor_id, key, type, seq, index, renewed, payload, attempt, due_at)
      values (${actor}, ${key}, ${effect.name}, ${seq}, ${index}, ${renewed}, ${payload}::json,
        ${attempt}, ${job.run_at})
      on conflict (actor_id, key) do update set
        seq = greatest(old.seq, excluded.seq), renewed = greatest(old.renewed, excluded.renewed),
        payload = case when old.seq < excluded.seq then excluded.payload else old.payload end`.execute(
      db,
    )
  }
  return jobs.length
}
