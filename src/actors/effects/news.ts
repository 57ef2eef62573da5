import { z } from 'zod'
import { RetryableError, UnknownOutcomeError } from '../../errors.ts'
import type { BroadcastContext } from '../../machines/broadcast/context.ts'
import { broadcastActor } from '../../machines/broadcast/definition.ts'
import { mailKeyboard } from '../../machines/broadcast/keyboard.ts'
import { loadActor } from '../../store/engine/actors.ts'
import { setNewsChoice } from '../../store/news.ts'
import type { EffectHandler } from '../engine/effect.ts'
import { hydrate } from '../engine/live-actor.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { deepLink } from '../telegram/deep-link.ts'
import { isMessageGone, isNotModified } from '../telegram/errors.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { isUnreachable, sendGently } from '../telegram/send-gently.ts'
import { BEGUN, declareEffect, languageSchema } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({
  userId: z.int(),
  chatId: z.int(),
  language: languageSchema,
  choice: z.enum(['on', 'off']),
  /** The broadcast below which the button stands; null: it stands on a screen. */
  broadcastId: z.string().nullable(),
  messageId: z.int().nullable(),
})

/** Keeps whether somebody wants news, and shows the opposite on the button that was tapped. */
export const createNewsHandler =
  (
    deps: EffectDeps & {
      api: TelegramApi
      flood: FloodGate
      botUsername: () => Promise<string>
    },
  ): EffectHandler<z.infer<typeof schema>> =>
  async ({ params, attempt }) => {
    const { db, registry, api, flood, botUsername } = deps
    const { userId, chatId, language, choice, broadcastId, messageId } = params
    await setNewsChoice(db, userId, choice)
    if (broadcastId === null || messageId === null) return
    const actor = broadcastActor(broadcastId)
    const row = await loadActor(db, actor)
    const live = row && hydrate(registry.of(actor), row)
    if (live === undefined) return
    const { buttons } = live.snapshot.context as BroadcastContext
    const username = await botUsername()
    const isMuted = choice === 'off'
    const keyboard = mailKeyboard({ broadcastId, buttons }, { language, isMuted }, (start) =>
      deepLink(username, start),
    )
    try {
      await sendGently(
        flood,
        chatId,
        () =>
          api.call('editMessageReplyMarkup', {
            ...{ chat_id: chatId, message_id: messageId },
            reply_markup: { inline_keyboard: keyboard },
          }),
        { kind: 'edit' },
      )
    } catch (error) {
      // The button is a convenience: the choice is kept, and words popped up about it.
      const isOver = error instanceof RetryableError && attempt >= BUTTON_TRIES
      const isDone = isNotModified(error) || isMessageGone(error) || isUnreachable(error)
      if (!isDone && !isOver && !(error instanceof UnknownOutcomeError)) throw error
    }
  }

const BUTTON_TRIES = 5

export const newsEffect = declareEffect({
  name: 'news.choose',
  params: schema,
  delivery: 'once',
  queue: 'account',
  patience: BEGUN,
  exhausted: null,
  handler: createNewsHandler,
})
