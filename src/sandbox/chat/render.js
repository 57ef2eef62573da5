import { h, icon, reconcile } from './dom.js'
import { messageHtml } from './html.js'
import { keyboardView, PAY, tapKey } from './keyboard.js'
import { mediaView } from './media.js'
import { blocksOf } from './state.js'

/** @typedef {import('./state.js').ChatMessage} ChatMessage */
/** @typedef {import('./state.js').Bubble} Bubble */
/** @typedef {import('./state.js').Day} Day */

// Always 24 hours: every time is as wide as the room that a bubble keeps for it.
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const calendar = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long' })
const VISUAL = new Set(['photo', 'video', 'animation'])

/**
 * Draws the messages of a chat into `list`.
 * @param {{ list: HTMLElement, onTap: (messageId: number, data: string) => void,
 *   onPay: (messageId: number) => void, onLink: (url: string) => boolean, onOpenPhoto: (message: ChatMessage) => void,
 *   onCommand: (text: string) => void }} deps
 */
export function createChatView({ list, onTap, onPay, onLink, onOpenPhoto, onCommand }) {
  list.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target)
    const link = target.closest('a[target]')
    if (link && onLink(link.getAttribute('href') ?? '')) event.preventDefault()
    const command = target.closest('[data-command]')?.getAttribute('data-command')
    if (command) onCommand(command)
  })

  /** @param {Bubble} block @param {ReadonlySet<string>} pending */
  const buildBubble = ({ from, messages, first, last }, pending) => {
    const [message] = /** @type {[ChatMessage]} */ (messages)
    const who = from === 'bot' ? 'Bot' : 'User'
    return h(
      'article',
      {
        class: `row ${from}${first ? ' first' : ''}${last ? ' last' : ''}`,
        'aria-label': `${who}, ${clock.format(message.date)}`,
        'data-message-id': message.id,
      },
      from === 'bot' && h('span', { class: 'avatar bot', 'aria-hidden': 'true' }, icon('bot')),
      h(
        'div',
        { class: 'stack' },
        bubbleView(messages, onOpenPhoto),
        !!message.keyboard?.length &&
          keyboardView(message.id, message.keyboard, { pending, onTap, onPay }),
      ),
    )
  }

  const empty = () =>
    h(
      'div',
      { class: 'empty' },
      h('span', { class: 'avatar bot', 'aria-hidden': 'true' }, icon('bot')),
      h('p', {}, 'No messages yet'),
      h('p', { class: 'muted' }, 'Say hello as a new user would: with the start command.'),
      h('button', { type: 'button', class: 'accent', 'data-command': '/start' }, '/start'),
    )

  return {
    /** @param {ChatMessage[]} messages @param {ReadonlySet<string>} pending */
    update(messages, pending) {
      /** @type {(Day | Bubble | { kind: 'empty', key: string })[]} */
      const blocks = messages.length ? blocksOf(messages) : [{ kind: 'empty', key: 'empty' }]
      reconcile(list, blocks, {
        key: (block) => block.key,
        signature: (block) => signature(block, pending),
        build: (block) => {
          if (block.kind === 'empty') return empty()
          return block.kind === 'day' ? dayLine(block) : buildBubble(block, pending)
        },
      })
    },
  }
}

/** @param {Day | Bubble | { kind: 'empty' }} block @param {ReadonlySet<string>} pending */
function signature(block, pending) {
  if (block.kind !== 'bubble') return block.kind
  const keys = block.messages.flatMap(({ id, keyboard = [] }) =>
    keyboard.flat().map(({ data, pay }) => pending.has(tapKey(id, pay ? PAY : (data ?? '')))),
  )
  return JSON.stringify([block.messages, block.first, block.last, keys])
}

/** @param {ChatMessage[]} messages @param {(message: ChatMessage) => void} onOpenPhoto */
function bubbleView(messages, onOpenPhoto) {
  const media = messages.filter((message) => message.media)
  const visual = media.some((message) => VISUAL.has(message.media?.kind ?? ''))
  const album = visual && media.length > 1
  const plain = messages.every(({ text, caption }) => !text && !caption)
  return h(
    'div',
    { class: `bubble${visual ? ' visual' : ''}${visual && plain ? ' bare' : ''}` },
    media.length > 0 &&
      h(
        'div',
        { class: `media${album ? ' album' : ''}`, 'data-count': album ? media.length : undefined },
        media.map((message) => mediaView(message, onOpenPhoto)),
      ),
    messages.map(words),
    messages.map(({ invoice }) => invoice && invoiceView(invoice)),
    messages.map(({ receipt }) => receipt && receiptView(receipt)),
    meta(messages),
  )
}

/** @param {ChatMessage} message */
function words({ text, html, caption, captionHtml }) {
  const markup = html ?? captionHtml
  const content = text ?? caption
  if (!content && !markup) return null
  return h('div', { class: 'text', dir: 'auto' }, markup ? messageHtml(markup) : (content ?? ''))
}

/** @param {import('./state.js').Invoice} invoice */
const invoiceView = ({ title, description, stars }) =>
  h(
    'div',
    { class: 'text invoice' },
    h('b', {}, title),
    h('span', {}, description),
    h('span', { class: 'stars' }, `⭐ ${stars}`),
  )

/** @param {import('./state.js').Receipt} receipt */
const receiptView = ({ kind, stars }) =>
  h(
    'div',
    { class: 'text receipt' },
    kind === 'paid' ? `You paid ⭐ ${stars}` : `You got ⭐ ${stars} back`,
  )

/** @param {ChatMessage[]} messages */
function meta(messages) {
  const message = /** @type {ChatMessage} */ (messages.at(-1))
  const date = new Date(message.date)
  return h(
    'span',
    { class: 'meta' },
    messages.some(({ edited }) => edited) && h('span', { class: 'edited' }, 'edited '),
    h('time', { datetime: date.toISOString(), title: date.toLocaleString() }, clock.format(date)),
  )
}

/** @param {Day} day */
function dayLine({ date }) {
  const today = new Date().toDateString() === new Date(date).toDateString()
  return h('p', { class: 'day' }, h('span', {}, today ? 'Today' : calendar.format(date)))
}
