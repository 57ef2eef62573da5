import { sql } from 'kysely'
import type { Db } from './db.ts'

/** True for one caller per topic and `everyMs`, over all instances: that one tells the operator. */
export async function claimAlert(
  db: Db,
  topic: string,
  now: Date,
  everyMs: number,
): Promise<boolean> {
  const before = new Date(now.getTime() - everyMs)
  const row = await db
    .insertInto('alerts')
    .values({ topic, raised_at: now })
    .onConflict((oc) =>
      oc
        .column('topic')
        .doUpdateSet({ raised_at: now })
        .where(sql.ref('alerts.raised_at'), '<=', before),
    )
    .returning('topic')
    .executeTakeFirst()
  return row !== undefined
}

/** Takes a claim back whose alert reached nobody, so that the next one counts. */
export async function releaseAlert(db: Db, topic: string): Promise<void> {
  await db.deleteFrom('alerts').where('topic', '=', topic).execute()
}

/** When the admins were last told about a topic; undefined: never. */
export async function readRaised(db: Db, topic: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom('alerts')
    .select('raised_at')
    .where('topic', '=', topic)
    .executeTakeFirst()
  return row?.raised_at
}
