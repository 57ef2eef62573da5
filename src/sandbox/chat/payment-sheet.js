import { byId } from './dom.js'

/** @typedef {import('./state.js').Invoice} Invoice */

/**
 * The sheet that asks once more before Stars are spent, as Telegram's apps show it: what, for how
 * much, what is in the wallet, and a way to fill it.
 * @param {{ stars: () => number, onTopUp: (stars: number) => Promise<unknown>,
 *   onError: (error: unknown) => void }} deps
 */
export function createPaymentSheet({ stars, onTopUp, onError }) {
  const sheet = /** @type {HTMLDialogElement} */ (byId('sheet'))
  const confirm = /** @type {HTMLButtonElement} */ (byId('sheet-confirm'))
  const topUp = /** @type {HTMLButtonElement} */ (byId('sheet-top-up'))
  /** @type {Invoice | null} */
  let invoice = null

  const draw = () => {
    if (!invoice) return
    const missing = invoice.stars - stars()
    byId('sheet-title').textContent = invoice.title
    byId('sheet-words').textContent = invoice.description
    byId('sheet-balance').textContent = `Your balance: ⭐ ${stars().toLocaleString('en')}`
    confirm.textContent = `Confirm and pay ⭐ ${invoice.stars}`
    confirm.hidden = missing > 0
    topUp.hidden = missing <= 0
    topUp.textContent = `Get ⭐ ${missing} more`
  }
  topUp.addEventListener('click', async () => {
    if (!invoice) return
    await onTopUp(invoice.stars - stars()).then(draw, onError)
  })
  sheet.addEventListener('click', ({ target }) => {
    if (target === sheet) sheet.close()
  })

  return {
    /**
     * Resolves with whether the person said yes.
     * @param {Invoice} wanted
     * @returns {Promise<boolean>}
     */
    ask(wanted) {
      invoice = wanted
      draw()
      const { promise, resolve } = Promise.withResolvers()
      sheet.returnValue = ''
      sheet.addEventListener('close', () => resolve(sheet.returnValue === 'pay'), { once: true })
      sheet.showModal()
      return promise
    },
  }
}
