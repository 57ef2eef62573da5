import type { AnyMachineSnapshot } from 'xstate'
import { newsTapIn } from '../broadcast/news-taps.ts'
import type { Effect, Stamped } from '../engine/definition.ts'
import { stateName } from '../engine/transition.ts'
import { translator } from '../texts/translate.ts'
import { buttonEvent } from './buttons.ts'
import type { ConversationContext } from './context.ts'
import { CONDITIONS, type ConversationMeta, type EventMeta } from './event-meta.ts'
import type { ConversationEvent, StampedConversationEvent, Tap } from './events.ts'
import { type MessageTap, messageTapIn } from './results/message-taps.ts'
import { drawScreen } from './screens/draw.ts'
import type { View } from './screens/screen.ts'

/** A tap this soon after a change of screen was meant for the screen before: a double tap. */
const LATE_MS = 1_500

/** A tap becomes what its button stands for, if the button stands on the current screen. */
export function resolveEvent(view: View, snapshot: AnyMachineSnapshot, event: Stamped): Stamped {
  if (event.type === 'desk.tapped') return called(event as Stamped & AlertTap)
  if (event.type === 'change.tapped') return decided(event as Stamped & ChangeTap)
  if (event.type === 'template.tapped') return begun(event as Stamped & TemplateTapped)
  if (event.type !== 'button.tapped') return event
  const { data, queryId, messageId, at, rnd } = event as Stamped & RawTap
  const screen = drawScreen(snapshot, view)
  const context = snapshot.context as ConversationContext
  const onMessage = messageTapIn(data)
  const meant =
    newsTapIn(data) ??
    (onMessage !== undefined
      ? afterDouble(onMessage, stateName(snapshot.value), context, at)
      : ((screen === null ? undefined : buttonEvent(screen, data)) ?? {
          type: at - context.leftAt < LATE_MS ? 'tap.late' : 'tap.stale',
        }))
  return { ...meant, at, rnd, tap: tapOf(queryId, messageId) } as StampedConversationEvent
}

/** The second tap on "again", while the first one starts its order or has just done so, is none. */
function afterDouble(
  tap: MessageTap,
  state: string,
  { tracked, jobId }: ConversationContext,
  at: number,
): MessageTap | { type: 'tap.late' } {
  const startedAt = tracked.find(({ id }) => id === jobId)?.startedAt ?? Number.NEGATIVE_INFINITY
  const isStarting = state === 'recalling' || state === 'starting' || at - startedAt < LATE_MS
  return tap.type === 'result.again' && isStarting ? { type: 'tap.late' } : tap
}

type RawTap = Extract<ConversationEvent, { type: 'button.tapped' }>
type AlertTap = Extract<ConversationEvent, { type: 'desk.tapped' }>
type ChangeTap = Extract<ConversationEvent, { type: 'change.tapped' }>
type TemplateTapped = Extract<ConversationEvent, { type: 'template.tapped' }>

const tapOf = (queryId: string, messageId: number | null | undefined): Tap => ({
  queryId,
  ...(messageId == null ? {} : { messageId }),
})

/** The button of an alert belongs to no screen: it opens its list whatever is shown. */
const called = ({ list, queryId, messageId, at, rnd }: Stamped & AlertTap): Stamped =>
  ({ type: 'desk.called', list, at, rnd, tap: tapOf(queryId, messageId) }) as Stamped

/** So do the buttons below what the provider changed. */
const decided = ({ id, decision, queryId, messageId, at, rnd }: Stamped & ChangeTap): Stamped =>
  ({ type: 'change.decided', id, decision, at, rnd, tap: tapOf(queryId, messageId) }) as Stamped
/** The button below an admin's own result belongs to no screen, either. */
const begun = ({ jobId, queryId, messageId, at, rnd }: Stamped & TemplateTapped): Stamped =>
  ({ type: 'template.begun', jobId, at, rnd, tap: tapOf(queryId, messageId) }) as Stamped

/**
 * What follows from every event, as `meta.events` of the states says: a tap is answered, and the
 * screen is drawn when it may have changed and after every message, so that nothing stays unanswered.
 */
export function derivedEffects(
  view: View,
  before: AnyMachineSnapshot | undefined,
  event: Stamped | undefined,
  after: AnyMachineSnapshot,
): Effect<'telegram.render' | 'telegram.answer'>[] {
  const { context } = after as { context: ConversationContext }
  const { chatId } = context
  const { screen, toast } = metaOf(after, event as StampedConversationEvent | undefined)
  const { tap } = (event ?? {}) as { tap?: Tap }
  const render = (params: Record<string, unknown>): Effect<'telegram.render'> => ({
    type: 'telegram.render',
    params: { chatId, ...params },
  })
  if (tap !== undefined) {
    const { queryId, messageId } = tap
    const text = toast === undefined ? null : translator(context.language)(toast)
    const answer: Effect<'telegram.answer'> = { type: 'telegram.answer', params: { queryId, text } }
    if (screen === 'below') return [answer, render({ below: true })]
    // Nothing to draw while something is worked out: the event that ends the wait draws.
    if (screen === 'not' || drawScreen(after, view) === null) return [answer]
    return [answer, render({ below: false, ...(messageId === undefined ? {} : { messageId }) })]
  }
  if (screen === 'below') return [render({ below: true })]
  if (screen === 'not' || drawScreen(after, view) === null) return []
  if (screen === 'below, if shown') return [render({ below: true })]
  return isSameScreen(view, before, after) ? [] : [render({ below: false })]
}

/** What the active states say of an event; an inner state's word counts more than an outer one's. */
function metaOf(after: AnyMachineSnapshot, event: StampedConversationEvent | undefined): EventMeta {
  if (event === undefined) return {}
  const metas = Object.values(after.getMeta() as Record<string, ConversationMeta | undefined>)
  const wanted = metas
    .map((meta): EventMeta => meta?.events[event.type] ?? {})
    .filter((meta) => meta.if === undefined || CONDITIONS[meta.if](event, after.context))
  return Object.assign({}, ...wanted)
}

const isSameScreen = (
  view: View,
  before: AnyMachineSnapshot | undefined,
  after: AnyMachineSnapshot,
): boolean =>
  before !== undefined &&
  JSON.stringify(drawScreen(before, view)) === JSON.stringify(drawScreen(after, view))
