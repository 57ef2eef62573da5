import { hash } from 'node:crypto'
import { z } from 'zod'
import { RetryableError, TerminalError } from '../../errors.ts'
import { callbackData } from '../../machines/conversation/buttons.ts'
import { styleOf } from '../../machines/conversation/screens/button-style.ts'
import { drawScreen } from '../../machines/conversation/screens/draw.ts'
import type { AnyButton, Screen, View } from '../../machines/conversation/screens/screen.ts'
import { loadActor } from '../../store/engine/actors.ts'
import type { EffectGate, EffectHandler, EffectJob, Storing } from '../engine/effect.ts'
import { hydrate, type LiveActor } from '../engine/live-actor.ts'
import { createCache } from '../engine/lru.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { deepLink, shareUrl } from '../telegram/deep-link.ts'
import { isMessageGone, isNotModified, orSeenTwice } from '../telegram/errors.ts'
import type { FloodGate, SendKind } from '../telegram/flood.ts'
import { isUnreachable } from '../telegram/send-gently.ts'
import type { ReplyCall, WebhookReplies } from '../telegram/webhook-replies.ts'
import { chatTurn, declareEffect, MINUTE } from './declare.ts'
import type { EffectDeps } from './deps.ts'
import type { ScreenRow, ScreenStore } from './screen-store.ts'

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
  screens: ScreenStore
  /** Where updates come by webhook. */
  replies: Pick<WebhookReplies, 'leave'>
  view: View
  /** For links to the bot; resolves when Telegram has told, rejects when it can't be asked now. */
  botUsername: () => Promise<string>
  /** Whether people can call the bot by its name in other chats; as Telegram has told. */
  hasInlineMode: () => Promise<boolean>
}

/** More than are drawn by two processes at once. */
const OVERTAKEN = 1_000

interface Place {
  actor: string
  chatId: number
  seq: number
  floor: number
}

/**
 * Waits for the chat's turn before a slot is taken. Whether it will be an edit or a message is what
 * the process remembers of the chat; the handler makes good for what was guessed wrong. A screen that the
 * message now stands below loses its buttons by the reply to that message, as long as that is open.
 */
export const createRenderGate =
  ({ flood, screens, replies }: RenderGateDeps): EffectGate<RenderParams> =>
  async ({ actor, seq, renewed, params }, signal) => {
    const { chatId } = params
    const known = screens.peek(actor)
    const isBelow = Math.max(renewed, isElsewhere(params, seq, known) ? seq : 0)
    const kind = known?.message_id != null && known.seq >= isBelow ? 'edit' : 'message'
    if (
      kind === 'message' &&
      known?.message_id != null &&
      // What told of progress stays until something else is there.
      !known.transient &&
      screens.retired.get(actor) !== known.message_id &&
      // A chat that must wait is left alone.
      flood.delayMs(chatId, kind) === 0 &&
      replies.leave(chatId, retirement(chatId, known))
    ) {
      screens.retired.set(actor, known.message_id)
    }
    await flood.turn(chatId, { kind, priority: 'screen', signal })
    screens.granted.set(actor, kind)
  }

type RenderGateDeps = Pick<RenderDeps, 'flood' | 'screens' | 'replies'>

/**
 * Shows the conversation's present screen, whichever step asked: edits the live message, or sends a
 * new one when the user wrote below it. Late, doubled and repeated renders end in the same picture.
 * Of several processes that draw one chat, each sees when it stores what it showed whether it was moved
 * meanwhile, or another message is the live one. Then it takes back its own message and draws again, so
 * that the newest screen is the last one.
 */
