import type { Author, Bot, Chat, FakeUser, ForwardOrigin, GroupFacts } from './model.ts'
import { seconds } from './world.ts'

type Json = Record<string, unknown>

/** Leaves out what is absent, as the server does. */
export const present = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** The user as the Bot API shows one. */
export const userJson = (user: FakeUser): Json =>
  present({
    id: user.id,
    is_bot: false,
    first_name: user.firstName,
    username: user.username,
    language_code: user.languageCode || undefined,
  })

/** The bot as a sender. */
export const botJson = (bot: Bot): Json => ({
  id: bot.id,
  is_bot: true,
  first_name: bot.firstName,
  username: bot.username,
})

const NO_GIFTS = {
  unlimited_gifts: false,
  limited_gifts: false,
  unique_gifts: false,
  premium_subscription: false,
}

function groupJson({ id, kind, title, username, isForum }: GroupFacts): Json {
  // Both fields are sent for basic groups only (Client.cpp, JsonChat).
  const basic = { all_members_are_administrators: false, accepted_gift_types: NO_GIFTS }
  const shown = { id, title, username, is_forum: isForum || undefined, type: kind }
  return present({ ...shown, ...(kind === 'group' ? basic : {}) })
}

/** The chat as the Bot API shows one inside updates. */
export function chatJson(chat: Chat | GroupFacts): Json {
  if (chat.kind !== 'private') return groupJson(chat)
  const { id, firstName, username } = chat.user
  return present({ id, first_name: firstName, username, type: 'private' })
}

/** Who stands in `from` when a chat speaks, for clients that know no `sender_chat`. */
const STAND_INS = {
  anonymous: {
    id: 1087968824,
    is_bot: true,
    first_name: 'Group',
    username: 'GroupAnonymousBot',
  },
  channel: { id: 136817688, is_bot: true, first_name: 'Channel', username: 'Channel_Bot' },
  automatic: { id: 777000, is_bot: false, first_name: 'Telegram' },
}

interface Sent {
  readonly author: Author
  readonly automatic: boolean
}

/** `from`, `sender_chat` and `author_signature`; a channel's own posts have no `from`. */
export function senderJson(bot: Bot, chat: Chat, { author, automatic }: Sent): Json {
  if (author.kind === 'bot') return { from: botJson(bot) }
  if (author.kind === 'user') return { from: userJson(author.user) }
  const standIn = automatic ? 'automatic' : author.chat.id === chat.id ? 'anonymous' : 'channel'
  return present({
    from: chat.kind === 'channel' ? undefined : STAND_INS[standIn],
    author_signature: author.signature || undefined,
    sender_chat: chatJson(author.chat),
  })
}

/** `forward_origin` and, as the server still does, the fields of the time before it. */
export function forwardJson(bot: Bot, origin: ForwardOrigin, automatic: boolean): Json {
  const date = seconds(origin.date)
  const { type } = origin
  const rest = { is_automatic_forward: automatic || undefined, forward_date: date }
  if (type === 'user') {
    const sender = origin.sender === 'bot' ? botJson(bot) : userJson(origin.sender)
    return present({
      forward_origin: { type, sender_user: sender, date },
      forward_from: sender,
      ...rest,
    })
  }
  if (type === 'hidden_user') {
    const { name } = origin
    return present({
      forward_origin: { type, sender_user_name: name, date },
      forward_sender_name: name,
      ...rest,
    })
  }
  const chat = chatJson(origin.chat)
  const signature = origin.signature || undefined
  const messageId = type === 'channel' ? origin.messageId : undefined
  const shown = type === 'channel' ? { chat, message_id: messageId } : { sender_chat: chat }
  return present({
    forward_origin: present({ type, ...shown, author_signature: signature, date }),
    forward_from_chat: chat,
    forward_from_message_id: messageId,
    forward_signature: signature,
    ...rest,
  })
}
