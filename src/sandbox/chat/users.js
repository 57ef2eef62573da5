import { byId, h, reconcile } from './dom.js'

/** @typedef {import('./state.js').User} User */

const LANGUAGES = { ru: 'Русский', en: 'English' }

/**
 * The left column: who can be played, and a form for one more.
 * @param {{ onAdd: (user: { firstName: string, languageCode: string }) => Promise<void> }} deps
 */
export function createUsersView({ onAdd }) {
  const form = /** @type {HTMLFormElement} */ (byId('add-user'))
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const data = new FormData(form)
    const firstName = String(data.get('name')).trim()
    if (!firstName) return
    await onAdd({ firstName, languageCode: String(data.get('language')) })
    form.reset()
  })

  return {
    /** @param {User[]} users @param {number | null} current */
    update(users, current) {
      reconcile(byId('user-list'), users, {
        key: ({ id }) => String(id),
        signature: (user) => JSON.stringify([user, user.id === current]),
        build: (user) => entry(user, user.id === current),
      })
    },
  }
}

/** @param {User} user @param {boolean} current */
function entry({ id, firstName, languageCode }, current) {
  const language = /** @type {Record<string, string>} */ (LANGUAGES)[languageCode] ?? languageCode
  return h(
    'li',
    {},
    h(
      'a',
      { href: `#${id}`, class: 'user', 'aria-current': current ? 'true' : undefined },
      avatar(id, firstName),
      h(
        'span',
        { class: 'user-text' },
        h('span', { class: 'user-name' }, firstName),
        h('span', { class: 'muted' }, `${language} · ${id}`),
      ),
    ),
  )
}

/** @param {number} id @param {string} name */
function avatar(id, name) {
  const face = h('span', { class: 'avatar', 'aria-hidden': 'true' }, [...name][0] ?? '?')
  face.style.setProperty('--hue', String((id * 137.5) % 360))
  return face
}
