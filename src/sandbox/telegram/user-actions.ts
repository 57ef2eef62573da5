import { normalise } from './entities.ts'
import type { MediaKind } from './files.ts'
import type { InlineButton } from './keyboard.ts'
import { TIMES } from './limits.ts'
import { checkFile } from './media-check.ts'
import { botJson, chatJson, messageJson, userJson } from './message-json.ts'
import { appendMessage, type NewMessage } from './messages.ts'
import type { Bot, CallbackQuery, Chat, FakeUser, Media, StoredMessage, World } from './model.ts'
import { push, randomDigits } from './push-update.ts'
import { UserActionError } from './user-action-error.ts'
import { chatOf, seconds } from './world.ts'

export interface FileOptions {
  readonly caption?: string
  readonly fileName?: string
  /** What the app says the file is; it passes on unchecked. By default an honest app's word. */
  readonly mime?: string
  readonly kind?: MediaKind
  readonly duration?: number
}

/** What a user's app does: every action shows in the chat and reaches the bot as an update. */
export function createUserActions(world: World) {
  const open = (bot: Bot, user: FakeUser): Chat => {
    const chat = chatOf(bot, user)
    if (chat.blocked) throw new UserActionError('this user has blocked the bot')
    chat.started = true
    return chat
  }

  function send(bot: Bot, user: FakeUser, message: Partial<NewMessage>): StoredMessage {
    const chat = open(bot, user)
    const stored = appendMessage(world, bot, chat, { ...message, from: 'user' })
    const payload = messageJson(bot, chat, stored)
    push(bot, 'message', payload, `message:${user.id}`, TIMES.messageUpdateMs)
    return stored
  }

  async function media(kind: MediaKind, bytes: Buffer, options: FileOptions): Promise<Media> {
    const fileName = options.fileName ?? ''
    const { mime } = options
    const checked = await checkFile(world.files, kind, {
      bytes,
      fileName,
      ...(mime !== undefined && { claimed: mime }),
    })
    return {
      ...checked,
      duration: options.duration ?? 0,
      title: '',
      performer: '',
      hasSpoiler: false,
    }
  }

  const captionOf = (text = '') => normalise({ text, entities: [] })

  async function sendFile(bot: Bot, user: FakeUser, bytes: Buffer, options: FileOptions = {}) {
    const checked = await media(options.kind ?? 'photo', bytes, options)
    return send(bot, user, { media: checked, caption: captionOf(options.caption) })
  }

  async function sendAlbum(
    bot: Bot,
    user: FakeUser,
    files: readonly Buffer[],
    options: FileOptions,
  ) {
    const groupId = randomDigits()
    const items = await Promise.all(
      files.map((file) => media(options.kind ?? 'photo', file, options)),
    )
    return items.map((item, index) =>
      send(bot, user, {
        media: item,
        groupId,
        caption: captionOf(index === 0 ? options.caption : ''),
      }),
    )
  }

  function pushQuery(bot: Bot, chat: Chat, messageId: number, data: string): CallbackQuery {
    const { user } = chat
    const query: CallbackQuery = {
      id: randomDigits(),
      userId: user.id,
      messageId,
      data,
      createdAt: world.now(),
      answer: undefined,
    }
    bot.queries.set(query.id, query)
    const message = chat.messages.get(messageId)
    // https://core.telegram.org/bots/api#inaccessiblemessage
    const shown =
      message && !message.deleted
        ? messageJson(bot, chat, message)
        : { chat: chatJson(user), message_id: messageId, date: 0 }
    const payload = {
      id: query.id,
      from: userJson(user),
      message: shown,
      chat_instance: `-${bot.id}${user.id}`,
      data,
    }
    push(bot, 'callback_query', payload, `callback:${user.id}`, TIMES.queryUpdateMs)
    return query
  }

  const isTarget = (target: string) => (button: InlineButton) =>
    button.callback_data !== undefined &&
    (button.callback_data === target || button.text === target)

  /** Presses a button by its data or label; a stale tap needs no button of that data any more. */
  function tap(bot: Bot, user: FakeUser, messageId: number, target: string, stale = false) {
    const chat = open(bot, user)
    const message = chat.messages.get(messageId)
    const button =
      message && !message.deleted ? message.keyboard?.flat().find(isTarget(target)) : undefined
    if (!button && !stale)
      throw new UserActionError(`message ${messageId} has no button "${target}"`)
    return pushQuery(bot, chat, messageId, button?.callback_data ?? target)
  }

  /** An app that got no answer sends the same tap again: new update, new query. */
  function resendTap(bot: Bot, user: FakeUser, queryId: string): CallbackQuery {
    const query = bot.queries.get(queryId)
    if (!query) throw new UserActionError(`no tap ${queryId}`)
    return pushQuery(bot, open(bot, user), query.messageId, query.data)
  }

  function setBlocked(bot: Bot, user: FakeUser, blocked: boolean): void {
    const chat = chatOf(bot, user)
    if (chat.blocked === blocked) return
    chat.blocked = blocked
    const member = (status: string) => ({
      user: botJson(bot),
      status,
      ...(status === 'kicked' && { until_date: 0 }),
    })
    const payload = {
      chat: chatJson(user),
      from: userJson(user),
      date: seconds(world.now()),
      old_chat_member: member(blocked ? 'member' : 'kicked'),
      new_chat_member: member(blocked ? 'kicked' : 'member'),
    }
    push(bot, 'my_chat_member', payload, `member:${user.id}`, TIMES.messageUpdateMs)
    world.events.emit('change')
  }

  /** Any update, as given; the fake adds its id and tries to find its queue. */
  function sendRaw(bot: Bot, user: FakeUser, update: Record<string, unknown>): void {
    for (const [kind, payload] of Object.entries(update)) {
      if (kind === 'update_id') continue
      const short = /query$/.test(kind)
      const lifeMs = short ? TIMES.queryUpdateMs : TIMES.messageUpdateMs
      const family =
        kind === 'callback_query'
          ? 'callback'
          : kind.endsWith('checkout_query')
            ? 'payment'
            : 'message'
      push(bot, kind, payload as Record<string, unknown>, `${family}:${user.id}`, lifeMs)
    }
  }

  return {
    sendText: (bot: Bot, user: FakeUser, text: string, replyTo?: number) =>
      send(bot, user, { text: normalise({ text, entities: [] }), replyTo }),
    sendFile,
    sendAlbum,
    tap,
    resendTap,
    setBlocked,
    sendRaw,
  }
}

export type UserActions = ReturnType<typeof createUserActions>
