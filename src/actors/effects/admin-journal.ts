import {
  type OperatorAction,
  recordAction,
  settleAction,
} from '../../store/console/operator-actions.ts'
import type { EffectDeps } from './deps.ts'

/** What an admin does in Telegram: who, to what, and why. */
export interface AdminAct extends Pick<OperatorAction, 'name' | 'target' | 'why'> {
  userId: number
}

/** How an act is settled; what is left out is null. */
export interface AdminResult {
  outcome: 'done' | 'refused'
  detail?: string | null
  seq?: number | null
}

/**
 * Records who does what and why, does it, and records what came of it. An act that rejects stays
 * recorded as asked for; it is repeated with a record of its own.
 */
export async function journalled<T>(
  { db, now }: Pick<EffectDeps, 'db' | 'now'>,
  { userId, ...act }: AdminAct,
  work: () => Promise<T>,
  resultOf: (outcome: T) => AdminResult,
): Promise<T> {
  const id = await recordAction(db, {
    ...{ ...act, who: `telegram:${userId}` },
    ...{ session: 'telegram', at: new Date(now()) },
  })
  const outcome = await work()
  await settleAction(db, id, { detail: null, seq: null, ...resultOf(outcome) })
  return outcome
}

/** The result of an act that only succeeds or does not. */
export const doneOrRefused = (isDone: boolean): AdminResult => ({
  outcome: isDone ? 'done' : 'refused',
})
