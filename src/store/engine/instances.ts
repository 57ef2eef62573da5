import { sql } from 'kysely'
import { releaseEffects } from './effects.ts'
import type { EngineDb } from './tables.ts'

/**
 * Registers a process under its advisory lock's key, with the versions of its machines. `worker_ids`
 * is of release 0.1's queue.
 */
export async function registerInstance(
  db: EngineDb,
  instance: { id: string; lockKey: number; versions?: Readonly<Record<string, number>> },
): Promise<void> {
  const { id, lockKey, versions = {} } = instance
  const row = { id, lock_key: lockKey, worker_ids: [], versions: JSON.stringify(versions) }
  await db
    .insertInto('instances')
    .values(row)
    .onConflict((oc) => oc.column('id').doUpdateSet(row))
    .execute()
}

/** Whether a registered process knows this version of a machine, or a newer one. */
export async function someoneKnows(
  db: EngineDb,
  machine: string,
  version: number,
): Promise<boolean> {
  const { rows } = await sql`
    select from instances where (versions ->> ${machine})::int >= ${version} limit 1`.execute(db)
  return rows.length > 0
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

/** Forgets those of the given instances that are still silent, and frees what they were running. */
export async function reapInstances(db: EngineDb, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; lock_key: number }>`
      delete from instances i where i.id in (
        select id from instances
        where id = any (${ids}::text[]) and pg_try_advisory_xact_lock(lock_key)
        for update skip locked
      ) returning i.id, i.lock_key`.execute(trx)
    for (const { lock_key } of rows) await releaseEffects(trx, lock_key)
    return rows.map((r) => r.id)
  })
}

/** Whether this process is still on the list; another may have thought it dead. */
export const isRegistered = async (db: EngineDb, id: string): Promise<boolean> =>
  (await db.selectFrom('instances').select('id').where('id', '=', id).executeTakeFirst()) !==
  undefined
