import { h, icon, reconcile } from './dom.js'
import { messageHtml } from './html.js'
import { keyboardView, PAY, tapKey } from './keyboard.js'
import { factsView, mediaView } from './media.js'
import { blocksOf } from './state.js'
import { avatar } from './users.js'

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
/** Media that Telegram's apps show without a bubble around it. */
const SHAPELESS = new Set(['sticker', 'video_note'])

/**
 * @typedef {{ onTap: (messageId: number, data: string) => void, onPay: (message: ChatMessage) => void,
 *   onCopy: (text: string) => void, onInline: (query: string, here: boolean) => void,
 *   onReact: (message: ChatMessage, emoji: string) => void }} Buttons
 */

/**
 * Draws the messages of a chat into `list`.
 * @param {Buttons & { list: HTMLElement, onLink: (url: string) => boolean,
 *   onOpenPhoto: (message: ChatMessage) => void, onCommand: (text: string) => void,
 *   onMenu: (message: ChatMessage, where: { mine: boolean, at: { x: number, y: number },
 *     from: HTMLElement | null }) => void }} deps
 */
export function createChatView({ list, onLink, onOpenPhoto, onCommand, onMenu, ...buttons }) {
  /** @type {ReadonlyMap<number, ChatMessage>} */
  let known = new Map()

  list.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target)
    const link = target.closest('a[target]')
    if (link && onLink(link.getAttribute('href') ?? '')) event.preventDefault()
    const command = target.closest('[data-command]')?.getAttribute('data-command')
    if (command) onCommand(command)
    const more = /** @type {HTMLElement | null} */ (target.closest('.more'))
    if (more) {
      const { left, bottom } = more.getBoundingClientRect()
      openMenu(more, { x: left, y: bottom + 4 }, more)
    }
    const quote = /** @type {HTMLElement | null} */ (target.closest('[data-quotes]'))
    if (quote) showMessage(Number(quote.dataset.quotes))
  })
  list.addEventListener('contextmenu', (event) => {
    const target = /** @type {Element} */ (event.target)
    if (!target.closest('.bubble') || target.closest('a, img, video, audio')) return
    event.preventDefault()
    openMenu(target, { x: event.clientX, y: event.clientY }, null)
  })

  /** @param {Element} target @param {{ x: number, y: number }} at @param {HTMLElement | null} from */
  const openMenu = (target, at, from) => {
    const row = /** @type {HTMLElement | null} */ (target.closest('.row'))
    const message = known.get(Number(row?.dataset.messageId))
    if (row && message) onMenu(message, { mine: row.classList.contains('user'), at, from })
  }

  /** @param {number} id */
  const showMessage = (id) => {
    const row = list.querySelector(`[data-message-id="${id}"]`)
    row?.scrollIntoView({ block: 'center' })
    row?.classList.add('pointed')
    setTimeout(() => row?.classList.remove('pointed'), 1_500)
  }

  /** @param {Bubble} block @param {ReadonlySet<string>} pending @param {number | null} me */
  const buildBubble = ({ from, messages, first, last }, pending, me) => {
    const [message] = /** @type {[ChatMessage]} */ (messages)
    const who = from === 'bot' ? 'Bot' : (message.sender?.name ?? 'User')
    const { sender } = message
    return h(
      'article',
      {
        class: `row ${from}${first ? ' first' : ''}${last ? ' last' : ''}`,
        'aria-label': `${who}, ${clock.format(message.date)}`,
        'data-message-id': message.id,
      },
      from === 'bot' && h('span', { class: 'avatar bot', 'aria-hidden': 'true' }, icon('bot')),
      from === 'other' && sender && avatar(sender.id, sender.name),
      h(
        'div',
        { class: 'stack' },
        bubbleView(messages, onOpenPhoto, from === 'other' && first),
        !!message.reactions?.length && reactionsView(message, me, buttons.onReact),
        !!message.keyboard?.length &&
          keyboardView(message, message.keyboard, { pending, ...buttons }),
      ),
      h('button', { type: 'button', class: 'more', 'aria-label': 'Message menu' }, icon('more')),
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
    /**
     * @param {ChatMessage[]} messages
     * @param {{ pending: ReadonlySet<string>, me: number | null }} how
     */
    update(messages, { pending, me }) {
      known = new Map(messages.map((message) => [message.id, message]))
      /** @type {(ReturnType<typeof blocksOf>[number] | { kind: 'empty', key: string })[]} */
      const blocks = messages.length ? blocksOf(messages, me) : [{ kind: 'empty', key: 'empty' }]
      reconcile(list, blocks, {
        key: (block) => block.key,
        signature: (block) => signature(block, pending, me),
        build: (block) => {
          if (block.kind === 'empty') return empty()
          if (block.kind === 'service') return serviceLine(block.text)
          return block.kind === 'day' ? dayLine(block) : buildBubble(block, pending, me)
        },
      })
    },
  }
}

