import type { MediaKind } from './files.ts'
import type { Bot, ForwardOrigin, StoredMessage } from './model.ts'

/** Who stands over a message, as people read it. */
export function senderOf(bot: Bot, { author }: StoredMessage): { id: number; name: string } {
  if (author.kind === 'bot') return { id: bot.id, name: bot.firstName }
  if (author.kind === 'user') return { id: author.user.id, name: author.user.firstName }
  return { id: author.chat.id, name: author.chat.title }
}

/** Who wrote a forwarded message first, as people read it. */
export function forwardedFrom(bot: Bot, origin: ForwardOrigin): string {
  if (origin.type === 'user')
    return origin.sender === 'bot' ? bot.firstName : origin.sender.firstName
  return origin.type === 'hidden_user' ? origin.name : origin.chat.title
}

const MEDIA_NAMES: Record<MediaKind, string> = {
  photo: 'Photo',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice message',
  animation: 'GIF',
  document: 'File',
  video_note: 'Video message',
  sticker: 'Sticker',
}

/** One line that stands for a message, in replies and notifications. */
export function previewOf({ text, caption, media, invoice, extra }: StoredMessage): string {
  const words = text?.text ?? caption.text
  const kind = media && MEDIA_NAMES[media.kind]
  const line = [kind, words].filter(Boolean).join(', ')
  if (line !== '') return line.replaceAll('\n', ' ').slice(0, 120)
  if (invoice) return invoice.title
  const [fact] = Object.keys(extra)
  return fact === undefined ? '' : fact.replaceAll('_', ' ')
}
