import type { AnyMachineSnapshot } from 'xstate'
import type { Effect, Stamped } from '../engine/definition.ts'
import { translator } from '../texts/translate.ts'
import { buttonEvent } from './buttons.ts'
import type { ConversationContext } from './context.ts'
import type { ConversationEvent, StampedConversationEvent, Tap } from './events.ts'
import { drawScreen } from './screens/draw.ts'
import type { View } from './screens/screen.ts'

/** A tap this soon after a change of screen was meant for the screen before: a double tap. */
const LATE_MS = 1_500

/** A tap becomes what its button stands for, if the button stands on the current screen. */
export function resolveEvent(view: View, snapshot: AnyMachineSnapshot, event: Stamped): Stamped {
  if (event.type === 'desk.tapped') return called(event as Stamped & AlertTap)
  if (event.type !== 'button.tapped') return event
  const { data, queryId, messageId, at, rnd } = event as Stamped & RawTap
  const screen = drawScreen(snapshot, view)
  const { leftAt } = snapshot.context as ConversationContext
  const meant = (screen === null ? undefined : buttonEvent(screen, data)) ?? {
    type: at - leftAt < LATE_MS ? 'tap.late' : 'tap.stale',
  }
  return { ...meant, at, rnd, tap: tapOf(queryId, messageId) } as StampedConversationEvent
}

type RawTap = Extract<ConversationEvent, { type: 'button.tapped' }>
type AlertTap = Extract<ConversationEvent, { type: 'desk.tapped' }>

const tapOf = (queryId: string, messageId: number | null | undefined): Tap => ({
  queryId,
  ...(messageId == null ? {} : { messageId }),
})

/** The button of an alert stands on no screen: it leads to its list whatever is shown. */
const called = ({ list, queryId, messageId, at, rnd }: Stamped & AlertTap): Stamped =>
  ({ type: 'desk.called', list, at, rnd, tap: tapOf(queryId, messageId) }) as Stamped

const MESSAGE = /^(command\.|text\.|media\.received|unsupported\.)/
/** Worth a new message below the last one: who waits is called back, and sees where they are. */
const CALLS_BACK = new Set([
  'job.delivered',
  'job.failed',
  'engine.hiccup',
  'topup.failed',
  'result.sent',
])

/**
 * What follows from every event whatever the state: a tap is answered, and the screen is drawn when
 * it may have changed and whenever the user sent something, so that nothing is met by silence.
 */
export function derivedEffects(
  view: View,
  before: AnyMachineSnapshot | undefined,
  event: Stamped | undefined,
  after: AnyMachineSnapshot,
): Effect<'telegram.render' | 'telegram.answer'>[] {
  const { chatId } = after.context as ConversationContext
  const { type = '', tap } = (event ?? {}) as { type?: string; tap?: Tap }
  const render = (params: Record<string, unknown>): Effect<'telegram.render'> => ({
    type: 'telegram.render',
    params: { chatId, ...params },
  })
  // A message is followed by the screen even where it shows nothing new: it belongs below.
  if (MESSAGE.test(type)) return [render({ below: true })]
  if (tap !== undefined) {
    const { queryId, messageId } = tap
    const answer: Effect<'telegram.answer'> = {
      type: 'telegram.answer',
      params: { queryId, text: toast(type, after) },
    }
    // Nothing to draw while something is worked out: the event that ends the wait draws.
    if (type === 'tap.late' || drawScreen(after, view) === null) return [answer]
    return [answer, render({ below: false, ...(messageId === undefined ? {} : { messageId }) })]
  }
  // Even with nothing to draw yet: what comes next belongs below the receipt.
  if (type === 'topup.credited' || isReceipt(event)) return [render({ below: true })]
  if (drawScreen(after, view) === null) return []
  if (CALLS_BACK.has(type)) return [render({ below: true })]
  return isSameScreen(view, before, after) ? [] : [render({ below: false })]
}

/** An admin reads of a receipt below the receipt itself. */
const isReceipt = (event: Stamped | undefined): boolean => {
  const { type, card } = (event ?? {}) as Partial<Extract<ConversationEvent, { card: unknown }>>
  return type === 'case.read' && card != null && 'receipt' in card
}

const isSameScreen = (
  view: View,
  before: AnyMachineSnapshot | undefined,
  after: AnyMachineSnapshot,
): boolean =>
  before !== undefined &&
  JSON.stringify(drawScreen(before, view)) === JSON.stringify(drawScreen(after, view))

/** The words that pop up over the chat for a moment, for taps that did nothing. */
function toast(type: string, snapshot: AnyMachineSnapshot): string | null {
  const { context } = snapshot
  const value: unknown = snapshot.value
  const t = translator((context as ConversationContext).language)
  if (type === 'tap.stale') return t('hint.staleToast')
  const busy = value === 'starting' || value === 'watching'
  return type === 'tap.late' && busy ? t(`hint.${value}`) : null
}
