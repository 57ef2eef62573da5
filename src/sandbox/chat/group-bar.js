import { byId, h } from './dom.js'

/** @typedef {import('./state.js').Group} Group */
/** @typedef {import('./state.js').User} User */

const NEW_TOPIC = 'new'

/**
 * The bar under the head of a group: what the bot is there, who else is, in which topic and in
 * whose name one writes.
 * @param {{ onBot: (status: string) => Promise<unknown>, onBringIn: (userId: number) => Promise<unknown>,
 *   onTopic: (thread: number | null) => void, onNewTopic: (name: string) => Promise<unknown>,
 *   onAnonymous: (anonymous: boolean) => void }} deps
 */
export function createGroupBar({ onBot, onBringIn, onTopic, onNewTopic, onAnonymous }) {
  const bar = byId('group-bar')
  let shown = ''

  /** @param {Group} group */
  const botChoice = ({ kind, botStatus }) => {
    const isThere = botStatus === 'member' || botStatus === 'administrator'
    const states = [
      ...(kind === 'channel' ? [] : [['member', 'Member']]),
      ['administrator', 'Admin'],
      ['kicked', isThere ? 'Remove' : 'Not in it'],
    ]
    return h(
      'fieldset',
      { class: 'segmented small' },
      h('legend', { class: 'sr' }, 'The bot here'),
      states.map(([status, label]) =>
        h(
          'label',
          {},
          h('input', {
            type: 'radio',
            name: 'bot-status',
            checked: status === (isThere ? botStatus : 'kicked'),
            onchange: () => onBot(String(status)),
          }),
          h('span', {}, label ?? ''),
        ),
      ),
    )
  }

  /** @param {Group} group @param {number | null} thread */
  const topicChoice = ({ isForum, topics }, thread) => {
    if (!isForum) return null
    const choice = h(
      'select',
      { 'aria-label': 'Topic' },
      h('option', { value: '' }, 'General'),
      topics.map(({ id, name }) => h('option', { value: id, selected: id === thread }, name)),
      h('option', { value: NEW_TOPIC }, 'New topic…'),
    )
    choice.addEventListener('change', () => {
      if (choice.value !== NEW_TOPIC) return onTopic(Number(choice.value) || null)
      choice.replaceWith(topicForm())
    })
    return choice
  }

  const topicForm = () => {
    const name = h('input', { name: 'topic', placeholder: 'Name of the topic', maxlength: 128 })
    const form = h(
      'form',
      { class: 'topic-form' },
      name,
      h('button', { class: 'text-button' }, 'Open'),
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      if (name.value.trim()) onNewTopic(name.value.trim())
    })
    queueMicrotask(() => name.focus())
    return form
  }

  /** @param {Group} group @param {User[]} users */
  const peopleChoice = ({ people }, users) => {
    const others = users.filter(({ id }) => !people.includes(id))
    if (!others.length) return null
    const choice = h(
      'select',
      { 'aria-label': 'Bring in' },
      h('option', { value: '' }, 'Bring in…'),
      others.map(({ id, firstName }) => h('option', { value: id }, firstName)),
    )
    choice.addEventListener('change', () => choice.value && onBringIn(Number(choice.value)))
    return choice
  }

  /** @param {Group} group @param {boolean} anonymous */
  const nameChoice = ({ kind, role }, anonymous) =>
    kind !== 'channel' && (role === 'creator' || role === 'administrator')
      ? h(
          'label',
          { class: 'switch small' },
          h('input', {
            type: 'checkbox',
            checked: anonymous,
            onchange: (/** @type {Event} */ event) =>
              onAnonymous(/** @type {HTMLInputElement} */ (event.target).checked),
          }),
          h('span', {}, 'Anonymous'),
        )
      : null

  return {
    /** @param {Group | undefined} group
     * @param {{ users: User[], thread: number | null, anonymous: boolean }} page */
    update(group, { users, thread, anonymous }) {
      const next = JSON.stringify([group, users.map(({ id }) => id), thread, anonymous])
      if (next === shown) return
      shown = next
      bar.hidden = group === undefined
      if (!group) return bar.replaceChildren()
      const parts = [
        h('span', { class: 'muted' }, 'Bot'),
        botChoice(group),
        topicChoice(group, thread),
        peopleChoice(group, users),
        nameChoice(group, anonymous),
      ]
      bar.replaceChildren(...parts.filter((part) => part !== null))
    },
  }
}
