import { sql } from 'kysely'
import type { Db } from './db.ts'

/** True for one caller per `everyMs` over all instances: that one asks the provider what is left. */
export async function claimBalanceRead(db: Db, now: Date, everyMs: number): Promise<boolean> {
  const row = await db
    .insertInto('provider_account')
    .values({ asked_at: now })
    .onConflict((oc) =>
      oc
        .column('only_row')
        .doUpdateSet({ asked_at: now })
        .where((eb) =>
          eb.or([
            eb('provider_account.asked_at', 'is', null),
            eb('provider_account.asked_at', '<=', new Date(now.getTime() - everyMs)),
          ]),
        ),
    )
    .returning('only_row')
    .executeTakeFirst()
  return row !== undefined
}

/** Keeps what the provider said. */
export async function noteBalance(db: Db, credits: number): Promise<void> {
  await db.updateTable('provider_account').set({ credits, read_at: sql<Date>`now()` }).execute()
}

/** What the provider last said, and when; undefined: it was never asked. */
export const readBalance = (
  db: Db,
): Promise<{ credits: number | null; read_at: Date | null } | undefined> =>
  db.selectFrom('provider_account').select(['credits', 'read_at']).executeTakeFirst()

/**
 * Credits an hour that orders took of late: of the last three hours or of the last day, whichever is
 * more, so that neither a busy evening nor a quiet hour hides what comes.
 */
export async function readHourlyUse(db: Db): Promise<number> {
  const { rows } = await sql<{ recent: string | null; day: string | null }>`
    select
      sum(coalesce(credits_consumed, credits))
        filter (where created_at > now() - interval '3 hours') as recent,
      sum(coalesce(credits_consumed, credits)) as day
    from jobs
    where created_at > now() - interval '1 day' and task_id is not null`.execute(db)
  const [row] = rows
  return Math.max(Number(row?.recent ?? 0) / 3, Number(row?.day ?? 0) / 24)
}
