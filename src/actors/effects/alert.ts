import { z } from 'zod'
import { coerceError, RetryableError } from '../../errors.ts'
import { alertData, type ReviewList } from '../../machines/conversation/admin/payment-review.ts'
import { changeData } from '../../machines/conversation/admin/shelf.ts'
import { type Language, translator } from '../../machines/texts/translate.ts'
import { claimAlert, releaseAlert } from '../../store/alerts.ts'
import { readLanguages } from '../../store/users.ts'
import type { EffectHandler } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { type AlertText, alertIn, alertText } from './alert-words.ts'
import { declareEffect, MINUTE } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const HOUR = 3_600_000
const WEBHOOK_LIMIT_MS = 10_000

export type { AlertText } from './alert-words.ts'

export interface AlertDeps extends Pick<EffectDeps, 'db' | 'now' | 'log'> {
  api: TelegramApi
  adminIds: readonly number[]
  /** Is told too, whatever becomes of the messages: for when Telegram is the problem. */
  webhookUrl?: string | undefined
  fetch?: typeof globalThis.fetch
}

/**
 * Tells the admins, each in their language, about a topic at most once in `everyMs` (an hour unless said), over all instances.
 * Rejects, to be repeated, when nobody could be told now.
 */
export function createAlert(deps: AlertDeps) {
  const { db, now, log, api, adminIds, webhookUrl, fetch = globalThis.fetch } = deps

  /** One POST of JSON; what it answers is logged and changes nothing. */
  async function post(topic: string, text: string): Promise<boolean> {
    if (webhookUrl === undefined) return false
    try {
      const body = JSON.stringify({ topic, text, at: new Date(now()).toISOString() })
      const headers = { 'content-type': 'application/json' }
      const signal = AbortSignal.timeout(WEBHOOK_LIMIT_MS)
      const answer = await fetch(webhookUrl, { method: 'POST', headers, body, signal })
      await answer.body?.cancel()
      if (answer.ok) return true
      log.warn({ topic, status: answer.status }, 'the alert webhook refused')
    } catch (error) {
      log.warn({ topic, reason: coerceError(error).message }, 'the alert webhook was not reached')
    }
    return false
  }

  return async (
    topic: string,
    text: AlertText,
    { list, change, everyMs = HOUR }: AlertOptions = {},
  ): Promise<void> => {
    if (!(await claimAlert(db, topic, new Date(now()), everyMs))) return
    const posted = await post(topic, alertIn(text, 'en'))
    // Without the database nobody knows; words in the wrong language are better than none.
    const languages = await readLanguages(db, adminIds).catch(() => new Map<number, 'ru' | 'en'>())
    const failures: Error[] = []
    for (const adminId of adminIds) {
      const language = languages.get(adminId) ?? 'en'
      await api
        .call('sendMessage', {
          ...{ chat_id: adminId, text: `🚨 ${alertIn(text, language)}` },
          ...buttonTo(list),
          ...buttonsFor(change, language),
        })
        .catch((error: Error) => {
          log.error({ err: error, topic }, 'an admin could not be told')
          failures.push(error)
        })
    }
    const trouble = failures.find((error) => error instanceof RetryableError)
    if (posted || failures.length < adminIds.length || trouble === undefined) return
    await releaseAlert(db, topic)
    throw trouble
  }
}

interface AlertOptions {
  /** The list of the admins' area that it is about. */
  list?: ReviewList | undefined
  /** The change at the provider that it asks about. */
  change?: number
  everyMs?: number
}

/** What can be decided about a change at the provider: noted, the model paused, or ignored. */
const buttonsFor = (change: number | undefined, language: Language) =>
  change === undefined
    ? {}
    : {
        reply_markup: {
          inline_keyboard: [
            (['accepted', 'paused', 'ignored'] as const).map((decision) => ({
              text: translator(language)(`shelf.change.${decision}`),
              callback_data: changeData(change, decision),
            })),
          ],
        },
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
  return /^(payment|refund)\./.test(code) ? 'payments' : undefined
}

export type Alert = ReturnType<typeof createAlert>

const schema = z.object({ topic: z.string(), jobId: z.string(), code: z.string() })

/** What users ask for is told together with all else that waits; see `createWaitingWatch`. */
const WAITING = new Set(['review.waiting', 'refund.asked'])

export const createAlertHandler =
  (alert: Alert, tellWaiting: () => Promise<void>): EffectHandler<z.infer<typeof schema>> =>
  ({ params: { topic, jobId, code } }) =>
    WAITING.has(code)
      ? tellWaiting()
      : alert(`${topic}:${code}`, alertText(code, jobId), { list: listFor(code) })

export const alertEffect = declareEffect({
  name: 'operator.alert',
  params: schema,
  delivery: 'once',
  queue: 'operator',
  patience: { attempts: 50, maxPauseMs: MINUTE },
  exhausted: null,
  handler: ({ alert, tellWaiting }: { alert: Alert; tellWaiting: () => Promise<void> }) =>
    createAlertHandler(alert, tellWaiting),
})
