/**
 * @typedef {{ id: number, firstName: string, languageCode: string }} User
 * @typedef {{ kind: 'photo'|'video'|'audio'|'voice'|'animation'|'document', url: string,
 *   fileName?: string, mime?: string, width?: number, height?: number, size?: number }} Media
 * @typedef {{ text: string, data?: string, url?: string, pay?: true }} Button
 * @typedef {{ title: string, description: string, stars: number }} Invoice
 * @typedef {{ kind: 'paid'|'refunded', stars: number }} Receipt
 * @typedef {{ id: number, from: 'user'|'bot', date: number, text?: string, html?: string,
 *   caption?: string, captionHtml?: string, media?: Media, groupId?: string,
 *   keyboard?: Button[][], edited?: boolean, invoice?: Invoice, receipt?: Receipt }} ChatMessage
 * @typedef {{ command: string, description: string }} Command
 * @typedef {{ messages: ChatMessage[], action: string | null }} Chat
 * @typedef {{ kind: 'day', key: string, date: number }} Day
 * @typedef {{ kind: 'bubble', key: string, from: 'user'|'bot', messages: ChatMessage[],
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
 * What the list shows: a line per day, one bubble per message, one bubble per album.
 * @param {ChatMessage[]} messages
 * @returns {(Day | Bubble)[]}
 */
export function blocksOf(messages) {
  /** @type {(Day | Bubble)[]} */
  const blocks = []
  for (const message of messages) {
    const previous = blocks.at(-1)
    const before = previous?.kind === 'bubble' ? previous.messages.at(-1) : undefined
    if (!before || dayOf(before.date) !== dayOf(message.date)) {
      blocks.push({ kind: 'day', key: `day-${dayOf(message.date)}`, date: message.date })
    }
    const sameDay = blocks.at(-1) === previous
    if (sameDay && previous?.kind === 'bubble' && before) {
      if (message.groupId && message.groupId === before.groupId) {
        previous.messages.push(message)
        continue
      }
      const run = before.from === message.from && message.date - before.date < RUN_MS
      previous.last = !run
      blocks.push(bubble(message, !run))
      continue
    }
    blocks.push(bubble(message, true))
  }
  return blocks
}

/**
 * @param {ChatMessage} message
 * @param {boolean} first
 * @returns {Bubble}
 */
const bubble = (message, first) => ({
  kind: 'bubble',
  key: `message-${message.id}`,
  from: message.from,
  messages: [message],
  first,
  last: true,
})

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
