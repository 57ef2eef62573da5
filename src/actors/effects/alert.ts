import { z } from 'zod'
import { ERRORS, type ErrorCode, RetryableError } from '../../errors.ts'
import { alertData, type ReviewList } from '../../machines/conversation/admin/payment-review.ts'
import { claimAlert, releaseAlert } from '../../store/alerts.ts'
import type { EffectHandler } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { declareEffect, MINUTE } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const HOUR = 3_600_000

export interface AlertDeps extends Pick<EffectDeps, 'db' | 'now' | 'log'> {
  api: TelegramApi
  adminIds: readonly number[]
}

/**
 * Tells the admins about a topic at most once in `everyMs` (an hour unless said), over all instances.
 * Rejects, to be repeated, when nobody could be told now.
 */
export function createAlert({ db, now, log, api, adminIds }: AlertDeps) {
  return async (
    topic: string,
    text: string,
    { list, everyMs = HOUR }: { list?: ReviewList | undefined; everyMs?: number } = {},
  ): Promise<void> => {
    if (!(await claimAlert(db, topic, new Date(now()), everyMs))) return
    const failures: Error[] = []
    for (const adminId of adminIds) {
      await api
        .call('sendMessage', { chat_id: adminId, text: `🚨 ${text}`, ...buttonTo(list) })
        .catch((error: Error) => {
          log.error({ err: error, topic }, 'an admin could not be told')
          failures.push(error)
        })
    }
    const trouble = failures.find((error) => error instanceof RetryableError)
    if (failures.length < adminIds.length || trouble === undefined) return
    await releaseAlert(db, topic)
    throw trouble
  }
}

/** A button that leads to the list of the admins' area that an alert is about. */
const buttonTo = (list: ReviewList | undefined) =>
  list === undefined
    ? {}
    : {
        reply_markup: {
          inline_keyboard: [
            [{ text: `${ALERT_BUTTONS[list]} → /admin`, callback_data: alertData(list) }],
          ],
        },
      }

const ALERT_BUTTONS: Record<ReviewList, string> = { payments: '💳', requests: '↩️', receipts: '🧾' }

/** The list that an alert leads to; undefined: to none. */
function listFor(code: string): ReviewList | undefined {
  if (code === 'refund.asked') return 'requests'
  if (code === 'review.waiting') return 'receipts'
  return /^(payment|refund)\./.test(code) ? 'payments' : undefined
}

export type Alert = ReturnType<typeof createAlert>

/** What an admin reads about an error code. */
export const alertText = (code: string, jobId?: string): string =>
  `${ERRORS[code as ErrorCode]?.text ?? code} (${code}${jobId === undefined ? '' : `, ${jobId}`})`

const schema = z.object({ topic: z.string(), jobId: z.string(), code: z.string() })

export const createAlertHandler =
  (alert: Alert): EffectHandler<z.infer<typeof schema>> =>
  ({ params: { topic, jobId, code } }) =>
    alert(`${topic}:${code}`, alertText(code, jobId), { list: listFor(code) })

export const alertEffect = declareEffect({
  name: 'operator.alert',
  params: schema,
  delivery: 'once',
  queue: 'operator',
  patience: { attempts: 50, maxPauseMs: MINUTE },
  exhausted: null,
  handler: ({ alert }: { alert: Alert }) => createAlertHandler(alert),
})
