import { byId, h, icon, reconcile } from './dom.js'

/** @typedef {import('./state.js').User} User */
/** @typedef {import('./state.js').Group} Group */
/** @typedef {{ users: User[], userId: number | null, chatId: number | null, groups: Group[],
 *   unread: ReadonlyMap<number, number> }} Shown */

const LANGUAGES = { ru: 'Русский', en: 'English' }
const KINDS = { group: 'Group', supergroup: 'Supergroup', channel: 'Channel' }

/** What the form's choice of a kind means. @type {Record<string, { kind: string, isForum: boolean }>} */
const NEW_KINDS = {
  group: { kind: 'group', isForum: false },
  supergroup: { kind: 'supergroup', isForum: false },
  forum: { kind: 'supergroup', isForum: true },
  channel: { kind: 'channel', isForum: false },
}

/**
 * The left column: who can be played, the groups of who is, and forms for one more of either.
 * @param {{ onAdd: (user: { firstName: string, languageCode: string }) => Promise<void>,
 *   onAddGroup: (group: { title: string, kind: string, isForum: boolean }) => Promise<void> }} deps
 */
export function createUsersView({ onAdd, onAddGroup }) {
  const form = /** @type {HTMLFormElement} */ (byId('add-user'))
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const data = new FormData(form)
    const firstName = String(data.get('name')).trim()
    if (!firstName) return
    await onAdd({ firstName, languageCode: String(data.get('language')) })
    form.reset()
  })
  const groupForm = /** @type {HTMLFormElement} */ (byId('add-group'))
  groupForm.addEventListener('submit', async (event) => {
    event.preventDefault()
    const data = new FormData(groupForm)
    const title = String(data.get('title')).trim()
    const kind = NEW_KINDS[String(data.get('kind'))]
    if (!title || !kind) return
    await onAddGroup({ title, ...kind })
    groupForm.reset()
  })

  return {
    /** @param {Shown} shown */
    update({ users, userId, chatId, groups, unread }) {
      /** @type {Entry[]} */
      const entries = users.flatMap((user) => [
        {
          user,
          isOpen: user.id === chatId,
          isPlayed: user.id === userId,
          unread: unread.get(user.id),
        },
        ...(user.id === userId
          ? groups.map((group) => ({
              group,
              userId,
              isOpen: group.id === chatId,
              unread: unread.get(group.id),
            }))
          : []),
      ])
      reconcile(byId('user-list'), entries, {
        key: (entry) => String('user' in entry ? entry.user.id : entry.group.id),
        signature: (entry) => JSON.stringify(entry),
        build: (entry) => ('user' in entry ? userEntry(entry) : groupEntry(entry)),
      })
    },
  }
}

/** @typedef {{ user: User, isOpen: boolean, isPlayed: boolean, unread: number | undefined }} UserEntry */
/** @typedef {{ group: Group, userId: number, isOpen: boolean, unread: number | undefined }} GroupEntry */
/** @typedef {UserEntry | GroupEntry} Entry */

/** @param {number | undefined} unread */
const badge = (unread) =>
  !!unread &&
  h('b', { class: 'count', 'aria-label': `${unread} unread` }, unread > 99 ? '99+' : String(unread))

/** @param {UserEntry} entry */
function userEntry({ user: { id, firstName, languageCode }, isOpen, isPlayed, unread }) {
  const language = /** @type {Record<string, string>} */ (LANGUAGES)[languageCode] ?? languageCode
  return h(
    'li',
    {},
    h(
      'a',
      {
        href: `#${id}`,
        class: `user${isPlayed ? ' played' : ''}`,
        'aria-current': isOpen ? 'true' : undefined,
      },
      avatar(id, firstName),
      h(
        'span',
        { class: 'user-text' },
        h('span', { class: 'user-name' }, firstName),
        h('span', { class: 'muted' }, `${language} · ${id}`),
      ),
      badge(unread),
    ),
  )
}

/** @param {GroupEntry} entry */
function groupEntry({ group: { id, kind, title, isForum, people }, userId, isOpen, unread }) {
  const size = `${people.length} ${people.length === 1 ? 'person' : 'people'}`
  return h(
    'li',
    {},
    h(
      'a',
      {
        href: `#${userId}/${id}`,
        class: 'user group',
        'aria-current': isOpen ? 'true' : undefined,
      },
      h('span', { class: 'avatar many', 'aria-hidden': 'true' }, icon('users')),
      h(
        'span',
        { class: 'user-text' },
        h('span', { class: 'user-name' }, title),
        h('span', { class: 'muted' }, `${isForum ? 'Forum' : KINDS[kind]} · ${size}`),
      ),
      badge(unread),
    ),
  )
}

/** A round face with the first letter; its colour follows from the id. @param {number} id @param {string} name */
export function avatar(id, name) {
  const face = h('span', { class: 'avatar', 'aria-hidden': 'true' }, [...name][0] ?? '?')
  face.style.setProperty('--hue', String(Math.abs(id * 137.5) % 360))
  return face
}
