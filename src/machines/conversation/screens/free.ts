import type { FreeFacts } from '../events.ts'
import type { Scene } from './screen.ts'
import { moscowTime } from './time.ts'

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
