/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Builds an element; `on*` functions become listeners, `true` a bare attribute, nothing else is
 * ever parsed as HTML, so text from outside stays text.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [props]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (typeof value === 'function')
      element.addEventListener(name.slice(2), /** @type {any} */ (value))
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children.flat()) if (child) element.append(child)
  return element
}

const SVG = 'http://www.w3.org/2000/svg'

/**
 * One icon of the page's sprite; decoration only, so it is hidden from assistive technology.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS(SVG, 'use')
  use.setAttribute('href', `#i-${name}`)
  svg.append(use)
  return svg
}

/**
 * Puts an open popover at a point, and wholly into the window.
 * @param {HTMLElement} popover
 * @param {{ x: number, y: number }} at its left top corner, if there is room
 */
export function placeAt(popover, { x, y }) {
  const { width, height } = popover.getBoundingClientRect()
  popover.style.setProperty('left', `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`)
  popover.style.setProperty('top', `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`)
}

/**
 * The element with this id; the page's own markup guarantees that it is there.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export const byId = (id) => /** @type {T} */ (document.getElementById(id))

/**
 * Brings a list in line with `items` and keeps the nodes whose signature did not change, so a
 * playing video or a focused button survives the messages that come after it.
 * @template Item
 * @param {HTMLElement} parent
 * @param {Item[]} items
 * @param {{ key: (item: Item) => string, signature: (item: Item) => string,
 *   build: (item: Item) => HTMLElement }} how
 */
export function reconcile(parent, items, { key, signature, build }) {
  const present = new Map(
    [...parent.children].map((node) => [/** @type {HTMLElement} */ (node).dataset.key, node]),
  )
  let cursor = parent.firstElementChild
  for (const item of items) {
    const id = key(item)
    const old = /** @type {HTMLElement | undefined} */ (present.get(id))
    const next = signature(item)
    present.delete(id)
    if (old && old.dataset.signature === next) {
      if (old === cursor) cursor = cursor.nextElementSibling
      else parent.insertBefore(old, cursor)
      continue
    }
    const node = build(item)
    node.dataset.key = id
    node.dataset.signature = next
    if (!old) {
      parent.insertBefore(node, cursor)
      continue
    }
    const focused = old.contains(document.activeElement)
    if (old === cursor) cursor = cursor.nextElementSibling
    node.classList.add('replaced')
    // At the cursor, not in its old place: what stands between is about to go.
    parent.insertBefore(node, cursor)
    old.remove()
    if (focused) /** @type {HTMLElement | null} */ (node.querySelector('button, a'))?.focus()
  }
  for (const node of present.values()) node.remove()
}
