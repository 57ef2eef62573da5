import type { Scene } from './screen.ts'

/** Moscow has had no summer time since 2014: https://www.iana.org/time-zones (Europe/Moscow). */
const MOSCOW_MS = 3 * 3_600_000

/** A moment as clocks in Moscow show it: day, month, hours and minutes. */
export function moscowTime(at: number): { date: string; time: string } {
  const iso = new Date(at + MOSCOW_MS).toISOString()
  return { date: `${iso.slice(8, 10)}.${iso.slice(5, 7)}`, time: iso.slice(11, 16) }
}

/** A day and a time as people of a language write them; where English is read there is no one time. */
export function dateText(at: number, { language, t }: Pick<Scene, 'language' | 't'>): string {
  const iso = new Date(language === 'ru' ? at + MOSCOW_MS : at).toISOString()
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-')
  return t('results.date', { year, month, day, time: iso.slice(11, 16) })
}
