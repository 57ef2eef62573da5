import { byId, h, icon, placeAt } from './dom.js'

/** @typedef {import('./state.js').ChatMessage} ChatMessage */
/** @typedef {{ reply: (m: ChatMessage) => void, forward: (m: ChatMessage) => void,
 *   edit: (m: ChatMessage) => void, copy: (m: ChatMessage) => void,
 *   remove: (m: ChatMessage) => void, react: (m: ChatMessage, emoji: string) => void }} MenuActions */

const EMOJI = ['👍', '👎', '❤', '🔥', '🎉', '🤔', '💩']

/**
 * What can be done with a message, in a popover beside it: by its button, a right click or a long
 * press, as in Telegram's apps.
 * @param {MenuActions} actions
 */
export function createMessageMenu(actions) {
  const menu = byId('menu')
  /** @type {HTMLElement | null} */
  let opener = null

  const close = () => {
    if (menu.matches(':popover-open')) menu.hidePopover()
  }
  /** @param {() => void} act */
  const choose = (act) => () => {
    // What was chosen decides where the focus goes.
    opener = null
    close()
    act()
  }
  /** @param {string} label @param {string} name @param {() => void} act */
  const item = (label, name, act, kind = '') =>
    h(
      'button',
      { type: 'button', role: 'menuitem', class: kind, onclick: choose(act) },
      icon(name),
      h('span', {}, label),
    )

  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const all = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('[role="menuitem"]')])
    const index = all.indexOf(/** @type {HTMLElement} */ (document.activeElement))
    all[(index + step + all.length) % all.length]?.focus()
  })
  menu.addEventListener('toggle', () => {
    if (!menu.matches(':popover-open')) opener?.focus({ preventScroll: true })
  })

  return {
    /**
     * @param {ChatMessage} message
     * @param {{ mine: boolean, me: number | null, at: { x: number, y: number },
     *   from: HTMLElement | null }} where
     */
    open(message, { mine, me, at, from }) {
      const words = message.text ?? message.caption
      const mayEdit = mine && !message.forward && !message.viaBot && (message.text || message.media)
      opener = from
      menu.replaceChildren(
        h(
          'div',
          { class: 'emoji' },
          EMOJI.map((emoji) => {
            const isOwn = message.reactions?.some(
              (one) => one.emoji === emoji && one.by.includes(me ?? 0),
            )
            return h(
              'button',
              {
                type: 'button',
                role: 'menuitem',
                'aria-label': `React with ${emoji}`,
                'aria-pressed': String(!!isOwn),
                onclick: choose(() => actions.react(message, isOwn ? '' : emoji)),
              },
              emoji,
            )
          }),
        ),
        item('Reply', 'reply', () => actions.reply(message)),
        item('Forward', 'forward', () => actions.forward(message)),
        ...(mayEdit ? [item('Edit', 'edit', () => actions.edit(message))] : []),
        ...(words ? [item('Copy text', 'copy', () => actions.copy(message))] : []),
        item('Delete', 'bin', () => actions.remove(message), 'danger'),
      )
      menu.showPopover()
      placeAt(menu, at)
      const first = /** @type {HTMLElement | null} */ (menu.querySelector('.emoji + button'))
      first?.focus()
    },
    close,
  }
}
