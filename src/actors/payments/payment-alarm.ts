import type { Db } from '../../store/db.ts'
import { addEffect } from '../../store/engine/effects.ts'

/** Tells the operator about money, once an hour for each charge and reason. */
export async function raiseAlarm(
  db: Db,
  at: number,
  { id, code }: { id: string; code: string },
): Promise<void> {
  const params = { topic: `payment:${id}`, jobId: id, code }
  const key = `alarm:${code}:${at}`
  await addEffect(db, { actor: `topup:${id}`, key, type: 'operator.alert', at, params })
}
