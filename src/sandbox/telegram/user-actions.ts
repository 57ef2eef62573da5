import { isUnsendable } from './blank-text.ts'
import { type FormattedText, normalise } from './entities.ts'
import type { MediaKind } from './files.ts'
import { contentOf, originOf } from './forwarding.ts'
import { announce, tellMessage } from './group-actions.ts'
import { isAdmin, isMember } from './groups.ts'
import { LIMITS, TIMES } from './limits.ts'
import { checkFile } from './media-check.ts'
import { changeMessage, type NewMessage, removeMessage, setReactions } from './messages.ts'
import type {
  Author,
  Bot,
  Chat,
  FakeUser,
  ForwardOrigin,
  Media,
  PrivateChat,
  StoredMessage,
  World,
} from './model.ts'
import { push, randomDigits } from './push-update.ts'
import { reactionsJson } from './reactions.ts'
import { botJson, chatJson, userJson } from './sender-json.ts'
import { UserActionError } from './user-action-error.ts'
import { chatOf, seconds } from './world.ts'

export interface FileOptions {
  readonly caption?: string
  readonly fileName?: string
  /** What the app says the file is; it passes on unchecked. By default an honest app's word. */
  readonly mime?: string
  readonly kind?: MediaKind
  readonly duration?: number
  /** Of a sticker. */
  readonly emoji?: string
  readonly replyTo?: number
}

/** One of several files that are sent together. */
export interface AlbumFile {
  readonly bytes: Buffer
  readonly kind?: MediaKind
  readonly fileName?: string
  /** What the app says the file is, as in `FileOptions`. */
  readonly mime?: string
  readonly duration?: number
}

/** Where a person speaks, and in whose name; in the private chat with the bot unless given. */
export interface Place {
  readonly chatId?: number
  readonly threadId?: number
  /** As an anonymous administrator, or in the name of the channel with this id. */
  readonly as?: 'anonymous' | number
}

/** What may stand together in one album, https://core.telegram.org/bots/api#sendmediagroup */
const ALBUM_FAMILY: Partial<Record<MediaKind, string>> = {
  photo: 'visual',
  video: 'visual',
  audio: 'audio',
  document: 'document',
}

/** Side of the round film that Telegram's apps record. */
const NOTE_SIDE = 384

