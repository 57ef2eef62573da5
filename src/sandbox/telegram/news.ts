import { isMember } from './groups.ts'
import type { ChatEvent, FakeUser, StoredMessage } from './model.ts'
import { previewOf, senderOf } from './sender-names.ts'

/** One line about a message that came into a chat which is not open. */
export interface News {
  readonly chatId: number
  readonly messageId: number
  /** Of the chat: a person's name or a group's title. */
  readonly title: string
  /** Who wrote it, in a group; the title again in a private chat. */
  readonly sender: string
  readonly preview: string
}

/**
 * Whether an app would notify: a new message of the bot in anybody's private chat, since one person
 * plays them all, and everybody else's in the groups of who is being played.
 */
export function isNews({ type, bot, chatId, data }: ChatEvent, reader: FakeUser): boolean {
  if (type !== 'message') return false
  const chat = bot.chats.get(chatId)
  const message = data as StoredMessage
  if (!chat) return false
  if (chat.kind === 'private') return message.from === 'bot'
  return isMember(chat.members.get(reader.id)) && senderOf(bot, message).id !== reader.id
}

/** The line itself. */
export function newsOf({ bot, chatId, data }: ChatEvent): News {
  const chat = bot.chats.get(chatId)
  const message = data as StoredMessage
  const title = chat?.kind === 'private' ? chat.user.firstName : (chat?.title ?? '')
  return {
    chatId,
    messageId: message.id,
    title,
    sender: chat?.kind === 'private' ? title : senderOf(bot, message).name,
    preview: previewOf(message),
  }
}
