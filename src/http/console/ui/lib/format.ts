const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A span of time in its largest fitting unit, e.g. `2 h`, `340 ms`, `3 d`. */
export function span(ms: number): string {
  const length = Math.abs(ms)
  if (length < 1_000) return `${Math.round(length)} ms`
  if (length < 10_000) return `${(length / 1_000).toFixed(1).replace('.0', '')} s`
  if (length < MINUTE) return `${Math.floor(length / 1_000)} s`
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`
  if (length < 2 * DAY) return `${Math.floor(length / HOUR)} h`
  return `${Math.floor(length / DAY)} d`
}

/** How long ago, or in how long, e.g. `3 min ago`, `in 2 h`. */
export function relative(at: number, now: number): string {
  const ms = now - at
  if (Math.abs(ms) < 1_500) return 'now'
  return ms > 0 ? `${span(ms)} ago` : `in ${span(ms)}`
}

/** Silences shorter than this are no gap. */
const GAP_MS = 5 * MINUTE

/** The mark between two steps of an actor's life when long nothing happened; null: no mark. */
export const gapMark = (before: string | number, after: string | number): string | null => {
  const ms = new Date(after).getTime() - new Date(before).getTime()
  return ms >= GAP_MS ? span(ms) : null
}

const pad = (value: number, length = 2) => String(value).padStart(length, '0')

/** Time of day where the viewer is, with milliseconds: steps are often that close. */
export function clockTime(at: string | number, precise = false): string {
  const date = new Date(at)
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => pad(n)).join(':')
  return precise ? `${time}.${pad(date.getMilliseconds(), 3)}` : time
}

/** Date where the viewer is, as `2026-11-22`. */
export function day(at: string | number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
}

export const dayTime = (at: string | number): string => `${day(at)} ${clockTime(at)}`

/** Kopecks as rubles, e.g. `1 234.50 ₽`; thin spaces part the thousands. */
export function money(kopecks: number): string {
  const [whole = '0', cents] = (Math.abs(kopecks) / 100).toFixed(2).split('.')
  return `${kopecks < 0 ? '−' : ''}${grouped(whole)}.${cents} ₽`
}

const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, '\u2009')

/** A count in full up to 9 999, then shortened: badges have little room. */
export function short(count: number): string {
  if (count < 10_000) return grouped(String(count))
  if (count < 999_500) return `${(count / 1_000).toFixed(count < 99_950 ? 1 : 0)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}

export const count = (value: number): string => grouped(String(Math.round(value)))

/** `1 actor`, `2 actors`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** `640 kB`, `3.2 MB`: of memory, in powers of 1 024. */
export function bytes(value: number): string {
  if (value < 1_024 * 1_024) return `${Math.ceil(value / 1_024)} kB`
  return `${(value / 1_024 / 1_024).toFixed(1).replace('.0', '')} MB`
}
