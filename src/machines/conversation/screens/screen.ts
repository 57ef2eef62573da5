import type { Rates } from '../../pricing.ts'
import type { Language, Params, TextKey, Translate } from '../../texts/translate.ts'
import type { ConversationContext } from '../context.ts'
import type { ButtonEvent } from '../events.ts'

export interface Button {
  label: string
  event: ButtonEvent
}

/** What the user sees: Telegram HTML and rows of buttons. */
export interface Screen {
  text: string
  keyboard: Button[][]
  /** Of no interest once something newer is shown (progress): it is then removed. */
  transient?: boolean
}

/** What a screen needs besides the snapshot: settings that don't change while the process runs. */
export interface View {
  rates: Rates
  support: string | null
}

/** All that a screen function gets. */
export interface Scene {
  context: ConversationContext
  language: Language
  t: Translate
  view: View
}

export const button = (label: string, event: ButtonEvent): Button => ({ label, event })

export const menuRow = ({ t }: Scene): Button[] => [button(t('nav.menu'), { type: 'menu.pressed' })]

export const backRow = ({ t }: Scene): Button[] => [
  button(t('nav.back'), { type: 'back.pressed' }),
  button(t('nav.menu'), { type: 'menu.pressed' }),
]

export const draftRow = ({ t }: Scene): Button[] => [
  button(t('nav.back'), { type: 'back.pressed' }),
  button(t('nav.cancel'), { type: 'cancel.pressed' }),
  button(t('nav.menu'), { type: 'menu.pressed' }),
]

/** Splits buttons into rows. */
export function rows(buttons: readonly Button[], perRow: number): Button[][] {
  const out: Button[][] = []
  for (let i = 0; i < buttons.length; i += perRow) out.push(buttons.slice(i, i + perRow))
  return out
}

/** One page of a longer list, with its arrows when there is more than one. */
export function paged<T>(
  { t }: Scene,
  items: readonly T[],
  page: number,
  size: number,
): { shown: readonly T[]; arrows: Button[][]; note: string[] } {
  const pages = Math.max(1, Math.ceil(items.length / size))
  const current = Math.min(Math.max(0, page), pages - 1)
  const shown = items.slice(current * size, (current + 1) * size)
  if (pages === 1) return { shown, arrows: [], note: [] }
  const turn = (label: TextKey, to: number) =>
    button(t(label), { type: 'page.turned', page: (to + pages) % pages })
  return {
    shown,
    arrows: [[turn('nav.previous', current - 1), turn('nav.next', current + 1)]],
    note: [t('nav.page', { page: current + 1, pages })],
  }
}

/** The lines of a screen's text: '' is a blank line, never two in a row; the rest is left out. */
export const lines = (...parts: (string | null | false | undefined)[]): string =>
  parts
    .filter((p) => typeof p === 'string')
    .filter((p, i, all) => p !== '' || (i > 0 && all[i - 1] !== ''))
    .join('\n')
    .trimEnd()

/** A span of time in words, e.g. "1 min 20 s". */
export function duration({ t }: Scene, ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const params: Params = { m: Math.floor(seconds / 60), s: seconds % 60, n: seconds }
  return seconds < 60 ? t('run.seconds', params) : t('run.minutes', params)
}

/** Cuts a text that is only quoted on a screen. */
export const excerpt = (text: string, limit: number): string =>
  text.length <= limit ? text : `${[...text].slice(0, limit - 1).join('')}…`
