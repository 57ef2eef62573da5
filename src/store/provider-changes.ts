import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { ProviderChangeRow } from './schema.ts'

export type StoredChange = Selectable<ProviderChangeRow>
export type Decision = NonNullable<StoredChange['decision']>

/** A difference as it is found; `key` tells it apart from all others. */
export interface FoundChange {
  readonly key: string
  readonly kind: string
  readonly model: string
  readonly what: string
}

const WAITING = sql<boolean>`decision is null`

/**
 * Claims the comparison of a day (UTC) for one caller; true for that one. One that came to no end is
 * claimed again an hour later. On a new database the first night is the next one.
 */
export async function claimDiff(db: Db, now: Date): Promise<boolean> {
  const { rows } = await sql<{ claimed: boolean }>`
    insert into provider_diff as d (begun_at, ended_at) values (${now}, ${now})
    on conflict (is_one) do update set begun_at = ${now}, ended_at = null, changes = null
      where case when d.ended_at is null then d.begun_at < ${now}::timestamptz - interval '1 hour'
                 else d.begun_at < date_trunc('day', ${now}::timestamptz, 'UTC') end
    returning d.ended_at is null as claimed`.execute(db)
  return rows[0]?.claimed === true
}

/** Notes all that differs now: what is new waits, what waited and is gone again is forgotten. */
export async function noteChanges(
  db: Db,
  changes: readonly FoundChange[],
  now: Date,
): Promise<void> {
  const keys = changes.map(({ key }) => key)
  if (changes.length > 0) {
    await db
      .insertInto('provider_changes')
      .values(changes.map(({ key, kind, model, what }) => ({ key, kind, model_id: model, what })))
      .onConflict((oc) => oc.column('key').doNothing())
      .execute()
  }
  await db
    .deleteFrom('provider_changes')
    .where(WAITING)
    .where(sql<boolean>`not key = any(${keys}::text[])`)
    .execute()
  await db.updateTable('provider_diff').set({ ended_at: now, changes: changes.length }).execute()
}

/** What no admin has been told of. */
export const readUntoldChanges = (db: Db): Promise<StoredChange[]> =>
  db
    .selectFrom('provider_changes')
    .selectAll()
    .where(WAITING)
    .where('told_at', 'is', null)
    .orderBy('id')
    .execute()

export async function markChangesTold(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await db
    .updateTable('provider_changes')
    .set({ told_at: sql<Date>`now()` })
    .where('id', 'in', ids)
    .execute()
}

/** What waits for a decision, oldest first, and how much in all. */
export async function readWaitingChanges(
  db: Db,
  most: number,
): Promise<{ rows: StoredChange[]; waiting: number }> {
  const [rows, { waiting }] = await Promise.all([
    db
      .selectFrom('provider_changes')
      .selectAll()
      .where(WAITING)
      .orderBy('id')
      .limit(most)
      .execute(),
    db
      .selectFrom('provider_changes')
      .select((eb) => eb.fn.countAll<number>().as('waiting'))
      .where(WAITING)
      .executeTakeFirstOrThrow(),
  ])
  return { rows, waiting: Number(waiting) }
}

/** Decides about a change; undefined when there is none, or somebody was first. */
export const decideChange = (
  db: Db,
  { id, decision, by }: { id: number; decision: Decision; by: number },
): Promise<StoredChange | undefined> =>
  db
    .updateTable('provider_changes')
    .set({ decision, decided_by: by, decided_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where(WAITING)
    .returningAll()
    .executeTakeFirst()
