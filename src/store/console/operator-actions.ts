import type { Selectable } from 'kysely'
import type { Db } from '../db.ts'
import type { OperatorActionRow } from '../schema.ts'

export type OperatorAction = Selectable<OperatorActionRow>

/** Records what an operator asks for, before anything is done about it; returns its number. */
export async function recordAction(
  db: Db,
  action: Pick<OperatorAction, 'name' | 'target' | 'who' | 'why' | 'session' | 'at'>,
): Promise<number> {
  const { id } = await db
    .insertInto('operator_actions')
    .values(action)
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Records what came of it. */
export async function settleAction(
  db: Db,
  id: number,
  result: { outcome: 'done' | 'refused'; detail: string | null; seq: number | null },
): Promise<void> {
  await db.updateTable('operator_actions').set(result).where('id', '=', id).execute()
}

/** The newest action of this name by this session on a target, since `since`. */
export const findAction = (
  db: Db,
  {
    name,
    target,
    session,
    since,
  }: Pick<OperatorAction, 'name' | 'target' | 'session'> & { since: Date },
): Promise<OperatorAction | undefined> =>
  db
    .selectFrom('operator_actions')
    .selectAll()
    .where('target', '=', target)
    .where('name', '=', name)
    .where('session', '=', session)
    .where('outcome', '=', 'done')
    .where('at', '>', since)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Newest first, those before number `before`. */
export const listActions = (
  db: Db,
  { before, limit }: { before: number | null; limit: number },
): Promise<OperatorAction[]> =>
  db
    .selectFrom('operator_actions')
    .selectAll()
    .$if(before !== null, (query) => query.where('id', '<', before as number))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
