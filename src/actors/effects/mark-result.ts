import { z } from 'zod'
import { RetryableError, UnknownOutcomeError } from '../../errors.ts'
import type { Db } from '../../store/db.ts'
import { readJob } from '../../store/jobs.ts'
import type { EffectHandler } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { isMessageGone, isNotModified } from '../telegram/errors.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { isUnreachable, sendGently } from '../telegram/send-gently.ts'
import { chatTurn, declareEffect, languageSchema, SECOND } from './declare.ts'
import { type MarkupDeps, resultMarkup } from './result-markup.ts'

const schema = z.object({
  jobId: z.string(),
  chatId: z.int(),
  language: languageSchema,
  /** The message whose button was tapped. */
  messageId: z.int(),
  saved: z.boolean(),
})

const ATTEMPTS = 5

/** Shows on a result's own buttons whether it is kept; only in the chat where its job ran. */
export const createMarkResultHandler =
  (
    deps: MarkupDeps & { db: Db; api: TelegramApi; flood: FloodGate },
  ): EffectHandler<z.infer<typeof schema>> =>
  async ({ attempt, params }) => {
    const { api, db, flood } = deps
    const { jobId, chatId, language, messageId, saved } = params
    if ((await readJob(db, jobId))?.chat_id !== chatId) return
    const reply_markup = await resultMarkup(deps, { jobId, language, saved })
    if (reply_markup === undefined) return
    try {
      await sendGently(flood, chatId, () =>
        api.call('editMessageReplyMarkup', {
          chat_id: chatId,
          message_id: messageId,
          reply_markup,
        }),
      )
    } catch (error) {
      // The label is a convenience: the wish itself is stored, and words popped up about it.
      const isOver = error instanceof RetryableError && attempt >= ATTEMPTS
      const isDone = isNotModified(error) || isMessageGone(error) || isUnreachable(error)
      if (!isDone && !isOver && !(error instanceof UnknownOutcomeError)) throw error
    }
  }

export const markResultEffect = declareEffect({
  name: 'telegram.markResult',
  params: schema,
  delivery: 'once',
  queue: 'screens',
  patience: { attempts: ATTEMPTS, maxPauseMs: 5 * SECOND },
  turn: chatTurn,
  exhausted: null,
  handler: createMarkResultHandler,
})
