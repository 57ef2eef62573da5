import type { NewMessage } from './messages.ts'
import type { ForwardOrigin, StoredMessage } from './model.ts'

/** What a copy of a message takes along. */
export const contentOf = ({ text, caption, media, extra }: StoredMessage): Partial<NewMessage> => ({
  text,
  caption,
  media,
  extra,
})

/** Where a forwarded message says that it comes from: its own origin, if it was forwarded before. */
export function originOf(message: StoredMessage): ForwardOrigin {
  if (message.forward) return message.forward
  const { author, date, id } = message
  if (author.kind === 'bot') return { type: 'user', sender: 'bot', date }
  if (author.kind === 'user') return { type: 'user', sender: author.user, date }
  const { chat, signature } = author
  return chat.kind === 'channel'
    ? { type: 'channel', chat, messageId: id, signature, date }
    : { type: 'chat', chat, signature, date }
}
