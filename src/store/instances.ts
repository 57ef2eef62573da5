import { sql } from 'kysely'
import type { Db } from './database.ts'

/** Registers a process under its advisory lock's key, with the queue workers it runs. */
export async function registerInstance(
  db: Db,
  instance: { id: string; lockKey: number; workerIds: string[] },
): Promise<void> {
  const row = { id: instance.id, lock_key: instance.lockKey, worker_ids: instance.workerIds }
  await db
    .insertInto('instances')
    .values(row)
    .onConflict((oc) => oc.column('id').doUpdateSet(row))
    .execute()
}

export async function removeInstance(db: Db, id: string): Promise<void> {
  await db.deleteFrom('instances').where('id', '=', id).execute()
}

/**
 * Finds instances whose advisory lock nobody holds any more, frees their queue jobs and forgets them;
 * returns their ids. Postgres drops a session lock with its connection, so a crash is seen at once.
 */
export async function reapDeadInstances(db: Db, selfId: string): Promise<string[]> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; worker_ids: string[] }>`
      delete from instances i where i.id in (
        select id from instances
        where id <> ${selfId} and pg_try_advisory_xact_lock(lock_key)
        for update skip locked
      ) returning i.id, i.worker_ids`.execute(trx)
    const workers = rows.flatMap((r) => r.worker_ids)
    if (workers.length > 0) {
      await sql`select graphile_worker.force_unlock_workers(${workers}::text[])`.execute(trx)
    }
    return rows.map((r) => r.id)
  })
}
