import type { Db } from '../db.ts'
import type { DeadLetter } from '../engine/dead-letters.ts'

export type LetterHead = Omit<DeadLetter, 'payload'>

/** Dead letters without their payloads, newest first, those before number `before`. */
export async function listLetters(
  db: Db,
  {
    kind,
    all,
    before,
    limit,
  }: { kind: DeadLetter['kind'] | null; all: boolean; before: number | null; limit: number },
): Promise<LetterHead[]> {
  let query = db
    .selectFrom('dead_letters')
    .select(['id', 'kind', 'subject', 'key', 'error', 'created_at', 'replayed_at'])
  if (kind !== null) query = query.where('kind', '=', kind)
  if (!all) query = query.where('replayed_at', 'is', null)
  if (before !== null) query = query.where('id', '<', before)
  return await query.orderBy('id', 'desc').limit(limit).execute()
}

/** Dead letters since `since`, by kind. */
export const countLetters = (
  db: Db,
  since: Date,
): Promise<{ kind: DeadLetter['kind']; count: number }[]> =>
  db
    .selectFrom('dead_letters')
    .select('kind')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('created_at', '>=', since)
    .groupBy('kind')
    .orderBy('kind')
    .execute()
