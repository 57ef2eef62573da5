import { h, icon } from './dom.js'

/** @typedef {import('./state.js').Button} Button */

/**
 * Identity of a button while its tap waits for an answer.
 * @param {number} messageId
 * @param {string} data
 */
export const tapKey = (messageId, data) => `${messageId}:${data}`

/**
 * An inline keyboard: rows of buttons; a link is a link, a button spins until it is answered.
 * @param {number} messageId
 * @param {Button[][]} rows
 * @param {{ pending: ReadonlySet<string>, onTap: (messageId: number, data: string) => void,
 *   onPay: (messageId: number) => void }} how
 */
export function keyboardView(messageId, rows, { pending, onTap, onPay }) {
  /** @param {Button} button */
  const key = ({ text, data, url, pay }) => {
    if (url !== undefined) return linkKey(text, url)
    if (pay) return payKey(text, () => onPay(messageId), pending.has(tapKey(messageId, PAY)))
    const waiting = data !== undefined && pending.has(tapKey(messageId, data))
    return h(
      'button',
      {
        type: 'button',
        class: waiting ? 'key waiting' : 'key',
        'aria-busy': waiting || undefined,
        disabled: data === undefined,
        onclick: () => data !== undefined && !waiting && onTap(messageId, data),
      },
      h('span', {}, text),
    )
  }
  return h(
    'div',
    { class: 'keyboard', role: 'group', 'aria-label': 'Buttons' },
    rows.map((row) => h('div', { class: 'keys' }, row.map(key))),
  )
}

/** Stands for the Pay button among those that wait; no bot can give a button such data. */
export const PAY = ' pay'

/** @param {string} text @param {() => void} onPay @param {boolean} waiting */
const payKey = (text, onPay, waiting) =>
  h(
    'button',
    {
      type: 'button',
      class: waiting ? 'key pay waiting' : 'key pay',
      'aria-busy': waiting || undefined,
      onclick: () => !waiting && onPay(),
    },
    h('span', {}, text),
  )

/** @param {string} text @param {string} url */
function linkKey(text, url) {
  const safe = /^(https?|tg):/i.test(url)
  return h(
    'a',
    { class: 'key', href: safe ? url : undefined, target: '_blank', rel: 'noopener noreferrer' },
    h('span', {}, text),
    icon('link'),
  )
}
