import { conversationEvent } from '../../../src/http/telegram/conversation-event.ts'
import { createDispatcher } from '../../../src/http/telegram/dispatch.ts'
import type { ConversationEvent } from '../../../src/machines/conversation/events.ts'
import { botInfo, message } from '../../http/telegram/updates.ts'

const file = (name: string, more: object = {}) => ({
  file_id: `AgAC${name}`,
  file_unique_id: `u${name}`,
  file_size: 90_000,
  ...more,
})
const photo = { photo: [file('p', { width: 1280, height: 960 })] }
const origin = { type: 'user', date: 1_790_000_000, sender_user: { id: 9, is_bot: false } }

/** One message of every kind that a person can send, as the Bot API 10 tells of it. */
const CONTENTS: Readonly<Record<string, object>> = {
  text: { text: 'рыжий кот в шляпе' },
  'a number': { text: '5' },
  'text of full length': { text: 'я'.repeat(4_096) },
  link: { text: 'https://example.org/cat.png' },
  'text and link': { text: 'сделай зиму https://example.org/cat.png' },
  emoji: { text: '😀' },
  'invisible text': { text: '\u3164\u2800' },
  'text with markup': { text: '<b>кот</b> & "пёс"' },
  'command that nobody has': { text: '/dance' },
  'forwarded text': { text: 'кот', forward_origin: origin },
  photo,
  'photo with a caption': { ...photo, caption: 'сделай зиму' },
  'photo of an album': { ...photo, media_group_id: 'g1' },
  'forwarded photo': { ...photo, forward_origin: origin },
  film: { video: file('v', { duration: 5, width: 640, height: 480, mime_type: 'video/mp4' }) },
  'round film': { video_note: file('n', { duration: 5, length: 240 }) },
  animation: {
    animation: file('a', { duration: 3, width: 320, height: 240, mime_type: 'video/mp4' }),
    document: file('a', { mime_type: 'video/mp4' }),
  },
  voice: { voice: file('o', { duration: 4, mime_type: 'audio/ogg' }) },
  sound: { audio: file('m', { duration: 90, mime_type: 'audio/mpeg', title: 'Song' }) },
  document: { document: file('d', { mime_type: 'application/pdf', file_name: 'a.pdf' }) },
  'picture as a document': { document: file('i', { mime_type: 'image/png', file_name: 'a.png' }) },
  'huge document': { document: file('h', { mime_type: 'video/mp4', file_size: 2_000_000_000 }) },
  sticker: { sticker: file('s', { width: 512, height: 512, emoji: '😀', type: 'regular' }) },
  location: { location: { latitude: 55.75, longitude: 37.62 } },
  venue: { venue: { title: 'Дом', address: '1' }, location: { latitude: 1, longitude: 2 } },
  contact: { contact: { phone_number: '+70000000000', first_name: 'Анна' } },
  dice: { dice: { emoji: '🎲', value: 4 } },
  poll: { poll: { id: '1', question: 'Да?', options: [] } },
  checklist: { checklist: { title: 'Дела', tasks: [] } },
  story: { story: { id: 1, chat: { id: 9, type: 'private' } } },
  game: { game: { title: 'x', description: 'y', photo: [] } },
  giveaway: { giveaway: { chats: [], winner_count: 1 } },
  gift: { gift: { gift: { id: '1' } } },
  'paid media': { paid_media: { star_count: 1, paid_media: [] } },
  'users that were shared': { users_shared: { request_id: 1, users: [] } },
}

const { translate } = createDispatcher({ botInfo, onInput: never, onPayment: never })

function never(): Promise<void> {
  throw new Error('only translated here')
}

/** What each kind of content becomes for the dialogue; fails where Telegram's message is not read. */
export async function contentEvents(): Promise<Map<string, ConversationEvent>> {
  const events = new Map<string, ConversationEvent>()
  for (const [name, fields] of Object.entries(CONTENTS)) {
    const translation = await translate(message(events.size + 1, fields))
    if (translation.kind !== 'input') throw new Error(`${name} is ${translation.kind}`)
    const { languageCode: _, ...event } = conversationEvent(translation.input)
    events.set(name, event as ConversationEvent)
  }
  return events
}