/** What a user's app does: every action shows in the chat and reaches the bot as an update. */
export function createUserActions(world: World) {
  function chatAt(bot: Bot, user: FakeUser, { chatId = user.id }: Place): Chat {
    if (chatId === user.id) return chatOf(bot, user)
    const chat = bot.chats.get(chatId)
    if (!chat || chat.kind === 'private') throw new UserActionError(`no group ${chatId}`)
    return chat
  }

  const openPrivate = (chat: PrivateChat): PrivateChat => {
    if (chat.blocked) throw new UserActionError('this user has blocked the bot')
    chat.started = true
    return chat
  }

  /** The chat, if this user may write there. */
  function open(bot: Bot, user: FakeUser, place: Place): Chat {
    const chat = chatAt(bot, user, place)
    if (chat.kind === 'private') return openPrivate(chat)
    const status = chat.members.get(user.id)
    if (!isMember(status)) throw new UserActionError('this user is no member of the group')
    if (chat.kind === 'channel' && !isAdmin(status))
      throw new UserActionError('only administrators write into a channel')
    if (chat.migratedTo !== undefined)
      throw new UserActionError('this group was upgraded to a supergroup')
    return chat
  }

  function authorOf(bot: Bot, chat: Chat, user: FakeUser, { as }: Place): Author {
    if (chat.kind === 'private') return { kind: 'user', user }
    if (chat.kind === 'channel') return { kind: 'chat', chat, signature: '' }
    if (as === undefined) return { kind: 'user', user }
    if (as === 'anonymous') {
      if (!isAdmin(chat.members.get(user.id)))
        throw new UserActionError('only administrators can be anonymous')
      return { kind: 'chat', chat, signature: '' }
    }
    const channel = bot.chats.get(as)
    if (channel?.kind !== 'channel') throw new UserActionError(`no channel ${as}`)
    return { kind: 'chat', chat: channel, signature: '' }
  }

  function threadOf(chat: Chat, { threadId }: Place, replyTo?: number): number | undefined {
    if (threadId === undefined)
      return replyTo === undefined ? undefined : chat.messages.get(replyTo)?.threadId
    if (!chat.topics.has(threadId)) throw new UserActionError(`no topic ${threadId}`)
    return threadId
  }

  function send(bot: Bot, user: FakeUser, place: Place, message: Partial<NewMessage>) {
    const chat = open(bot, user, place)
    return announce(world, bot, chat, {
      author: authorOf(bot, chat, user, place),
      threadId: threadOf(chat, place, message.replyTo),
      ...message,
      from: 'user',
    })
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
      ...(kind === 'video_note' && { width: NOTE_SIDE, height: NOTE_SIDE }),
      duration: options.duration ?? 0,
      title: '',
      performer: '',
      emoji: options.emoji ?? '',
      hasSpoiler: false,
    }
  }

  const captionOf = (text = '') => normalise({ text, entities: [] })

  function textOf(text: string): FormattedText {
    if (isUnsendable(text)) throw new UserActionError('message text is empty')
    return normalise({ text, entities: [] })
  }

  async function sendFile(
    bot: Bot,
    user: FakeUser,
    bytes: Buffer,
    options: FileOptions = {},
    place: Place = {},
  ) {
    const checked = await media(options.kind ?? 'photo', bytes, options)
    const { caption, replyTo } = options
    return send(bot, user, place, { media: checked, caption: captionOf(caption), replyTo })
  }

  /** Several files that an app sends as one album: each its own message, the caption on the first. */
  async function sendAlbum(
    bot: Bot,
    user: FakeUser,
    files: readonly AlbumFile[],
    { caption, replyTo }: Pick<FileOptions, 'caption' | 'replyTo'>,
    place: Place = {},
  ) {
    const families = new Set(files.map(({ kind = 'photo' }) => ALBUM_FAMILY[kind] ?? 'none'))
    if (families.size > 1 || families.has('none'))
      throw new UserActionError('these files do not go into one album')
    if (files.length > LIMITS.albumItems.max)
      throw new UserActionError('an album holds at most 10 files')
    const groupId = files.length > 1 ? randomDigits() : undefined
    const items = await Promise.all(
      files.map(({ bytes, kind = 'photo', ...facts }) => media(kind, bytes, facts)),
    )
    return items.map((item, index) =>
      send(bot, user, place, {
        media: item,
        groupId,
        caption: captionOf(index === 0 ? caption : ''),
        replyTo,
      }),
    )
  }

  /** A message that the user sent, or any of a group that an administrator may change. */
  function ownMessage(chat: Chat, user: FakeUser, messageId: number): StoredMessage {
    const message = chat.messages.get(messageId)
    if (!message || message.deleted) throw new UserActionError(`no message ${messageId}`)
    const { author } = message
    const isOwn =
      author.kind === 'user'
        ? author.user.id === user.id
        : author.kind === 'chat' && chat.kind !== 'private' && isAdmin(chat.members.get(user.id))
    if (!isOwn || message.viaBot) throw new UserActionError(`message ${messageId} is not their own`)
    return message
  }

  function edit(bot: Bot, user: FakeUser, messageId: number, words: string, place: Place = {}) {
    const chat = open(bot, user, place)
    const message = ownMessage(chat, user, messageId)
    if (message.forward || !(message.text || message.media))
      throw new UserActionError(`message ${messageId} can't be edited`)
    const { text, caption, media: file, keyboard } = message
    const content = message.media
      ? { text, caption: captionOf(words), media: file, keyboard }
      : { text: textOf(words), caption, media: file, keyboard }
    if (changeMessage(world, bot, chat, message, content)) tellMessage(bot, chat, message, true)
    return message
  }

  /** In a private chat either side may delete everything, for both; the bot is told nothing. */
  function remove(bot: Bot, user: FakeUser, messageId: number, place: Place = {}): void {
    const chat = chatAt(bot, user, place)
    const message = chat.messages.get(messageId)
    if (!message || message.deleted) throw new UserActionError(`no message ${messageId}`)
    const mayAll = chat.kind === 'private' || isAdmin(chat.members.get(user.id))
    if (!mayAll) ownMessage(chat, user, messageId)
    removeMessage(world, bot, chat, message)
  }

  /** The bot hears of it in private chats and where it is an administrator, if it asked for it. */
  function react(
    bot: Bot,
    user: FakeUser,
    messageId: number,
    emoji: readonly string[],
    place: Place = {},
  ): void {
    const chat = chatAt(bot, user, place)
    const message = chat.messages.get(messageId)
    if (!message || message.deleted) throw new UserActionError(`no message ${messageId}`)
    const before = message.reactions.get(user.id) ?? []
    setReactions(world, bot, chat, message, user.id, emoji)
    if (chat.kind !== 'private' && !isAdmin(chat.botStatus)) return
    const payload = {
      chat: chatJson(chat),
      message_id: messageId,
      user: userJson(user),
      date: seconds(world.now()),
      old_reaction: reactionsJson(before),
      new_reaction: reactionsJson(emoji),
    }
    push(bot, 'message_reaction', payload, `reaction:${chat.id}`, TIMES.messageUpdateMs)
  }

  /** Passes on a message of another chat that this user sees, as any app does. */
  function forward(
    bot: Bot,
    user: FakeUser,
    source: { chatId: number; messageId: number },
    place: Place = {},
  ): StoredMessage {
    const message = chatAt(bot, user, source).messages.get(source.messageId)
    if (!message || message.deleted) throw new UserActionError(`no message ${source.messageId}`)
    return send(bot, user, place, { ...contentOf(message), forward: originOf(message) })
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
      chat: chatJson(chat),
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
    chatAt,
    sendText: (bot: Bot, user: FakeUser, text: string, replyTo?: number, place: Place = {}) =>
      send(bot, user, place, { text: textOf(text), replyTo }),
    /** Words of somebody else, passed on from a chat that the bot never saw. */
    sendForwarded: (
      bot: Bot,
      user: FakeUser,
      text: string,
      origin: ForwardOrigin,
      place: Place = {},
    ) => send(bot, user, place, { text: textOf(text), forward: origin }),
    /** A message of facts: a contact, a place, a poll; or whatever field is given. */
    sendFacts: (bot: Bot, user: FakeUser, extra: Record<string, unknown>, place: Place = {}) =>
      send(bot, user, place, { extra }),
    /** A result of the bot's that the user chose. */
    sendChosen: (bot: Bot, user: FakeUser, message: Partial<NewMessage>, place: Place = {}) =>
      send(bot, user, place, { ...message, viaBot: true }),
    sendFile,
    sendAlbum,
    edit,
    remove,
    react,
    forward,
    setBlocked,
    sendRaw,
  }
}

export type UserActions = ReturnType<typeof createUserActions>
