import { byId, h, icon } from './dom.js'

/** @typedef {{ id: number, title: string, detail: string }} Choice */

/**
 * Asks for one of the user's chats, as Telegram's apps do before they forward or share.
 * @param {{ choices: () => Choice[] }} deps
 */
export function createChatPicker({ choices }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('picker'))
  const list = byId('picker-list')
  /** @type {(id: number) => void} */
  let onPick = () => {}

  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close()
  })

  return {
    /** @param {string} heading @param {(chatId: number) => void} pick */
    open(heading, pick) {
      onPick = pick
      byId('picker-title').textContent = heading
      list.replaceChildren(
        ...choices().map(({ id, title, detail }) =>
          h(
            'li',
            {},
            h(
              'button',
              {
                type: 'button',
                class: 'user',
                onclick: () => {
                  dialog.close()
                  onPick(id)
                },
              },
              h(
                'span',
                { class: id > 0 ? 'avatar bot' : 'avatar many', 'aria-hidden': 'true' },
                icon(id > 0 ? 'bot' : 'users'),
              ),
              h(
                'span',
                { class: 'user-text' },
                h('span', { class: 'user-name' }, title),
                h('span', { class: 'muted' }, detail),
              ),
            ),
          ),
        ),
      )
      dialog.showModal()
    },
  }
}