/**
 * @param {ReturnType<typeof blocksOf>[number] | { kind: 'empty' }} block
 * @param {ReadonlySet<string>} pending
 * @param {number | null} me
 */
function signature(block, pending, me) {
  if (block.kind === 'service') return block.text
  if (block.kind !== 'bubble') return block.kind
  const keys = block.messages.flatMap(({ id, keyboard = [] }) =>
    keyboard.flat().map(({ data, pay }) => pending.has(tapKey(id, pay ? PAY : (data ?? '')))),
  )
  return JSON.stringify([block.messages, block.from, block.first, block.last, keys, me])
}

/**
 * @param {ChatMessage[]} messages
 * @param {(message: ChatMessage) => void} onOpenPhoto
 * @param {boolean} isNamed
 */
function bubbleView(messages, onOpenPhoto, isNamed) {
  const [message] = /** @type {[ChatMessage]} */ (messages)
  const media = messages.filter((one) => one.media)
  const visual = media.some((one) => VISUAL.has(one.media?.kind ?? ''))
  const album = visual && media.length > 1
  const heads = [
    isNamed && message.sender && h('b', { class: 'sender' }, message.sender.name),
    message.forward && h('p', { class: 'forwarded' }, `Forwarded from ${message.forward}`),
    message.replyTo && quoteView(message.replyTo),
  ].filter(Boolean)
  const plain = !heads.length && messages.every(({ text, caption }) => !text && !caption)
  const shape = message.media && SHAPELESS.has(message.media.kind) ? ' shapeless' : ''
  return h(
    'div',
    { class: `bubble${visual ? ' visual' : ''}${visual && plain ? ' bare' : ''}${shape}` },
    heads,
    media.length > 0 &&
      h(
        'div',
        { class: `media${album ? ' album' : ''}`, 'data-count': album ? media.length : undefined },
        media.map((one) => mediaView(one, onOpenPhoto)),
      ),
    messages.map(words),
    messages.map(({ facts }) => facts && factsView(facts)),
    messages.map(({ invoice }) => invoice && invoiceView(invoice)),
    messages.map(({ receipt }) => receipt && receiptView(receipt)),
    meta(messages),
  )
}

/** @param {NonNullable<ChatMessage['replyTo']>} quoted */
const quoteView = ({ id, name, preview }) =>
  h(
    'button',
    { type: 'button', class: 'quote', 'data-quotes': id, 'aria-label': `Reply to ${name}` },
    h('b', {}, name),
    h('span', {}, preview),
  )

/**
 * @param {ChatMessage} message
 * @param {number | null} me
 * @param {Buttons['onReact']} onReact
 */
const reactionsView = (message, me, onReact) =>
  h(
    'div',
    { class: 'reactions', role: 'group', 'aria-label': 'Reactions' },
    message.reactions?.map(({ emoji, by }) => {
      const isOwn = by.includes(me ?? 0)
      return h(
        'button',
        {
          type: 'button',
          'aria-pressed': String(isOwn),
          onclick: () => onReact(message, isOwn ? '' : emoji),
        },
        `${emoji} ${by.length}`,
      )
    }) ?? [],
  )

/** @param {string} text */
const serviceLine = (text) => h('p', { class: 'day service' }, h('span', {}, text))

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
    message.viaBot && h('span', { class: 'edited' }, 'via bot '),
    messages.some(({ edited }) => edited) && h('span', { class: 'edited' }, 'edited '),
    h('time', { datetime: date.toISOString(), title: date.toLocaleString() }, clock.format(date)),
  )
}

/** @param {Day} day */
function dayLine({ date }) {
  const today = new Date().toDateString() === new Date(date).toDateString()
  return h('p', { class: 'day' }, h('span', {}, today ? 'Today' : calendar.format(date)))
}
