import { z } from 'zod'
import { RetryableError, UnknownOutcomeError } from '../../errors.ts'
import type { EffectHandler } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { isQueryTooOld } from '../telegram/errors.ts'
import { declareEffect, SECOND } from './declare.ts'

const schema = z.object({ queryId: z.string(), text: z.string().nullable() })

/** A tap waits for its answer, and an answer is worthless after some seconds. */
const PATIENCE = { priority: -20, attempts: 2, maxPauseMs: SECOND }

/** Ends the spinner of a tapped button; a tap that waited too long needs no answer any more. */
export const createAnswerHandler =
  ({ api }: { api: TelegramApi }): EffectHandler<z.infer<typeof schema>> =>
  async ({ attempt, params: { queryId, text } }) => {
    try {
      await api.call('answerCallbackQuery', {
        callback_query_id: queryId,
        ...(text === null ? {} : { text }),
      })
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
  queue: 'answers',
  patience: PATIENCE,
  exhausted: null,
  handler: createAnswerHandler,
})
