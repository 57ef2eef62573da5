import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { ModelPauseRow } from './schema.ts'

export type ModelPause = Selectable<ModelPauseRow>

/** Why a model is not sold for now; the bot's own reasons are codes of errors. */
export interface NewPause {
  modelId: string
  code: string
  hours?: number
  /** The admin who decided it. */
  by?: number
  why?: string
}

/**
 * Pauses a model on all instances, for so many hours by the database's clock or, without, until
 * somebody ends it. A pause that is there already stays as it is, unless it is over; true for the
 * one caller who began one.
 */
export async function pauseModel(
  db: Db,
  { modelId, code, hours, by, why }: NewPause,
): Promise<boolean> {
  const decided = { decided_by: by ?? null, why: why ?? null }
  const until =
    hours === undefined ? null : sql<Date>`now() + make_interval(secs => ${hours * 3_600})`
  const row = await db
    .insertInto('model_pauses')
    .values({ model_id: modelId, code, until, ...decided })
    .onConflict((oc) =>
      oc
        .column('model_id')
        .doUpdateSet({ code, until, since: sql<Date>`now()`, ...decided })
        .where('model_pauses.until', '<=', sql<Date>`now()`),
    )
    .returning('model_id')
    .executeTakeFirst()
  return row !== undefined
}

/** The pause of a model; undefined when there is none, or it is over. */
export const readModelPause = (db: Db, modelId: string): Promise<ModelPause | undefined> =>
  db
    .selectFrom('model_pauses')
    .selectAll()
    .where('model_id', '=', modelId)
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', sql<Date>`now()`)]))
    .executeTakeFirst()

/**
 * Ends a pause; true for the one caller who did. When it ended is kept: failures of before that time
 * are no reason for another one.
 */
export async function endModelPause(db: Db, modelId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('model_pauses')
    .set({ until: sql<Date>`now()` })
    .where('model_id', '=', modelId)
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', sql<Date>`now()`)]))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
