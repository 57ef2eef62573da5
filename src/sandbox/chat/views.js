import { byId } from './dom.js'

/**
 * What is in view: columns on a wide window, tabs on a phone, a drawer in between.
 * @param {{ hasChart: boolean, onPanel: () => void }} deps
 */
export function createViews({ hasChart, onPanel }) {
  const app = byId('app')
  const toggle = byId('panel-toggle')
  const tabs = /** @type {NodeListOf<HTMLButtonElement>} */ (
    document.querySelectorAll('.tabs [data-view]')
  )
  const phone = matchMedia('(max-width: 719px)')
  const wide = matchMedia(`(min-width: ${hasChart ? 1680 : 1120}px)`)

  /** @param {'users' | 'chat' | 'chart' | 'panel'} view */
  const show = (view) => {
    app.dataset.view = view
    for (const tab of tabs) {
      if (tab.dataset.view === view) tab.setAttribute('aria-current', 'true')
      else tab.removeAttribute('aria-current')
    }
    if (view === 'panel') onPanel()
  }
  /** @param {boolean} open */
  const setPanel = (open) => {
    app.dataset.panel = open ? 'open' : 'closed'
    toggle.setAttribute('aria-expanded', String(open))
  }

  for (const tab of tabs) {
    tab.addEventListener('click', () => show(/** @type {'chat'} */ (tab.dataset.view)))
  }
  toggle.addEventListener('click', () => {
    if (phone.matches) show('panel')
    else setPanel(app.dataset.panel !== 'open')
    onPanel()
  })
  byId('panel-close').addEventListener('click', () => {
    setPanel(false)
    show('chat')
    toggle.focus()
  })
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && !wide.matches && !document.querySelector('dialog[open]'))
      setPanel(false)
  })
  wide.addEventListener('change', () => setPanel(wide.matches))
  setPanel(wide.matches)

  return {
    show,
    panelVisible: () =>
      phone.matches ? app.dataset.view === 'panel' : app.dataset.panel === 'open',
  }
}
