/**
 * @typedef {{ id: number, firstName: string, languageCode: string, stars: number }} User
 * @typedef {{ id: number, kind: 'group'|'supergroup'|'channel', title: string, isForum: boolean,
 *   topics: { id: number, name: string }[], botStatus: string, role: string,
 *   people: number[] }} Group
 * @typedef {{ kind: 'photo'|'video'|'audio'|'voice'|'animation'|'document'|'video_note'|'sticker',
 *   url: string, fileName?: string, mime?: string, width?: number, height?: number, size?: number,
 *   duration?: number }} Media
 * @typedef {{ text: string, data?: string, url?: string, pay?: true, style?: string, copy?: string,
 *   inline?: { query: string, here: boolean }, disabled?: true }} Button
 * @typedef {{ title: string, description: string, stars: number }} Invoice
 * @typedef {{ kind: 'paid'|'refunded', stars: number }} Receipt
 * @typedef {{ kind: 'contact', name: string, phone: string }
 *   | { kind: 'location', latitude: number, longitude: number }
 *   | { kind: 'poll', question: string, options: string[] }} Facts
 * @typedef {{ id: number, from: 'user'|'bot', date: number, text?: string, html?: string,
 *   caption?: string, captionHtml?: string, media?: Media, groupId?: string,
 *   keyboard?: Button[][], edited?: boolean, invoice?: Invoice, receipt?: Receipt,
 *   sender?: { id: number, name: string },
 *   replyTo?: { id: number, name: string, preview: string }, forward?: string, threadId?: number,
 *   reactions?: { emoji: string, by: (number | 'bot')[] }[], facts?: Facts, service?: string,
 *   viaBot?: true, effect?: true }} ChatMessage
 * @typedef {{ command: string, description: string }} Command
 * @typedef {{ messages: ChatMessage[], action: string | null }} Chat
 * @typedef {{ chatId: number, messageId: number, title: string, sender: string,
 *   preview: string }} News
 * @typedef {'user' | 'bot' | 'other'} Side whose message it is to who is being played
 * @typedef {{ kind: 'day', key: string, date: number }} Day
 * @typedef {{ kind: 'service', key: string, text: string }} Service
 * @typedef {{ kind: 'bubble', key: string, from: Side, messages: ChatMessage[],
 *   first: boolean, last: boolean }} Bubble
 */

/**
 * A value with listeners; every change is a new value, so views compare by identity.
 * @template T
 * @param {T} initial
 */
export function createStore(initial) {
  let value = initial
  const listeners = new Set()
  return {
    get: () => value,
    /** @param {Partial<T>} change */
    set(change) {
      value = { ...value, ...change }
      for (const listener of listeners) listener(value)
    },
    /** @param {(value: T) => void} listener */
    subscribe: (listener) => {
      listeners.add(listener)
      listener(value)
    },
  }
}

/**
 * The chat after one server event; applying the same event twice gives the same chat.
 * @param {Chat} chat
 * @param {{ type: string, data: any }} event
 * @returns {Chat}
 */
export function applyEvent(chat, { type, data }) {
  if (type === 'action') return { ...chat, action: data.action }
  if (type === 'deleted') {
    return { ...chat, messages: chat.messages.filter(({ id }) => id !== data.id) }
  }
  if (type !== 'message' && type !== 'edited') return chat
  const known = chat.messages.some(({ id }) => id === data.id)
  const messages = known
    ? chat.messages.map((message) => (message.id === data.id ? data : message))
    : [...chat.messages, data].sort((a, b) => a.id - b.id)
  return {
    ...chat,
    messages,
    action: type === 'message' && data.from === 'bot' ? null : chat.action,
  }
}

/** @param {number} date milliseconds */
const dayOf = (date) => new Date(date).toDateString()

/** Messages of one sender this close together look like one run. */
const RUN_MS = 300_000

/**
 * On which side a message stands for `me`: their own, the bot's, or of other people in a group.
 * @param {ChatMessage} message
 * @param {number | null} [me]
 * @returns {Side}
 */
export function sideOf({ from, sender }, me) {
  if (from === 'bot' || !sender) return from
  return sender.id === me ? 'user' : 'other'
}

