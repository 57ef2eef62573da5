import { byId, h } from './dom.js'
import { altText } from './media.js'

/** @typedef {import('./state.js').ChatMessage} ChatMessage */

const TOAST_MS = 4_500

/**
 * A short notice that goes away by itself.
 * @param {string} text
 * @param {'info' | 'error'} [kind]
 */
export function toast(text, kind = 'info') {
  const box = byId('toasts')
  const note = h('p', { class: `toast ${kind}` }, text)
  box.append(note)
  while (box.childElementCount > 3) box.firstElementChild?.remove()
  setTimeout(() => note.remove(), TOAST_MS)
}

/**
 * News of another chat: a tap goes there.
 * @param {{ title: string, sender: string, preview: string }} news
 * @param {() => void} onOpen
 */
export function newsToast({ title, sender, preview }, onOpen) {
  const box = byId('toasts')
  const note = h(
    'button',
    { type: 'button', class: 'toast news' },
    h('b', {}, title === sender ? title : `${title} · ${sender}`),
    h('span', {}, preview),
  )
  note.addEventListener('click', () => {
    note.remove()
    onOpen()
  })
  box.append(note)
  while (box.childElementCount > 3) box.firstElementChild?.remove()
  setTimeout(() => note.remove(), TOAST_MS)
}

/** Takes away the news that still stand there. */
export function forgetNews() {
  for (const note of byId('toasts').querySelectorAll('.news')) note.remove()
}

/**
 * A notice that waits for OK, as Telegram shows a callback answer with show_alert.
 * @param {string} text
 */
export function alertBox(text) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('alert'))
  byId('alert-text').textContent = text
  if (!dialog.open) dialog.showModal()
}

/**
 * The large view of a photo; arrows walk through all photos of the chat.
 * @param {() => ChatMessage[]} photos
 */
export function createLightbox(photos) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('lightbox'))
  const image = /** @type {HTMLImageElement} */ (byId('lightbox-image'))
  const save = /** @type {HTMLAnchorElement} */ (byId('lightbox-save'))
  let current = 0

  /** @param {ChatMessage | undefined} message */
  const show = (message) => {
    if (!message?.media) return
    current = message.id
    image.src = message.media.url
    image.alt = altText(message)
    byId('lightbox-caption').textContent = message.caption ?? ''
    save.href = message.media.url
    save.download = message.media.fileName ?? `photo-${message.id}`
    const all = photos()
    for (const button of steps) {
      button.disabled = !all[indexOf(all) + Number(button.dataset.step)]
    }
  }
  /** @param {ChatMessage[]} all */
  const indexOf = (all) => all.findIndex(({ id }) => id === current)
  /** @param {number} step */
  const walk = (step) => {
    const all = photos()
    show(all[indexOf(all) + step])
  }

  const steps = /** @type {NodeListOf<HTMLButtonElement>} */ (
    dialog.querySelectorAll('[data-step]')
  )
  for (const button of steps) {
    button.addEventListener('click', () => walk(Number(button.dataset.step)))
  }
  dialog.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowLeft') walk(-1)
    if (key === 'ArrowRight') walk(1)
  })
  dialog.addEventListener('click', ({ target }) => {
    const element = /** @type {Element} */ (target)
    if (!element.closest('img, [data-step], a')) dialog.close()
  })
  dialog.addEventListener('close', () => image.removeAttribute('src'))

  return {
    /** @param {ChatMessage} message */
    open(message) {
      show(message)
      dialog.showModal()
    },
  }
}
