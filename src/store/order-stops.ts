import { type RawBuilder, sql } from 'kysely'
import type { Db } from './db.ts'

/**
 * Why an order can't be taken now: its model is paused, all orders are, or those that need so many
 * credits of the provider's account are. Null: it can be taken.
 */
export type OrderStop = 'model-paused' | 'paused' | 'too-dear-now' | null

/** What is paused that an order of a model needs. */
export interface Pauses {
  isModelPaused: boolean
  isPaused: boolean
  left: number | null
  leftAt: Date | null
}

/** Whether an order of this model is taken, which needs so many credits; one statement while all is well. */
export async function readOrderStop(
  db: Db,
  { modelId, credits }: { modelId: string; credits: number },
): Promise<OrderStop> {
  const { rows } = await sql<Pauses>`
    select p.* from (select ${modelId}::text as model_id) o
    cross join lateral (${pausesOfRow}) p`.execute(db)
  return stopOf(db, rows[0] as Pauses, credits)
}

/** A lateral query of the Pauses for a row `o` with `model_id`. */
export const pausesOfRow: RawBuilder<Pauses> = sql<Pauses>`
  select p.topic is not null as "isPaused", p.left_credits as "left", p.left_at as "leftAt",
    exists (select from model_pauses where model_id = o.model_id
      and (until is null or until > now())) as "isModelPaused"
  from (select) as one left join pauses p on p.topic = 'provider'`

/** Whether these pauses stop an order that needs so many credits. */
export async function stopOf(db: Db, pauses: Pauses, credits: number): Promise<OrderStop> {
  const { isModelPaused, isPaused, left, leftAt } = pauses
  if (isModelPaused) return 'model-paused'
  if (!isPaused) return null
  if (left === null) return 'paused'
  return credits > left - (await readPromised(db, leftAt)) ? 'too-dear-now' : null
}

/** What orders begun since then will take of the account. */
async function readPromised(db: Db, since: Date | null): Promise<number> {
  if (since === null) return 0
  const { credits } = await db
    .selectFrom('jobs')
    .select((eb) => eb.fn.sum<string | null>('credits').as('credits'))
    .where('created_at', '>', since)
    .where('error_code', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(credits ?? 0)
}
