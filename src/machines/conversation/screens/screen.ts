import type { Rates } from '../../catalogue/pricing.ts'
import {
  escapeHtml,
  escapeLetter,
  type Language,
  type Params,
  type TextKey,
  type Translate,
} from '../../texts/translate.ts'
import type { StarTerms } from '../../topup/amounts.ts'
import { type ConversationContext, hasOrder } from '../context.ts'
import type { ButtonEvent } from '../events.ts'
import type { KeptDays } from '../privacy.ts'
import type { Improvement } from '../wish/improvement.ts'

/** A phone shows so much of a button: the price or the time at its end must be seen. */
export const SHOWN_LETTERS = 34

export interface Button {
  label: string
  event: ButtonEvent
}

/**
 * A button that opens Telegram's "share with" list for a link to this bot. Telegram tells nobody of
 * a tap on it, so it stands for no event; whoever shows the screen knows the bot's name.
 */
export interface ShareButton {
  label: string
  share: {
    /** What the link starts the bot with: `https://t.me/<bot>?start=<start>`. */
    start: string
    text: string
    /** Where the bot has an inline mode, what is asked of it there: it answers with the result itself. */
    query?: string
  }
}

/** Puts a text, or a link to this bot, on the clipboard; Telegram tells nobody of a tap on it either. */
export interface CopyButton {
  label: string
  copy: { text: string } | { start: string }
}

/** Most that such a button holds: https://core.telegram.org/bots/api#copytextbutton */
const COPY_UNITS = 256

/** The buttons that put a text on the clipboard: one, or none where Telegram doesn't take so much. */
export const copyButtons = (label: string, text: string): CopyButton[] =>
  text === '' || text.length > COPY_UNITS ? [] : [{ label, copy: { text } }]

/** All that can stand below a text. */
export type AnyButton = Button | ShareButton | CopyButton

/** What the user sees: Telegram HTML and rows of buttons. */
export interface Screen {
  text: string
  keyboard: AnyButton[][]
  /** Of no interest once something newer is shown (progress): it is then removed. */
  transient?: boolean
}

/**
 * What a screen needs besides the snapshot: settings. Of them only the rates change while the process
 * runs, as a whole: when admins pause or price a model.
 */
export interface View {
  rates: Rates
  support: string | null
  /** Absent: nobody can put money on their account. */
  topup?: StarTerms & { manualDetails: string | null }
  /** How long what people leave is kept; absent: it is not said. */
  kept?: KeptDays
  /** What a chat model does for the words of people; absent: there is none. */
  improvements?: readonly Improvement[]
  /** Results are samples and cost nothing; the preview says so. */
  isPlay?: boolean
}

/** All that a screen function gets. */
export interface Scene {
  context: ConversationContext
  language: Language
  t: Translate
  view: View
}

/** Longer labels are cut by every app. */
const LABEL_LENGTH = 64

/** A button; `tail` (a price) stays whole where the label must be cut. */
export const button = (label: string, event: ButtonEvent, tail = ''): Button => ({
  label: excerpt(label, LABEL_LENGTH - [...tail].length) + tail,
  event,
})

const isTap = (b: AnyButton): b is Button => 'event' in b

/** The buttons whose taps reach the dialogue. */
export const tapsOf = (keyboard: Screen['keyboard']): Button[] => keyboard.flat().filter(isTap)

export const menuRow = ({ t }: Scene): Button[] => [button(t('nav.menu'), { type: 'menu.pressed' })]

/** For screens beside an order in the making: the way back to it, and home. */
export const asideRows = (scene: Scene): Button[][] => [
  ...(hasOrder(scene.context)
    ? [[button(scene.t('nav.resume'), { type: 'order.resumed' as const })]]
    : []),
  menuRow(scene),
]

/** The same for screens that another one led to. */
export const asideBackRows = (scene: Scene): Button[][] => [
  ...asideRows(scene).slice(0, -1),
  backRow(scene),
]

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
export function rows<B extends AnyButton>(buttons: readonly B[], perRow: number): B[][] {
  const out: B[][] = []
  for (let i = 0; i < buttons.length; i += perRow) out.push(buttons.slice(i, i + perRow))
  return out
}

/** One page of a longer list, with the arrows that lead on from it. */
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
    to < 0 || to >= pages ? [] : [button(t(label), { type: 'page.turned', page: to })]
  return {
    shown,
    arrows: [[...turn('nav.previous', current - 1), ...turn('nav.next', current + 1)]],
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
export function duration({ t }: Pick<Scene, 't'>, ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const minutes = Math.floor(seconds / 60)
  const params: Params = { h: Math.floor(minutes / 60), m: minutes % 60, s: seconds % 60 }
  if (minutes >= 60) return t('run.hours', params)
  return minutes >= 1 ? t('run.minutes', params) : t('run.seconds', params)
}

/** Cuts a text that is only quoted, at a whole character. */
export function excerpt(text: string, limit: number): string {
  if (text.length <= limit) return text
  const letters = [...text]
  return letters.length <= limit ? text : `${letters.slice(0, limit - 1).join('')}…`
}

/**
 * What a user wrote, on one line, made safe for HTML and cut so that even the safe form is within
 * the limit.
 */
export function quoted(given: string, limit: number): string {
  const text = given.replace(/\s+/g, ' ').trim()
  // The safe form is never shorter.
  const whole = text.length <= limit ? escapeHtml(text) : null
  if (whole !== null && whole.length <= limit) return whole
  let safe = ''
  for (const letter of text) {
    const next = escapeLetter(letter)
    if (safe.length + next.length >= limit) break
    safe += next
  }
  return `${safe}…`
}
