import { RetryableError, UnknownOutcomeError } from '../../errors.ts'
import { policyOf } from '../effect-policy.ts'
import type { EffectHandler } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { isQueryTooOld } from '../telegram/errors.ts'

interface AnswerParams {
  queryId: string
  text: string | null
}

const TRIES = policyOf('telegram.answer').attempts

/** Ends the spinner of a tapped button; a tap that waited too long needs no answer any more. */
export const createAnswerHandler =
  ({ api }: { api: TelegramApi }): EffectHandler<AnswerParams> =>
  async ({ attempt, params: { queryId, text } }) => {
    try {
      await api.call('answerCallbackQuery', {
        callback_query_id: queryId,
        ...(text === null ? {} : { text }),
      })
    } catch (error) {
      // The app gives up waiting by itself, so a late answer is not worth a dead letter.
      const tooLate = error instanceof RetryableError && attempt >= TRIES
      const over = isQueryTooOld(error) || error instanceof UnknownOutcomeError || tooLate
      if (!over) throw error
    }
  }
