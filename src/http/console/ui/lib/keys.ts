/** One shortcut: the key as `KeyboardEvent.key` says it, and what the help says about it. */
export interface Shortcut {
  key: string
  label: string
  run(): void
}

const layers: Shortcut[][] = []

/** Adds shortcuts until the returned function is called; the newest layer wins. */
export function addShortcuts(shortcuts: Shortcut[]): () => void {
  layers.push(shortcuts)
  return () => {
    layers.splice(layers.indexOf(shortcuts), 1)
  }
}

/** Every shortcut that works now, the page's own first. */
export const activeShortcuts = (): Shortcut[] => [...layers].reverse().flat()

const TYPING = 'input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]'

/** Listens for the whole page; never while somebody types or a dialog is open. */
export function followKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return
    const target = event.target instanceof Element ? event.target : null
    if (target?.closest(TYPING) || document.querySelector('dialog[open]')) return
    const found = activeShortcuts().find(({ key }) => key === event.key)
    if (found === undefined) return
    event.preventDefault()
    found.run()
  })
}
