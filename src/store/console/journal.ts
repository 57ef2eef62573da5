import { sql } from 'kysely'
import type { Db } from '../db.ts'
import type { StoredEntry } from '../engine/journal.ts'

/** An actor's events from the newest checkpoint before `from` up to `to`, for replay. */
export async function readJournalAround(
  db: Db,
  actorId: string,
  { from, to }: { from: number; to: number },
): Promise<StoredEntry[]> {
  const { rows } = await sql<StoredEntry>`
    select * from journal where actor_id = ${actorId} and seq <= ${to}
      and seq >= coalesce((
        select seq from journal
        where actor_id = ${actorId} and seq < ${from} and checkpoint is not null
        order by seq desc limit 1), 1)
    order by seq`.execute(db)
  return rows
}

/** The first step of an actor that the journal still has. */
export const firstStep = async (db: Db, actorId: string): Promise<number> =>
  (
    await db
      .selectFrom('journal')
      .select('seq')
      .where('actor_id', '=', actorId)
      .orderBy('seq')
      .limit(1)
      .executeTakeFirst()
  )?.seq ?? 1

export interface InputRow {
  actor_id: string
  seq: number
  at: Date
  /** With microseconds. */
  stamp: string
  key: string
  type: string
  from: string | null
  to: string
}

const HOUR = 3_600_000
/** Each look goes further back: the newest inputs are found without reading the whole journal. */
const WINDOWS = [HOUR / 6, 6 * HOUR, 72 * HOUR, 31 * 24 * HOUR]

/** What came from outside, newest first; `after` is the last one seen. */
export async function listInputs(
  db: Db,
  {
    actor,
    after,
    limit,
    now,
  }: {
    actor: string | null
    after: { at: string; actor: string; seq: number } | null
    limit: number
    now: Date
  },
): Promise<InputRow[]> {
  let rows: InputRow[] = []
  const until = after === null ? now : new Date(after.at)
  for (const windowMs of actor === null ? WINDOWS : [0]) {
    const since = new Date(windowMs === 0 ? 0 : until.getTime() - windowMs)
    rows = await page(since)
    if (rows.length === limit) break
  }
  return rows

  async function page(since: Date): Promise<InputRow[]> {
    const found = await sql<InputRow>`
      select j.actor_id, j.seq, j.at, j.at::text as stamp, j.key, j.event->>'type' as type,
        (select b.state from journal b where b.actor_id = j.actor_id and b.seq = j.seq - 1) as from,
        j.state as to
      from journal j
      where j.at >= ${since} and j.at <= ${new Date(until.getTime() + 1_000)}
        and (j.key like 'tg:%' or j.key like 'kie:%')
        and (${actor}::text is null or j.actor_id = ${actor})
        and (${after === null} or (j.at, j.actor_id, j.seq)
          < (${after?.at ?? null}::timestamptz, ${after?.actor ?? null}::text, ${after?.seq ?? null}::bigint))
      order by j.at desc, j.actor_id desc, j.seq desc limit ${limit}`.execute(db)
    return found.rows
  }
}
