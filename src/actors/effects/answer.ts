import type { TelegramApi } from '../telegram/api.ts'
import { isQueryTooOld } from '../telegram/errors.ts'
import type { EffectDeps, EffectHandler } from './effect.ts'

interface AnswerParams {
  queryId: string
  text: string | null
}

/** Ends the spinner of a tapped button; a tap that waited too long needs no answer any more. */
export const createAnswerHandler =
  ({ api }: EffectDeps & { api: TelegramApi }): EffectHandler<AnswerParams> =>
  async ({ params: { queryId, text } }) => {
    try {
      await api.call('answerCallbackQuery', {
        callback_query_id: queryId,
        ...(text === null ? {} : { text }),
      })
    } catch (error) {
      if (!isQueryTooOld(error)) throw error
    }
  }
