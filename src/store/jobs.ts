import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { JobRow } from './schema.ts'

export type StoredJob = Selectable<JobRow>

/** What statuses of jobs mean; the jobs' machine knows it, and hands it to queries. */
export interface JobStatuses {
  /** Nothing more happens by itself. */
  ended: readonly string[]
  /** Ended with a result. */
  succeeded: readonly string[]
  /** Ended without one; the money is back. */
  failed: readonly string[]
}

/** A job's row as its machine sees it; written in the transaction of each of its steps. */
export interface JobRecord {
  id: string
  userId: number
  chatId: number
  modelId: string
  status: string
  priceKopecks: number
  credits: number
  creditsConsumed: number | null
  input: unknown
  taskId: string | null
  result: unknown
  errorCode: string | null
  courtesy: boolean
  /** From the order to its result, milliseconds; absent or null: there is none. */
  tookMs?: number | null
}

/** Writes the rows, made or changed; a job's owner, model, price and input never change. */
export async function recordJobs(db: Db, jobs: readonly JobRecord[]): Promise<void> {
  if (jobs.length === 0) return
  // In order of ids, so that two writers never wait for each other.
  const sorted = jobs.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  await db
    .insertInto('jobs')
    .values(
      sorted.map((job) => ({
        id: job.id,
        user_id: job.userId,
        chat_id: job.chatId,
        model_id: job.modelId,
        status: job.status,
        price_kopecks: job.priceKopecks,
        credits: job.credits,
        credits_consumed: job.creditsConsumed,
        input: JSON.stringify(job.input),
        task_id: job.taskId,
        result: job.result === null ? null : JSON.stringify(job.result),
        error_code: job.errorCode,
        courtesy: job.courtesy,
        took_ms: job.tookMs ?? null,
      })),
    )
    .onConflict((oc) =>
      oc.column('id').doUpdateSet((eb) => ({
        status: eb.ref('excluded.status'),
        credits_consumed: eb.ref('excluded.credits_consumed'),
        task_id: eb.ref('excluded.task_id'),
        result: eb.ref('excluded.result'),
        error_code: eb.ref('excluded.error_code'),
        courtesy: eb.ref('excluded.courtesy'),
        took_ms: eb.ref('excluded.took_ms'),
        // Closing changes nothing: the time stays that of the end.
        updated_at: sql`case when jobs.status = excluded.status
          and jobs.courtesy = excluded.courtesy
          and jobs.task_id is not distinct from excluded.task_id
          and jobs.result is not distinct from excluded.result
          and jobs.credits_consumed is not distinct from excluded.credits_consumed
          and jobs.error_code is not distinct from excluded.error_code
          then jobs.updated_at else now() end`,
      })),
    )
    .execute()
}

export const readJob = (db: Db, id: string): Promise<StoredJob | undefined> =>
  db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()

export const findJobByTask = (db: Db, taskId: string): Promise<StoredJob | undefined> =>
  db.selectFrom('jobs').selectAll().where('task_id', '=', taskId).executeTakeFirst()

/** How fast a user orders. */
export interface OrderPace {
  /** Jobs that were started in the last minute, and in the last hour. */
  lastMinute: number
  lastHour: number
  /** The user's own number of jobs an hour; null: as everybody. */
  perHour: number | null
}

export async function readOrderPace(db: Db, userId: number, now: number): Promise<OrderPace> {
  const minute = new Date(now - 60_000)
  const hour = new Date(now - 3_600_000)
  const { rows } = await sql<OrderPace>`
    select count(*) filter (where created_at >= ${minute})::int as "lastMinute",
      count(*)::int as "lastHour",
      (select jobs_per_hour from user_rules where user_id = ${userId}) as "perHour"
    from jobs where user_id = ${userId} and created_at >= ${hour}`.execute(db)
  return rows[0] as OrderPace
}

/** An order, and whether its user keeps it. */
export type KeptJob = StoredJob & { saved: boolean }

export const readKeptJob = (db: Db, id: string): Promise<KeptJob | undefined> =>
  db
    .selectFrom('jobs')
    .selectAll()
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('favourites')
            .whereRef('favourites.user_id', '=', 'jobs.user_id')
            .whereRef('favourites.job_id', '=', 'jobs.id')
            .where('saved', '=', true),
        )
        .$castTo<boolean>()
        .as('saved'),
    )
    .where('id', '=', id)
    .executeTakeFirst()

/** Whether nothing else that this order's user ordered came out well before. */
export async function isFirstResult(
  db: Db,
  jobId: string,
  succeeded: readonly string[],
): Promise<boolean> {
  const other = await db
    .selectFrom('jobs as this')
    .innerJoin('jobs as other', 'other.user_id', 'this.user_id')
    .select('other.id')
    .where('this.id', '=', jobId)
    .whereRef('other.id', '<>', 'this.id')
    .where('other.status', 'in', succeeded)
    .limit(1)
    .executeTakeFirst()
  return other === undefined
}
