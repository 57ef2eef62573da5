import { z } from 'zod'
import { UnknownOutcomeError } from '../../errors.ts'
import { abandonSend, beginSend, finishSend } from '../../store/sends.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { isUnreachable, sendGently } from '../telegram/send-gently.ts'
import { chatTurn, declareEffect, MINUTE } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({ chatId: z.int(), text: z.string() })

/** Sends a remark once: one that may have arrived is not sent again. */
export const createNoticeHandler =
  (
    deps: EffectDeps & { api: TelegramApi; flood: FloodGate },
  ): EffectHandler<z.infer<typeof schema>> =>
  async (job) => {
    const { db, api, flood } = deps
    const { chatId, text } = job.params
    const key = `notice:${effectKey(job)}`
    if (!(await beginSend(db, key, chatId))) return
    try {
      const sent = await sendGently(flood, chatId, () =>
        api.call('sendMessage', { chat_id: chatId, text, parse_mode: 'HTML' }),
      )
      await finishSend(db, key, {
        method: 'sendMessage',
        messageIds: [sent.message_id],
        fileIds: [],
      })
    } catch (error) {
      if (error instanceof UnknownOutcomeError || isUnreachable(error)) return
      await abandonSend(db, key)
      throw error
    }
  }

export const noticeEffect = declareEffect({
  name: 'telegram.notice',
  params: schema,
  queue: 'notices',
  patience: { priority: 0, attempts: 500, maxPauseMs: MINUTE },
  turn: chatTurn,
  exhausted: null,
  handler: createNoticeHandler,
})
