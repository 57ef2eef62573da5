import type { ButtonEvent } from '../events.ts'
import { type Button, type Screen, tapsOf } from './screen.ts'

/** Colours that Telegram has for buttons: https://core.telegram.org/bots/api#inlinekeyboardbutton */
export type ButtonStyle = 'primary' | 'success' | 'danger'

/** What one came for: it costs something, or begins what will. Of several on a screen the first is coloured. */
const CALLS: Partial<Record<ButtonEvent['type'], ButtonStyle>> = {
  'draft.begun': 'primary',
  'template.used': 'primary',
  'pick.confirmed': 'success',
  'run.confirmed': 'success',
  'order.paid': 'success',
}

/** What can't be undone. */
const WARNINGS: ReadonlySet<ButtonEvent['type']> = new Set(['erasure.agreed', 'job.cancelled'])

/** The colour of a button on its screen; undefined: as the app shows any button. */
export function styleOf(screen: Screen, { event }: Button): ButtonStyle | undefined {
  if (WARNINGS.has(event.type)) return 'danger'
  const call = CALLS[event.type]
  if (call === undefined) return undefined
  const first = tapsOf(screen.keyboard).find(({ event: { type } }) => type in CALLS)
  return first?.event === event ? call : undefined
}
