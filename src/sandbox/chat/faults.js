import { h, icon } from './dom.js'

/** @typedef {import('./fault-list.js').FaultButton} FaultButton */
/** @typedef {{ list: () => Promise<any>, arm: (fault: Record<string, unknown>) => Promise<any>,
 *   clear: () => Promise<any> }} FaultApi */

/** Stands for "until it is cleared". */
export const ALWAYS = 1_000_000

const OFTEN = [
  { times: 1, label: 'once' },
  { times: 3, label: '3×' },
  { times: ALWAYS, label: 'always' },
]

/**
 * A group of fault buttons with the faults that are armed and a way to clear them.
 * @param {{ title: string, hint: string, name: string, buttons: FaultButton[], api: FaultApi,
 *   onChange: (armed: number) => void, onError: (error: Error) => void }} deps
 */
export function createFaultGroup({ title, hint, name, buttons, api, onChange, onError }) {
  const armed = h('ul', { class: 'armed', 'aria-label': `Armed faults: ${title}` })
  const clear = h(
    'button',
    { type: 'button', class: 'text-button', onclick: () => act(api.clear) },
    'Clear',
  )
  const away = h('p', { class: 'away', hidden: true }, 'Not reachable at the moment.')
  const often = h(
    'fieldset',
    { class: 'segmented small' },
    h('legend', { class: 'sr' }, 'How often'),
    OFTEN.map(({ times, label }, index) =>
      h(
        'label',
        {},
        h('input', { type: 'radio', name: `often-${name}`, value: times, checked: index === 0 }),
        h('span', {}, label),
      ),
    ),
  )
  const times = () =>
    Number(/** @type {HTMLInputElement} */ (often.querySelector('input:checked')).value)

  const element = h(
    'section',
    { class: 'fault-group', 'aria-label': title },
    h('header', {}, h('h3', {}, title), often),
    h('p', { class: 'muted' }, hint),
    away,
    h(
      'div',
      { class: 'fault-buttons' },
      buttons.map(({ label, hint, fault }) =>
        h(
          'button',
          {
            type: 'button',
            class: 'fault',
            onclick: () => act(() => api.arm({ ...fault, times: times() })),
          },
          h('b', {}, label),
          h('span', {}, hint),
        ),
      ),
    ),
    h('div', { class: 'armed-box' }, armed, clear),
  )

  /** @param {() => Promise<unknown>} what */
  const act = async (what) => {
    try {
      await what()
    } catch (error) {
      onError(/** @type {Error} */ (error))
    }
    await refresh()
  }

  const refresh = async () => {
    const faults = await api.list().then(listOf, () => null)
    away.hidden = faults !== null
    armed.replaceChildren(...(faults ?? []).map((fault) => armedItem(fault, buttons)))
    clear.hidden = !faults?.length
    onChange(faults?.length ?? 0)
  }

  return { element, refresh }
}

/** @param {any} answer @returns {Record<string, unknown>[]} */
const listOf = (answer) => (Array.isArray(answer) ? answer : (answer?.faults ?? []))

/** @param {Record<string, unknown>} fault @param {FaultButton[]} buttons */
function armedItem(fault, buttons) {
  // An endless fault's count is Infinity over there, which JSON turns into null.
  const left = fault.left === null ? ALWAYS : Number(fault.left ?? fault.times ?? 1)
  return h(
    'li',
    {},
    icon('bolt'),
    h('span', {}, nameOf(fault, buttons)),
    left !== 1 && h('b', { class: 'count' }, left > 999 ? '∞' : `×${left}`),
  )
}

/** @param {Record<string, unknown>} fault @param {FaultButton[]} buttons */
function nameOf(fault, buttons) {
  const known = buttons.find((button) =>
    Object.entries(button.fault).every(([key, value]) => fault[key] === value),
  )
  if (known) return known.label
  return [fault.method ?? fault.route, fault.kind].filter(Boolean).join(': ')
}