export function createRenderHandler(deps: RenderDeps): EffectHandler<RenderParams> {
  const { db, runtime, registry, api, flood, screens, view, crashAt } = deps
  /** By actor what this process has shown although another one has drawn it, or brought it further. */
  const overtaken = createCache<ScreenRow>(OVERTAKEN)
  /** What is being stored of chats that were drawn. */
  const notes = new Map<string, Storing>()

  return async (job) => {
    const { actor, params } = job
    const granted = screens.granted.get(actor)
    screens.granted.delete(actor)
    const use = createGrant(params.chatId, granted)
    crashAt('screen.starting')
    try {
      const own = overtaken.get(actor)
      const live = own === undefined ? await newest(actor, job.seq) : await load(actor)
      const storing = live && (await draw(job, live, use, own))
      if (overtaken.get(actor) === own) overtaken.delete(actor)
      return storing
    } catch (error) {
      if (isUnreachable(error)) return undefined
      throw orSeenTwice(error)
    } finally {
      use.giveBack()
    }
  }

  /** Notes what was drawn from the version `drawn`; the chat is drawn again when that was not the newest. */
  function noteShown(row: ScreenRow, drawn: number): Storing {
    const { actor_id: actor } = row
    const stored = screens
      .save(row, drawn)
      .then((isNewest) => {
        if (isNewest) return true
        // What this process remembers of the chat may be out of date as well.
        screens.forget(actor)
        overtaken.set(actor, row)
        return false
      })
      .finally(() => {
        if (notes.get(actor) === note) notes.delete(actor)
      })
    const note = { stored }
    notes.set(actor, note)
    return note
  }

  /** The actor from memory when that is not older than the step that asked. */
  async function newest(actor: string, seq: number): Promise<LiveActor | undefined> {
    const known = runtime.peek(actor)
    return known !== undefined && known.version >= seq ? known : load(actor)
  }

  async function load(actor: string): Promise<LiveActor | undefined> {
    const row = await loadActor(db, actor)
    const definition = registry.of(actor)
    // Drawn by an instance that understands it.
    if (row !== undefined && row.machine_version > definition.version) {
      throw new RetryableError('actor.newer', { retryAfterMs: 2_000 })
    }
    return row && hydrate(definition, row)
  }

  /** Uses the turn that was waited for, or waits for one of the other kind. */
  function createGrant(chatId: number, granted: SendKind | undefined) {
    let left = granted
    return {
      async take(kind: SendKind): Promise<void> {
        const isGranted = left === kind
        left = isGranted ? undefined : left
        if (!isGranted) await flood.pass(chatId, { kind, priority: 'screen' })
      },
      giveBack(): void {
        if (left !== undefined) flood.giveBack(chatId, left)
        left = undefined
      },
    }
  }

  type Grant = ReturnType<typeof createGrant>

  /**
   * Undefined: the chat shows it already, or there is nothing to be shown. `own` is what this process has
   * shown last if it was overtaken with that.
   */
  async function draw(
    { actor, seq, renewed, params }: EffectJob<RenderParams>,
    live: LiveActor,
    grant: Grant,
    own: ScreenRow | undefined,
  ): Promise<Storing | undefined> {
    const { chatId } = params
    const known = await screens.read(actor)
    if (own !== undefined && known !== undefined) await takeBack(own, known)
    const below = Math.max(renewed, isElsewhere(params, seq, known) ? seq : 0)
    const floor = Math.max(known?.floor ?? 0, below)
    const place: Place = { actor, chatId, seq: live.version, floor }
    const screen = drawScreen(live.snapshot, view)
    if (screen === null) {
      if (floor === (known?.floor ?? 0)) return undefined
      return noteShown(rowOf(place, known ?? NOTHING_SHOWN), place.seq)
    }
    const digest = digestOf(screen)
    if (known?.message_id != null && known.seq >= floor) {
      // Which of two edits Telegram took last nobody knows.
      const isCertain = own?.message_id !== known.message_id
      if (known.digest === digest && isCertain) return notes.get(actor)
      const edited = await edit(place, known, screen, digest, grant)
      if (edited !== undefined) return edited
    }
    return sendNew(place, known, screen, digest, grant)
  }

  /** Undefined when the message is gone and a new one is needed. */
  async function edit(
    place: Place,
    stored: ScreenRow,
    screen: Screen,
    digest: string,
    grant: Grant,
  ): Promise<Storing | undefined> {
    const { actor, chatId, seq: drawn } = place
    const messageId = stored.message_id as number
    const message = await messageOf(chatId, screen)
    await grant.take('edit')
    try {
      await flood.watch(chatId, () =>
        api.call('editMessageText', { message_id: messageId, ...message }),
      )
      crashAt('screen.edited')
    } catch (error) {
      if (isMessageGone(error)) return undefined
      if (!isNotModified(error)) throw error
    }
    screens.retired.delete(actor)
    const { transient = false } = screen
    const row = rowOf(place, { message_id: messageId, seq: stored.seq, digest, transient })
    return noteShown(row, drawn)
  }

  async function sendNew(
    place: Place,
    stored: ScreenRow | undefined,
    screen: Screen,
    digest: string,
    grant: Grant,
  ): Promise<Storing> {
    const { actor, chatId, seq } = place
    const message = await messageOf(chatId, screen)
    await grant.take('message')
    const sent = await flood.watch(chatId, () => api.call('sendMessage', message))
    crashAt('screen.sent')
    const { transient = false } = screen
    const row = rowOf(place, { message_id: sent.message_id, seq, digest, transient })
    const storing = noteShown(row, seq)
    if (stored?.message_id != null && stored.message_id !== screens.retired.get(actor)) {
      await retire(retirement(chatId, stored))
    }
    return storing
  }

  async function messageOf(chatId: number, screen: Screen) {
    const isLinked = screen.keyboard.flat().some((b) => !('event' in b))
    const bot = isLinked ? await linkedBot() : { username: '', isInline: false }
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

  async function linkedBot(): Promise<LinkedBot> {
    return { username: await deps.botUsername(), isInline: await deps.hasInlineMode() }
  }

  /** A message that stands below the live one must go; one above it is an old screen like others. */
  async function takeBack(own: ScreenRow, live: ScreenRow): Promise<void> {
    const { chat_id, message_id } = own
    if (message_id === null || live.message_id === null || message_id === live.message_id) return
    if (message_id < live.message_id) {
      await retire(retirement(chat_id, own))
      return
    }
    try {
      await api.call('deleteMessage', { chat_id, message_id })
    } catch (error) {
      // Its reader was faster.
      if (!(error instanceof TerminalError)) throw error
    }
  }

  /** Cosmetic: stale buttons are refused anyway, so a failure here is not worth a repeat. */
  async function retire({ method, ...message }: Retirement): Promise<void> {
    await api.call(method, message).catch(() => {})
  }
}

type Shown = Pick<ScreenRow, 'message_id' | 'seq' | 'digest' | 'transient'>

const NOTHING_SHOWN: Shown = { message_id: null, seq: 0, digest: '', transient: false }

/** What is kept of a chat that shows this. */
const rowOf = ({ actor, chatId, floor }: Place, shown: Shown): ScreenRow => ({
  ...shown,
  actor_id: actor,
  chat_id: chatId,
  floor,
})

interface Retirement extends ReplyCall {
  method: 'deleteMessage' | 'editMessageReplyMarkup'
  chat_id: number
  message_id: number
}

/** The screen before loses its buttons, or goes entirely if it only told of progress. */
const retirement = (chatId: number, { transient, message_id }: ScreenRow): Retirement => ({
  method: transient ? 'deleteMessage' : 'editMessageReplyMarkup',
  chat_id: chatId,
  message_id: message_id as number,
})

/** Tapped on another message than the live one, and nothing newer was shown since. */
const isElsewhere = (
  { messageId }: RenderParams,
  seq: number,
  stored: ScreenRow | undefined,
): boolean =>
  messageId !== undefined &&
  stored?.message_id != null &&
  stored.message_id !== messageId &&
  stored.seq < seq

/** What links to the bot need. */
interface LinkedBot {
  username: string
  isInline: boolean
}

/** Any chat can be chosen: https://core.telegram.org/bots/api#switchinlinequerychosenchat */
const ANYWHERE = { allow_user_chats: true, allow_group_chats: true, allow_channel_chats: true }

function keyOf({ username, isInline }: LinkedBot, screen: Screen, button: AnyButton) {
  const { label: text } = button
  if ('event' in button) {
    const style = styleOf(screen, button)
    const data = { text, callback_data: callbackData(screen, button.event) }
    return style === undefined ? data : { ...data, style }
  }
  if ('copy' in button) {
    const { copy } = button
    return {
      text,
      copy_text: { text: 'text' in copy ? copy.text : deepLink(username, copy.start) },
    }
  }
  const { share } = button
  return share.query !== undefined && isInline
    ? { text, switch_inline_query_chosen_chat: { query: share.query, ...ANYWHERE } }
    : { text, url: shareUrl(deepLink(username, share.start), share.text) }
}

const digestOf = (screen: Screen): string =>
  hash('sha256', JSON.stringify(screen), 'base64url').slice(0, 22)

export const renderEffect = declareEffect({
  name: 'telegram.render',
  params: schema,
  delivery: 'latest',
  renews: ({ below }) => below,
  queue: 'screens',
  patience: { attempts: 500, maxPauseMs: MINUTE },
  turn: chatTurn,
  exhausted: null,
  gate: createRenderGate,
  handler: createRenderHandler,
})
