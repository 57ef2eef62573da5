import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import type { ModelTermsRow } from './schema.ts'

export type StoredTerms = Selectable<ModelTermsRow>

/** What holds for a model just now, over what its file says. */
export interface TermsNow {
  readonly modelId: string
  readonly isPaused: boolean
  readonly markup: number | null
  readonly isFree: boolean
}

/** Every model about which something holds now, by the database's clock, in the order of their ids. */
export async function readTermsNow(db: Db): Promise<TermsNow[]> {
  const { rows } = await sql<{ model_id: string; paused: boolean; markup: number; free: boolean }>`
    select model_id, p.model_id is not null as paused, t.markup,
           coalesce(t.free_until > now(), false) as free
      from (select * from model_pauses where until is null or until > now()) p
      full join (select * from model_terms where markup is not null or free_until > now()) t
        using (model_id)
     order by model_id`.execute(db)
  return rows.map(({ model_id: modelId, paused, markup, free }) => ({
    ...{ modelId, isPaused: paused, isFree: free },
    markup: markup === null ? null : Number(markup),
  }))
}

export const readTerms = (db: Db, modelId: string): Promise<StoredTerms | undefined> =>
  db.selectFrom('model_terms').selectAll().where('model_id', '=', modelId).executeTakeFirst()

interface Decision {
  modelId: string
  by: number
  why: string
}

async function decide(
  db: Db,
  { modelId, by, why }: Decision,
  set: Partial<Record<'markup', number | null> & Record<'free_until', unknown>>,
): Promise<void> {
  const decided = { decided_by: by, why, decided_at: sql<Date>`now()` }
  await db
    .insertInto('model_terms')
    .values({ model_id: modelId, markup: null, free_until: null, ...decided, ...(set as object) })
    .onConflict((oc) => oc.column('model_id').doUpdateSet({ ...decided, ...(set as object) }))
    .execute()
}

/** Sets a model's own markup, from 1; null: the general one again. */
export const setMarkup = (
  db: Db,
  { markup, ...decision }: Decision & { markup: number | null },
): Promise<void> => decide(db, decision, { markup })

/** Gives a model away for so many days by the database's clock; 0: no longer. */
export const setFree = (
  db: Db,
  { days, ...decision }: Decision & { days: number },
): Promise<void> =>
  decide(db, decision, {
    free_until: days === 0 ? null : sql<Date>`now() + make_interval(secs => ${days * 86_400})`,
  })
