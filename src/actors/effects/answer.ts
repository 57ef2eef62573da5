import { z } from 'zod'
import { RetryableError, UnknownOutcomeError } from '../../errors.ts'
import type { EffectHandler } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { isQueryTooOld } from '../telegram/errors.ts'
import type { WebhookReplies } from '../telegram/webhook-replies.ts'
import { declareEffect, SECOND } from './declare.ts'

const schema = z.object({ queryId: z.string(), text: z.string().nullable() })

/** A tap waits for its answer, and an answer is worthless after some seconds. */
const PATIENCE = { attempts: 1, maxPauseMs: SECOND }

interface AnswerDeps {
  api: TelegramApi
  /** Where updates come by webhook; a tap that came otherwise is answered by a call. */
  replies: Pick<WebhookReplies, 'leave'>
}

/** Ends the spinner of a tapped button; a tap that waited too long needs no answer any more. */
export const createAnswerHandler =
  ({ api, replies }: AnswerDeps): EffectHandler<z.infer<typeof schema>> =>
  async ({ attempt, params: { queryId, text } }) => {
    const answer = { callback_query_id: queryId, ...(text === null ? {} : { text }) }
    if (replies.leave(queryId, { method: 'answerCallbackQuery', ...answer })) return
    try {
      await api.call('answerCallbackQuery', answer)
    } catch (error) {
      // The app gives up waiting by itself, so a late answer is not worth a dead letter.
      const tooLate = error instanceof RetryableError && attempt >= PATIENCE.attempts
      const over = isQueryTooOld(error) || error instanceof UnknownOutcomeError || tooLate
      if (!over) throw error
    }
  }

export const answerEffect = declareEffect({
  name: 'telegram.answer',
  params: schema,
  delivery: 'ephemeral',
  queue: 'answers',
  patience: PATIENCE,
  exhausted: null,
  handler: createAnswerHandler,
})
