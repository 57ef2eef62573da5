import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { ModelPauseRow } from './schema.ts'

export type ModelPause = Selectable<ModelPauseRow>

/**
 * Pauses a model on all instances, for so many hours by the database's clock or, without, until
 * somebody ends it. A pause that is there already stays as it is, unless it is over; true for the
 * one caller who began one.
 */
export async function pauseModel(
  db: Db,
  { modelId, code, hours }: { modelId: string; code: string; hours?: number },
): Promise<boolean> {
  const until =
    hours === undefined ? null : sql<Date>`now() + make_interval(secs => ${hours * 3_600})`
  const row = await db
    .insertInto('model_pauses')
    .values({ model_id: modelId, code, until })
    .onConflict((oc) =>
      oc
        .column('model_id')
        .doUpdateSet({ code, until, since: sql<Date>`now()` })
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

/** Ends a pause; true for the one caller who did. */
export async function endModelPause(db: Db, modelId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('model_pauses')
    .where('model_id', '=', modelId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
