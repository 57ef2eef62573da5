import { findAction } from '../../store/console/operator-actions.ts'
import type { Db } from '../../store/db.ts'
import type { Visitor } from './access.ts'

/** How long what people wrote stays visible to the session that asked for it. */
const REVEAL_MS = 15 * 60_000

/** Until when this session sees what belongs to the target; null: it does not. */
export async function revealedUntil(
  db: Db,
  { id: session }: Visitor,
  target: string,
  nowMs: number,
): Promise<number | null> {
  const since = new Date(nowMs - REVEAL_MS)
  const action = await findAction(db, { name: 'user.reveal', target, session, since })
  return action === undefined ? null : action.at.getTime() + REVEAL_MS
}
