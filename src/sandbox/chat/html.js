import { h } from './dom.js'

/** What a message may be made of: the tags Telegram's own HTML mode knows. */
const TAGS = new Set(
  'b strong i em u ins s strike del code pre a blockquote span tg-spoiler tg-time br'.split(' '),
)
const LINK = /^(https?|tg|mailto):/i

// The policy parses into an inert document only; nothing parsed by it is ever put into the page.
const policy = /** @type {any} */ (window).trustedTypes?.createPolicy('inert-html', {
  createHTML: (/** @type {string} */ html) => html,
})

/**
 * Rebuilds a message's HTML from an allow-list, node by node: the server says it is safe, the page
 * does not rely on it. Whatever is not allowed becomes its text.
 * @param {string} html
 * @returns {DocumentFragment}
 */
export function messageHtml(html) {
  const trusted = policy ? policy.createHTML(html) : html
  const parsed = new DOMParser().parseFromString(trusted, 'text/html')
  const fragment = document.createDocumentFragment()
  fragment.append(...copies(parsed.body))
  return fragment
}

/**
 * @param {Node} parent
 * @returns {(Node | string)[]}
 */
const copies = (parent) => [...parent.childNodes].flatMap(copy)

/**
 * @param {Node} node
 * @returns {(Node | string)[]}
 */
function copy(node) {
  if (node.nodeType === Node.TEXT_NODE) return [node.textContent ?? '']
  if (!(node instanceof Element)) return []
  const tag = node.localName
  if (tag === 'script' || tag === 'style') return [node.textContent ?? '']
  if (!TAGS.has(tag)) return copies(node)
  if (tag === 'a') return [link(node)]
  if (tag === 'tg-time') return [moment(node)]
  if (tag === 'tg-spoiler' || /\b(?:tg-)?spoiler\b/.test(node.className)) return [spoiler(node)]
  if (node.classList.contains('command')) return [command(node)]
  const language = /^language-[\w-]{1,32}$/.exec(node.className)?.[0]
  return [h(/** @type {'b'} */ (tag), { class: language }, copies(node))]
}

/** @param {Element} node */
function link(node) {
  const href = node.getAttribute('href') ?? ''
  if (!LINK.test(href)) return h('span', {}, copies(node))
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, copies(node))
}

/**
 * A moment by the clock and in the form of whoever looks, as Telegram's apps show it: a short or long
 * day, a short or long time. Relative ones stay as the bot wrote them.
 * @param {Element} node
 */
function moment(node) {
  const format = node.getAttribute('format') ?? ''
  const date = new Date(Number(node.getAttribute('unix')) * 1_000)
  const isPlain = format === '' || format === 'r' || Number.isNaN(date.getTime())
  const words = node.textContent ?? ''
  if (isPlain) return h('span', {}, words)
  const shown = date.toLocaleString(undefined, {
    ...(format.includes('w') && { weekday: /** @type {const} */ ('short') }),
    ...(/[dD]/.test(format) && {
      day: /** @type {const} */ ('numeric'),
      month: /** @type {'long' | 'short'} */ (format.includes('D') ? 'long' : 'short'),
      ...(format.includes('D') || date.getFullYear() !== new Date().getFullYear()
        ? { year: /** @type {const} */ ('numeric') }
        : {}),
    }),
    ...(/[tT]/.test(format) && {
      hour: /** @type {const} */ ('2-digit'),
      minute: /** @type {const} */ ('2-digit'),
      ...(format.includes('T') && { second: /** @type {const} */ ('2-digit') }),
    }),
  })
  return h('time', { datetime: date.toISOString(), title: words }, shown)
}

/**
 * A command in a text is a button that sends it.
 * @param {Element} node
 */
function command(node) {
  const text = node.textContent ?? ''
  return h('button', { type: 'button', class: 'command', 'data-command': text }, text)
}

/** @param {Element} node */
function spoiler(node) {
  const reveal = () => hidden.classList.add('shown')
  const hidden = h(
    'span',
    { class: 'spoiler', role: 'button', tabindex: 0, onclick: reveal, onkeydown: reveal },
    copies(node),
  )
  return hidden
}
