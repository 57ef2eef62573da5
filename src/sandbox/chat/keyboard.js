import { h, icon } from './dom.js'

/** @typedef {import('./state.js').Button} Button */
/** @typedef {import('./state.js').ChatMessage} ChatMessage */

/**
 * Identity of a button while its tap waits for an answer.
 * @param {number} messageId
 * @param {string} data
 */
export const tapKey = (messageId, data) => `${messageId}:${data}`

/** Stands for the Pay button among those that wait; no bot can give a button such data. */
export const PAY = ' pay'

/**
 * An inline keyboard: rows of buttons of one line each, whose labels are cut at the end as in
 * Telegram's apps. A link is a link, a button spins until it is answered.
 * @param {ChatMessage} message
 * @param {Button[][]} rows
 * @param {{ pending: ReadonlySet<string>, onTap: (messageId: number, data: string) => void,
 *   onPay: (message: ChatMessage) => void, onCopy: (text: string) => void,
 *   onInline: (query: string, here: boolean) => void }} how
 */
export function keyboardView(message, rows, { pending, onTap, onPay, onCopy, onInline }) {
  const { id } = message

  /**
   * @param {Button} button
   * @param {{ kind?: string, mark?: string, waiting?: boolean, act?: () => void }} how
   */
  const press = ({ text, style }, { kind = '', mark, waiting = false, act }) =>
    h(
      'button',
      {
        type: 'button',
        class: ['key', kind, waiting && 'waiting'].filter(Boolean).join(' '),
        title: text,
        'data-style': style,
        'aria-busy': waiting || undefined,
        disabled: act === undefined,
        onclick: () => !waiting && act?.(),
      },
      h('span', {}, text),
      mark && icon(mark),
    )

  /** @param {Button} button */
  const key = (button) => {
    const { data, url, pay, copy, inline } = button
    if (url !== undefined) return linkKey(button, url)
    if (pay) {
      const waiting = pending.has(tapKey(id, PAY))
      return press(button, { kind: 'pay', waiting, act: () => onPay(message) })
    }
    if (copy !== undefined) return press(button, { mark: 'copy', act: () => onCopy(copy) })
    if (inline) {
      return press(button, { mark: 'forward', act: () => onInline(inline.query, inline.here) })
    }
    if (data === undefined) return press(button, {})
    const waiting = pending.has(tapKey(id, data))
    return press(button, { waiting, act: () => onTap(id, data) })
  }
  return h(
    'div',
    { class: 'keyboard', role: 'group', 'aria-label': 'Buttons' },
    rows.map((row) => h('div', { class: 'keys' }, row.map(key))),
  )
}

/** @param {Button} button @param {string} url */
function linkKey({ text, style }, url) {
  const safe = /^(https?|tg):/i.test(url)
  return h(
    'a',
    {
      class: 'key',
      title: text,
      'data-style': style,
      href: safe ? url : undefined,
      target: '_blank',
      rel: 'noopener noreferrer',
    },
    h('span', {}, text),
    icon('link'),
  )
}
