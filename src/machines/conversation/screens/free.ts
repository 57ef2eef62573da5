import type { FreeFacts } from '../events.ts'
import type { Scene } from './screen.ts'

const HOUR = 3_600_000
/** Moscow has had no summer time since 2014: https://www.iana.org/time-zones (Europe/Moscow). */
const MOSCOW_MS = 3 * HOUR

/** A moment as clocks in Moscow show it: day, month, hours and minutes. */
export function moscowTime(at: number): { date: string; time: string } {
  const iso = new Date(at + MOSCOW_MS).toISOString()
  return { date: `${iso.slice(8, 10)}.${iso.slice(5, 7)}`, time: iso.slice(11, 16) }
}

/** How many generations are free, and when the next one is; nothing for whoever has no limits. */
export function freeLines({ t }: Scene, free: FreeFacts | null | undefined): string[] {
  if (free === null || free === undefined) return []
  const { today, limit, bonus, nextAt } = free
  return [
    t('free.left', { left: today, limit }),
    ...(bonus > 0 ? [t('free.bonus', { bonus })] : []),
    ...(nextAt === null ? [] : [t('free.next', moscowTime(nextAt))]),
  ]
}
