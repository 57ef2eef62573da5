import type { FreeFacts } from '../events.ts'
import { type Button, button, type Scene } from './screen.ts'
import { momentText } from './time.ts'

/** How many generations are free, and when the next one is; nothing for whoever has no limits. */
export function freeLines({ t, language }: Scene, free: FreeFacts | null | undefined): string[] {
  if (free === null || free === undefined) return []
  const { today, limit, bonus, nextAt, reason = 'day' } = free
  if (nextAt !== null) {
    return [t(`free.over.${reason}`), t('free.next', { when: momentText(nextAt, language) })]
  }
  return [
    t('free.left', { left: today, limit }),
    ...(bonus > 0 ? [t('free.bonus', { bonus })] : []),
  ]
}

/** Where nothing is free now: a wish to hear when it is again. */
export const remindRow = ({ t }: Scene, free: FreeFacts | null | undefined): Button[][] =>
  free == null || free.nextAt === null
    ? []
    : [[button(t('free.remind'), { type: 'reminder.wanted' })]]
