import { byId } from './dom.js'

/**
 * The button that blocks and unblocks the bot, as a user does in Telegram.
 * @param {{ send: (blocked: boolean) => Promise<unknown>, onError: (error: unknown) => void }} deps
 */
export function createBlockButton({ send, onError }) {
  const button = byId('block')
  const label = /** @type {HTMLElement} */ (button.querySelector('span'))
  let blocked = false

  /** @param {boolean} next */
  const show = (next) => {
    blocked = next
    button.setAttribute('aria-pressed', String(next))
    label.textContent = next ? 'Unblock bot' : 'Block bot'
  }
  button.addEventListener('click', async () => {
    try {
      await send(!blocked)
      show(!blocked)
    } catch (error) {
      onError(error)
    }
  })

  return { reset: () => show(false) }
}
