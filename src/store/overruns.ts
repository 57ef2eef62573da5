import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { OverrunRow } from './schema.ts'

export type Overrun = Selectable<OverrunRow>

/** An order for which the provider consumed more than was quoted. */
export interface FoundOverrun {
  readonly jobId: string
  readonly modelId: string
  readonly quotedCredits: number
  readonly consumedCredits: number
  /** The answers of the order. */
  readonly input: unknown
}

/** So far back an instance looks: longer than all of them together are ever down. */
const LOOK_BACK = sql`interval '7 days'`

/** Orders of the last days that consumed more than was quoted and are not noted yet. */
export async function findOverruns(db: Db, most: number): Promise<FoundOverrun[]> {
  const rows = await db
    .selectFrom('jobs as j')
    .select(['j.id', 'j.model_id', 'j.credits', 'j.credits_consumed', 'j.input'])
    .where(sql<boolean>`j.credits_consumed > j.credits`)
    .where('j.updated_at', '>', sql<Date>`now() - ${LOOK_BACK}`)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('overruns as o').select('o.job_id').whereRef('o.job_id', '=', 'j.id'))),
    )
    .orderBy('j.updated_at')
    .limit(most)
    .execute()
  return rows.map((row) => ({
    jobId: row.id,
    modelId: row.model_id,
    quotedCredits: row.credits,
    consumedCredits: row.credits_consumed ?? 0,
    input: row.input,
  }))
}

/** Notes an order once, whoever finds it; one that is rounding only needs no telling. */
export async function noteOverrun(
  db: Db,
  { jobId, modelId, quotedCredits, consumedCredits }: FoundOverrun,
  isRounding: boolean,
): Promise<void> {
  await db
    .insertInto('overruns')
    .values({
      job_id: jobId,
      model_id: modelId,
      quoted_credits: quotedCredits,
      consumed_credits: consumedCredits,
      is_rounding: isRounding,
      told_at: isRounding ? sql<Date>`now()` : null,
    })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/** What the admins don't know of yet, with the answers of each order. */
export const readUntold = (db: Db): Promise<(Overrun & { input: unknown })[]> =>
  db
    .selectFrom('overruns as o')
    .innerJoin('jobs as j', 'j.id', 'o.job_id')
    .selectAll('o')
    .select('j.input')
    .where('o.told_at', 'is', null)
    .orderBy('o.found_at')
    .limit(50)
    .execute()

export async function markTold(db: Db, jobId: string): Promise<void> {
  await db
    .updateTable('overruns')
    .set({ told_at: sql<Date>`now()` })
    .where('job_id', '=', jobId)
    .execute()
}

/** How many orders of a model were consumed beyond their quote within a day. */
export async function countOverruns(db: Db, modelId: string): Promise<number> {
  const { count } = await db
    .selectFrom('overruns')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('model_id', '=', modelId)
    .where('is_rounding', '=', false)
    .where('found_at', '>', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirstOrThrow()
  return Number(count)
}
