import { REVIEWABLE } from '../../machines/topup/statuses.ts'
import { readRaised } from '../../store/alerts.ts'
import { readWaiting, type Waiting } from '../../store/payment-review.ts'
import type { Alert } from './alert.ts'
import type { AlertText } from './alert-words.ts'
import type { EffectDeps } from './deps.ts'

/** All of them together are one topic: whoever asks 25 times rings once. */
const TOPIC = 'waiting'

/**
 * Tells the admins what waits for their decision: at once when nobody was told within the hour, else
 * all that came meanwhile in one digest when the hour is over. Called often by every instance, and
 * whenever somebody asks.
 */
export const createWaitingWatch =
  ({ db, alert }: Pick<EffectDeps, 'db'> & { alert: Alert }) =>
  async (): Promise<void> => {
    const waiting = await readWaiting(db, REVIEWABLE)
    if (waiting.newest === null) return
    const raised = await readRaised(db, TOPIC)
    if (raised !== undefined && raised >= waiting.newest) return
    const list = waiting.receipts > 0 ? 'receipts' : 'requests'
    await alert(TOPIC, wordsFor(waiting), { list })
  }

function wordsFor({ receipts, requests }: Waiting): AlertText {
  const list = (receipt: string, request: string) =>
    [
      receipts > 0 && `${receipts} × ${receipt} (review.waiting)`,
      requests > 0 && `${requests} × ${request} (refund.asked)`,
    ]
      .filter(Boolean)
      .join(', ')
  return {
    ru: `Ждут вашего решения: ${list('чек перевода', 'просьба вернуть платёж')}.`,
    en: `Somebody waits for your decision: ${list('receipt of a bank transfer', 'request for a refund')}.`,
  }
}
