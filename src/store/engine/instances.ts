import { sql } from 'kysely'
import type { EngineDb } from './tables.ts'

/** Registers a process under its advisory lock's key, with the queue workers it runs. */
export async function registerInstance(
  db: EngineDb,
  instance: { id: string; lockKey: number; workerIds: string[] },
): Promise<void> {
  const row = { id: instance.id, lock_key: instance.lockKey, worker_ids: instance.workerIds }
  await db
    .insertInto('instances')
    .values(row)
    .onConflict((oc) => oc.column('id').doUpdateSet(row))
    .execute()
}

export async function removeInstance(db: EngineDb, id: string): Promise<void> {
  await db.deleteFrom('instances').where('id', '=', id).execute()
}

/**
 * Other instances whose advisory lock nobody holds. Postgres drops a session lock with its connection,
 * so a crash is seen at once; but so is a connection that is only lost and about to come back.
 */
export async function silentInstances(db: EngineDb, selfId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from instances
    where id <> ${selfId} and pg_try_advisory_xact_lock(lock_key)`.execute(db)
  return rows.map(({ id }) => id)
}

/** Frees the queue jobs that are locked in the name of these workers. */
export async function unlockWorkers(db: EngineDb, workerIds: readonly string[]): Promise<void> {
  await sql`select graphile_worker.force_unlock_workers(${workerIds}::text[])`.execute(db)
}

/**
 * Frees the queue jobs of workers that no instance has registered: what a dying process had sent may
 * still be carried out after its instance was found dead.
 */
export async function freeOrphans(db: EngineDb): Promise<void> {
  await sql`
    select graphile_worker.force_unlock_workers(array(
      select locked_by from graphile_worker.jobs j
      where locked_at < now() - interval '1 second'
        and not exists (select from instances where j.locked_by = any (worker_ids))))`.execute(db)
}

/** Frees the queue jobs of those of the given instances that are still silent, and forgets these. */
export async function reapInstances(db: EngineDb, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; worker_ids: string[] }>`
      delete from instances i where i.id in (
        select id from instances
        where id = any (${ids}::text[]) and pg_try_advisory_xact_lock(lock_key)
        for update skip locked
      ) returning i.id, i.worker_ids`.execute(trx)
    const workers = rows.flatMap((r) => r.worker_ids)
    if (workers.length > 0) await unlockWorkers(trx, workers)
    return rows.map((r) => r.id)
  })
}

/**
 * Frees jobs that are locked in the name of these workers but not among the running ones: the answer
 * that would have brought them, or the note of their end, was lost with a connection.
 */
export async function freeLostJobs(
  db: EngineDb,
  workerIds: readonly string[],
  running: readonly string[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    update graphile_worker._private_jobs set locked_at = null, locked_by = null
    where locked_by = any (${workerIds}::text[]) and id <> all (${running}::bigint[])
      and locked_at < now() - interval '5 seconds'`.execute(db)
  return Number(numAffectedRows ?? 0)
}
