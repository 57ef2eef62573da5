import type { FormattedText } from './entities.ts'
import type { InlineButton } from './keyboard.ts'
import type {
  Author,
  Bot,
  Chat,
  ChatEvent,
  ForwardOrigin,
  Media,
  StoredMessage,
  World,
} from './model.ts'
import type { Invoice } from './stars.ts'

export interface NewMessage {
  readonly from: 'user' | 'bot'
  /** Only in groups: in a private chat the side says it. */
  readonly author?: Author | undefined
  readonly threadId?: number | undefined
  readonly forward?: ForwardOrigin | undefined
  readonly automatic?: boolean
  readonly viaBot?: boolean
  readonly effectId?: string | undefined
  readonly text?: FormattedText | undefined
  readonly caption?: FormattedText
  readonly media?: Media | undefined
  readonly keyboard?: InlineButton[][] | undefined
  readonly replyKeyboard?: Record<string, unknown> | undefined
  readonly groupId?: string | undefined
  readonly replyTo?: number | undefined
  readonly extra?: Record<string, unknown>
  readonly invoice?: Invoice
}

/** Content of a message that an edit replaces. */
export type MessageContent = Pick<StoredMessage, 'text' | 'caption' | 'media' | 'keyboard'>

const NO_TEXT: FormattedText = { text: '', entities: [] }

/** Tells listeners what happened in a chat. */
export function emit(
  world: World,
  bot: Bot,
  chatId: number,
  type: ChatEvent['type'],
  data: ChatEvent['data'],
) {
  world.events.emit('chat', { type, bot, chatId, data })
  world.events.emit('change')
}

/** Nobody's name stands over a channel's posts but the channel's own. */
function authorOf(chat: Chat, { from, author }: NewMessage): Author {
  if (author) return author
  if (chat.kind === 'channel') return { kind: 'chat', chat, signature: '' }
  if (from === 'bot') return { kind: 'bot' }
  if (chat.kind === 'private') return { kind: 'user', user: chat.user }
  throw new TypeError('a message in a group needs its author')
}

/** Puts a new message at the end of the chat; message ids count per chat. */
export function appendMessage(
  world: World,
  bot: Bot,
  chat: Chat,
  message: NewMessage,
): StoredMessage {
  const stored: StoredMessage = {
    id: chat.nextMessageId++,
    from: message.from,
    author: authorOf(chat, message),
    date: world.now(),
    threadId: message.threadId,
    forward: message.forward,
    automatic: message.automatic ?? false,
    viaBot: message.viaBot ?? false,
    effectId: message.effectId,
    groupId: message.groupId,
    replyTo: message.replyTo,
    extra: message.extra ?? {},
    invoice: message.invoice,
    text: message.text,
    caption: message.caption ?? NO_TEXT,
    media: message.media,
    keyboard: message.keyboard,
    replyKeyboard: message.replyKeyboard,
    editDate: undefined,
    edits: 0,
    deleted: false,
    reactions: new Map(),
  }
  chat.messages.set(stored.id, stored)
  // A message from the bot ends its "typing…" at the user's side.
  if (message.from === 'bot') chat.action = undefined
  emit(world, bot, chat.id, 'message', stored)
  return stored
}

const contentKey = ({ text, caption, media, keyboard }: MessageContent): string =>
  JSON.stringify([text, caption, media && { ...media, file: media.file.id }, keyboard ?? null])

/** Replaces the content; false when that would change nothing. */
export function changeMessage(
  world: World,
  bot: Bot,
  chat: Chat,
  message: StoredMessage,
  content: MessageContent,
): boolean {
  if (contentKey(message) === contentKey(content)) return false
  Object.assign(message, content)
  message.editDate = world.now()
  message.edits += 1
  emit(world, bot, chat.id, 'edited', message)
  return true
}

/** Removes the message from the user's view. */
export function removeMessage(world: World, bot: Bot, chat: Chat, message: StoredMessage): void {
  message.deleted = true
  emit(world, bot, chat.id, 'deleted', { id: message.id })
}

/** Replaces what one person, or the bot, feels about a message. */
export function setReactions(
  world: World,
  bot: Bot,
  chat: Chat,
  message: StoredMessage,
  who: number | 'bot',
  emoji: readonly string[],
): void {
  if (emoji.length > 0) message.reactions.set(who, emoji)
  else message.reactions.delete(who)
  emit(world, bot, chat.id, 'edited', message)
}