/**
 * What the list shows: a line per day, one bubble per message, one bubble per album.
 * @param {ChatMessage[]} messages
 * @param {number | null} [me] who looks at it
 * @returns {(Day | Service | Bubble)[]}
 */
export function blocksOf(messages, me) {
  /** @type {(Day | Service | Bubble)[]} */
  const blocks = []
  /** @type {ChatMessage | undefined} */
  let before
  for (const message of messages) {
    const sameDay = before && dayOf(before.date) === dayOf(message.date)
    if (!sameDay) {
      blocks.push({ kind: 'day', key: `day-${dayOf(message.date)}`, date: message.date })
    }
    const previous = blocks.at(-1)
    const joins = previous?.kind === 'bubble' && before ? previous : undefined
    if (message.service) {
      blocks.push({ kind: 'service', key: `message-${message.id}`, text: message.service })
    } else if (joins && message.groupId && message.groupId === before?.groupId) {
      joins.messages.push(message)
    } else {
      const run = joins !== undefined && isRun(/** @type {ChatMessage} */ (before), message)
      if (joins) joins.last = !run
      blocks.push(bubble(message, !run, sideOf(message, me)))
    }
    before = message
  }
  return blocks
}

/** @param {ChatMessage} before @param {ChatMessage} message */
const isRun = (before, message) =>
  before.from === message.from &&
  before.sender?.id === message.sender?.id &&
  message.date - before.date < RUN_MS

/**
 * @param {ChatMessage} message
 * @param {boolean} first
 * @param {Side} from
 * @returns {Bubble}
 */
const bubble = (message, first, from) => ({
  kind: 'bubble',
  key: `message-${message.id}`,
  from,
  messages: [message],
  first,
  last: true,
})

/** What may stand together in one album. @type {Record<string, string>} */
const FAMILY = { photo: 'visual', video: 'visual', audio: 'audio', document: 'document' }
const ALBUM_FILES = 10

/**
 * How Telegram's apps send several files at once: neighbours that go into one album together, at
 * most ten; everything else alone.
 * @template {{ as: string }} T
 * @param {T[]} files
 * @param {boolean} grouped
 * @returns {T[][]}
 */
export function albumsOf(files, grouped) {
  /** @type {T[][]} */
  const albums = []
  for (const file of files) {
    const album = albums.at(-1)
    const family = FAMILY[file.as]
    const fits = family !== undefined && family === FAMILY[album?.[0]?.as ?? '']
    if (grouped && album && fits && album.length < ALBUM_FILES) album.push(file)
    else albums.push([file])
  }
  return albums
}

/**
 * Who and where, from the part of the address after `#`: a user, and a group unless it is their
 * chat with the bot.
 * @param {string} hash
 */
export function placeOf(hash) {
  const [user, group] = hash.replace(/^#/, '').split('/')
  return { userId: Number(user) || null, groupId: Number(group) || null }
}

/**
 * The start parameter if the link opens this very bot: such a link is a message here, not a page.
 * @param {string} url
 * @param {string} botUsername
 * @returns {string | null}
 */
export function startParameter(url, botUsername) {
  const match = /^https?:\/\/(?:t\.me|telegram\.me)\/(\w+)(?:\?start=([\w-]{0,64}))?$/i.exec(url)
  if (match?.[1]?.toLowerCase() !== botUsername.toLowerCase()) return null
  return match[2] ?? ''
}

const ACTIONS = new Map([
  ['typing', 'is typing'],
  ['upload_photo', 'is sending a photo'],
  ['record_video', 'is recording a video'],
  ['upload_video', 'is sending a video'],
  ['record_voice', 'is recording a voice message'],
  ['upload_voice', 'is sending a voice message'],
  ['upload_document', 'is sending a file'],
  ['choose_sticker', 'is choosing a sticker'],
  ['find_location', 'is looking up a place'],
  ['record_video_note', 'is recording a video note'],
  ['upload_video_note', 'is sending a video note'],
])

/**
 * Words for a chat action.
 * @param {string} action
 */
export const actionText = (action) => `bot ${ACTIONS.get(action) ?? 'is busy'}…`
