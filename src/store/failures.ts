import { sql } from 'kysely'
import type { Db } from './db.ts'

/** An order that failed, as an admin sees it in a list. */
export interface FailedOrder {
  id: string
  userId: number
  modelId: string
  error: string | null
  at: Date
}

/** Orders that failed, the newest first, some at a time; one more than asked for tells of more. */
export async function readFailures(
  db: Db,
  { failed, offset, limit }: { failed: readonly string[]; offset: number; limit: number },
): Promise<FailedOrder[]> {
  const { rows } = await sql<FailedOrder>`
    select id, user_id as "userId", model_id as "modelId", error_code as error, updated_at as at
    from jobs where status = any (${failed}::text[])
    order by created_at desc limit ${limit} offset ${offset}`.execute(db)
  return rows
}

/** What is there to worry about besides money. */
export interface Health {
  /** Processes that have said they are alive. */
  instances: number
  /** Effects that should have been done by now, and how long the oldest has waited. */
  waiting: number
  oldestSeconds: number
  /** What could not be processed and was not looked after yet. */
  deadLetters: number
}

/** An effect that takes longer than that is late. */
const LATE_SECONDS = 5

export async function readHealth(db: Db): Promise<Health> {
  const { rows } = await sql<Health>`
    select (select count(*)::int from instances) as instances,
      count(*)::int as waiting,
      coalesce(extract(epoch from now() - min(greatest(added_at, due_at))), 0)::int
        as "oldestSeconds",
      (select count(*)::int from dead_letters where replayed_at is null) as "deadLetters"
    from effects
    where greatest(added_at, due_at) < now() - make_interval(secs => ${LATE_SECONDS})`.execute(db)
  return rows[0] ?? { instances: 0, waiting: 0, oldestSeconds: 0, deadLetters: 0 }
}
