import type { Db } from '../../store/db.ts'
import { addJob } from '../../store/engine/queue.ts'
import type { EffectJob } from '../engine/effect.ts'

/** Tells the operator about money, once an hour for each charge and reason. */
export async function raiseAlarm(
  db: Db,
  at: number,
  { id, code }: { id: string; code: string },
): Promise<void> {
  const params = { topic: `payment:${id}`, jobId: id, code }
  const job: EffectJob = { actor: `topup:${id}`, seq: 0, index: 0, at, attempt: 1, params }
  await addJob(db, 'operator.alert', job)
}
