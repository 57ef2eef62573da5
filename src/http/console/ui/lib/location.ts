import { computed, signal } from '@preact/signals'
import { BASE, changeQuery, type Params, parsePath } from './route.ts'

const here = () => ({ path: window.location.pathname, search: window.location.search })

const current = signal(here())

/** The page that the address names. */
export const route = computed(() => parsePath(current.value.path))
/** The query of the address, with its question mark. */
export const search = computed(() => current.value.search)

const follow = () => {
  current.value = here()
}

/** Goes to an address of the console; the browser's back button comes back. */
export function go(href: string): void {
  if (href === window.location.pathname + window.location.search) return
  window.history.pushState(null, '', href)
  follow()
  window.scrollTo(0, 0)
}

/**
 * Writes parameters into the address. What only moves a view (a slider) replaces the entry in the
 * history, so that "back" leaves the page instead of walking through every position.
 */
export function setParams(changes: Params, { replace = false } = {}): void {
  const { path, search: before } = here()
  const href = path + changeQuery(before, changes)
  if (href === path + before) return
  if (replace) window.history.replaceState(null, '', href)
  else window.history.pushState(null, '', href)
  follow()
}

/** A parameter of the address, or its default. */
export const param = (name: string, otherwise = ''): string =>
  new URLSearchParams(search.value).get(name) ?? otherwise

/** Lets links within the console change the page without loading it anew. */
export function followLinks(): void {
  window.addEventListener('popstate', follow)
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return
    if (link.origin !== window.location.origin || link.hasAttribute('data-load')) return
    if (link.pathname !== BASE && !link.pathname.startsWith(`${BASE}/`)) return
    if (parsePath(link.pathname).page === 'unknown') return
    event.preventDefault()
    go(link.pathname + link.search)
  })
}
