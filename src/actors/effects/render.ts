import { createHash } from 'node:crypto'
import { z } from 'zod'
import { RetryableError, UnknownOutcomeError } from '../../errors.ts'
import { callbackData } from '../../machines/conversation/buttons.ts'
import { drawScreen } from '../../machines/conversation/screens/draw.ts'
import type {
  Button,
  Screen,
  ShareButton,
  View,
} from '../../machines/conversation/screens/screen.ts'
import { loadActor } from '../../store/engine/actors.ts'
import { readScreen, type StoredScreen, saveScreen } from '../../store/screens.ts'
import type { EffectHandler } from '../engine/effect.ts'
import { hydrate } from '../engine/live-actor.ts'
import type { Session } from '../engine/session.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { deepLink, shareUrl } from '../telegram/deep-link.ts'
import { isMessageGone, isNotModified } from '../telegram/errors.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { isUnreachable, sendGently } from '../telegram/send-gently.ts'
import { chatTurn, declareEffect, MINUTE } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const schema = z.object({
  chatId: z.int(),
  /** The user sent something: what is shown must stand below it. */
  below: z.boolean(),
  /** The message whose button was tapped; an old one is not where the person expects news. */
  messageId: z.int().optional(),
})

export type RenderParams = z.infer<typeof schema>

export interface RenderDeps extends EffectDeps {
  api: TelegramApi
  flood: FloodGate
  session: Pick<Session, 'withLock'>
  view: View
  /** For links to the bot; resolves when Telegram has told, rejects when it can't be asked now. */
  botUsername: () => Promise<string>
}

interface Place {
  actor: string
  chatId: number
  seq: number
  floor: number
}

/**
 * Shows the conversation's present screen, whichever step asked: edits the live message, or sends a
 * new one when the user wrote below it. Late, doubled and repeated renders end in the same picture.
 */
export function createRenderHandler(deps: RenderDeps): EffectHandler<RenderParams> {
  const { db, registry, api, flood, session, view, botUsername, crashAt } = deps

  return async ({ actor, seq, params }) => {
    const done = await session.withLock(params.chatId, () =>
      draw(actor, seq, params).catch((error) => {
        if (isUnreachable(error)) return
        // Perhaps it arrived: a screen seen twice is better than silence.
        const lost = error instanceof UnknownOutcomeError
        throw lost ? new RetryableError('telegram.unavailable', { cause: error }) : error
      }),
    )
    // Another process draws this chat; it may have read the state before our step.
    if (done === null) throw new RetryableError('telegram.unavailable', { retryAfterMs: 500 })
  }

  async function draw(actor: string, seq: number, params: RenderParams): Promise<void> {
    const { chatId } = params
    const row = await loadActor(db, actor)
    const live = row && hydrate(registry.of(actor), row)
    if (live === undefined) return
    const stored = await readScreen(db, actor)
    const below = params.below || isElsewhere(params, seq, stored)
    const floor = Math.max(stored?.floor ?? 0, below ? seq : 0)
    const place: Place = { actor, chatId, seq: live.version, floor }
    const screen = drawScreen(live.snapshot, view)
    if (screen === null) {
      if (floor > (stored?.floor ?? 0)) await saveFloor(place, stored)
      return
    }
    const digest = digestOf(screen)
    if (stored?.message_id != null && stored.seq >= floor) {
      if (stored.digest === digest) return
      if (await edit(place, stored, screen, digest)) return
    }
    await sendNew(place, stored, screen, digest)
  }

  function saveFloor({ actor, chatId, floor }: Place, stored: StoredScreen | undefined) {
    return saveScreen(db, {
      actor_id: actor,
      chat_id: chatId,
      message_id: stored?.message_id ?? null,
      seq: stored?.seq ?? 0,
      floor,
      digest: stored?.digest ?? '',
      transient: stored?.transient ?? false,
    })
  }

  /** False when the message is gone and a new one is needed. */
  async function edit(
    { actor, chatId, floor }: Place,
    stored: StoredScreen,
    screen: Screen,
    digest: string,
  ): Promise<boolean> {
    const messageId = stored.message_id as number
    try {
      const message = await messageOf(chatId, screen)
      await sendGently(flood, chatId, () =>
        api.call('editMessageText', { message_id: messageId, ...message }),
      )
    } catch (error) {
      if (isMessageGone(error)) return false
      if (!isNotModified(error)) throw error
    }
    const transient = screen.transient === true
    const { seq } = stored
    await saveScreen(db, {
      actor_id: actor,
      chat_id: chatId,
      message_id: messageId,
      seq,
      floor,
      digest,
      transient,
    })
    return true
  }

  async function sendNew(
    { actor, chatId, seq, floor }: Place,
    stored: StoredScreen | undefined,
    screen: Screen,
    digest: string,
  ): Promise<void> {
    const message = await messageOf(chatId, screen)
    const sent = await sendGently(flood, chatId, () => api.call('sendMessage', message))
    crashAt('screen.sent')
    await saveScreen(db, {
      actor_id: actor,
      chat_id: chatId,
      message_id: sent.message_id,
      seq,
      floor,
      digest,
      transient: screen.transient === true,
    })
    if (stored?.message_id != null) await retire(chatId, stored)
  }

  async function messageOf(chatId: number, screen: Screen) {
    const isShared = screen.keyboard.flat().some((b) => 'share' in b)
    const bot = isShared ? await botUsername() : ''
    return {
      chat_id: chatId,
      text: screen.text,
      parse_mode: 'HTML' as const,
      link_preview_options: { is_disabled: true },
      reply_markup: {
        inline_keyboard: screen.keyboard.map((row) => row.map((b) => keyOf(bot, screen, b))),
      },
    }
  }

  /** The screen before loses its buttons, or goes entirely if it only told of progress. */
  async function retire(chatId: number, stored: StoredScreen): Promise<void> {
    const message = { chat_id: chatId, message_id: stored.message_id as number }
    // Cosmetic: stale buttons are refused anyway, so a failure here is not worth a repeat.
    await (stored.transient
      ? api.call('deleteMessage', message)
      : api.call('editMessageReplyMarkup', message)
    ).catch(() => {})
  }
}

/** Tapped on another message than the live one, and nothing newer was shown since. */
const isElsewhere = (
  { messageId }: RenderParams,
  seq: number,
  stored: StoredScreen | undefined,
): boolean =>
  messageId !== undefined &&
  stored?.message_id != null &&
  stored.message_id !== messageId &&
  stored.seq < seq

function keyOf(bot: string, screen: Screen, button: Button | ShareButton) {
  if ('event' in button) {
    return { text: button.label, callback_data: callbackData(screen, button.event) }
  }
  const { start, text } = button.share
  return { text: button.label, url: shareUrl(deepLink(bot, start), text) }
}

const digestOf = (screen: Screen): string =>
  createHash('sha256').update(JSON.stringify(screen)).digest('base64url').slice(0, 22)

export const renderEffect = declareEffect({
  name: 'telegram.render',
  params: schema,
  queue: 'screens',
  patience: { priority: -10, attempts: 500, maxPauseMs: MINUTE },
  turn: chatTurn,
  exhausted: null,
  handler: createRenderHandler,
})
