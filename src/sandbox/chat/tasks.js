import { h, reconcile } from './dom.js'

/** @typedef {{ taskId: string, model: string, state: string, title?: string }} Task */

const FINAL = new Set(['success', 'fail'])
const SHOWN = 6

/**
 * The newest generations at the service, each of which can be finished or failed by hand.
 * @param {{ api: { tasks: () => Promise<any>, credits: () => Promise<any>,
 *   holdTasks: (hold: boolean) => Promise<any>, finishTask: (id: string) => Promise<any>,
 *   failTask: (id: string) => Promise<any>, setCredits: (credits: number) => Promise<any> },
 *   onError: (error: Error) => void, onDone: (text: string) => void }} deps
 */
export function createTasks({ api, onError, onDone }) {
  const list = h('ul', { class: 'tasks' })
  const none = h('p', { class: 'muted' }, 'Nothing has been generated yet.')
  const credits = h('input', {
    name: 'credits',
    type: 'number',
    min: 0,
    step: 1,
    value: 0,
    required: true,
    'aria-label': 'Credits at the service',
  })
  const hold = h('input', {
    type: 'checkbox',
    role: 'switch',
    onchange: () =>
      act(() => api.holdTasks(hold.checked), hold.checked ? 'Generations wait' : 'Generations run'),
  })
  const element = h(
    'section',
    { class: 'fault-group', 'aria-label': 'Generations' },
    h('header', {}, h('h3', {}, 'Generations')),
    h('label', { class: 'switch' }, hold, h('span', {}, 'Hold each one until I finish it')),
    none,
    list,
    h(
      'form',
      { class: 'credits', onsubmit: (/** @type {Event} */ event) => setCredits(event) },
      h('span', {}, 'Credits left at the service'),
      credits,
      h('button', { class: 'text-button' }, 'Set'),
    ),
  )

  /** @param {Event} event */
  const setCredits = (event) => {
    event.preventDefault()
    act(() => api.setCredits(Number(credits.value)), `Credits set to ${credits.value}`)
  }

  /** @param {() => Promise<unknown>} what @param {string} done */
  const act = async (what, done) => {
    try {
      await what()
      onDone(done)
    } catch (error) {
      onError(/** @type {Error} */ (error))
    }
    await refresh()
  }

  /** @param {Task} task */
  const item = ({ taskId, model, state, title }) =>
    h(
      'li',
      { 'data-state': state },
      h('span', { class: 'dot', 'aria-hidden': 'true' }),
      h(
        'span',
        { class: 'file-text' },
        h('span', { class: 'file-name' }, title ?? model),
        h('span', { class: 'file-details' }, state),
      ),
      !FINAL.has(state) && [
        h(
          'button',
          {
            type: 'button',
            class: 'text-button',
            onclick: () => act(() => api.finishTask(taskId), 'Finished'),
          },
          'Finish',
        ),
        h(
          'button',
          {
            type: 'button',
            class: 'text-button danger',
            onclick: () => act(() => api.failTask(taskId), 'Failed'),
          },
          'Fail',
        ),
      ],
    )

  const refresh = async () => {
    const tasks = await api.tasks().catch(() => [])
    const left = await api.credits().catch(() => null)
    if (left && document.activeElement !== credits) credits.value = String(left.credits)
    none.hidden = tasks.length > 0
    reconcile(list, /** @type {Task[]} */ (tasks.slice(-SHOWN).reverse()), {
      key: ({ taskId }) => taskId,
      signature: (task) => JSON.stringify([task.model, task.state]),
      build: item,
    })
  }

  return { element, refresh }
}
