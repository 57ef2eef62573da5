import { effect, signal } from '@preact/signals'

export type Theme = 'auto' | 'light' | 'dark'

const KEY = 'console.theme'
const THEMES: readonly Theme[] = ['auto', 'light', 'dark']

const stored = (): Theme => {
  const value = window.localStorage.getItem(KEY)
  return THEMES.find((theme) => theme === value) ?? 'auto'
}

/** What the viewer chose; `auto` follows the system. */
export const theme = signal<Theme>(stored())

/** Whether it is dark now, whoever chose it. */
export const dark = signal(false)

const system = window.matchMedia('(prefers-color-scheme: dark)')

/** Keeps the page in the chosen colours. */
export function followTheme(): void {
  const apply = () => {
    const chosen = theme.value
    document.documentElement.dataset.theme = chosen
    dark.value = chosen === 'dark' || (chosen === 'auto' && system.matches)
  }
  effect(apply)
  system.addEventListener('change', apply)
  effect(() => window.localStorage.setItem(KEY, theme.value))
}

/** auto → light → dark → auto. */
export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto'
}
