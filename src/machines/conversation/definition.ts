import type { AnyMachineSnapshot, EventObject } from 'xstate'
import type { Definition, Effect, Stamped } from '../definition.ts'
import { translator } from '../texts/translate.ts'
import { buttonEvent } from './buttons.ts'
import type { ConversationContext, ConversationInput } from './context.ts'
import type { StampedConversationEvent, Tap } from './events.ts'
import { conversationMachine } from './machine.ts'
import { drawScreen } from './screens/draw.ts'
import { failureText } from './screens/run.ts'
import type { View } from './screens/screen.ts'

type Args = { context: ConversationContext; event: StampedConversationEvent }

/** The conversation of a chat with a bot. */
export const conversationId = (botId: number, chatId: number): string =>
  `conversation:${botId}:${chatId}`

/** The conversation machine with its effects, for screens drawn with these settings. */
export const createConversationDefinition = (view: View): Definition => ({
  id: 'conversation',
  version: 1,
  machine: conversationMachine,
  effects: {
    'quote.request': ({ context }: Args) => ({
      userId: context.userId,
      modelId: context.draft?.modelId,
      answers: context.draft?.answers,
    }),
    'job.start': ({ context }: Args) => ({
      jobId: context.jobId,
      userId: context.userId,
      chatId: context.chatId,
      language: context.language,
      modelId: context.draft?.modelId,
      answers: context.draft?.answers,
      priceKopecks: context.quote?.priceKopecks,
    }),
    'balance.request': ({ context }: Args) => ({ userId: context.userId }),
    'telegram.notice': ({ context, event }: Args) => ({
      chatId: context.chatId,
      text: noticeText(context, event),
    }),
  },
  inputOf: (actorId, event): ConversationInput => {
    const [, botId, chatId] = actorId.split(':').map(Number) as [number, number, number]
    const { languageCode } = event as EventObject & { languageCode?: string }
    return { botId, chatId, userId: chatId, languageCode }
  },
  receive: (snapshot, event) => receive(view, snapshot, event),
  reflexes: (before, event, after) => reflexes(view, before, event, after),
  project: (snapshot) => {
    const { userId, language, blocked } = snapshot.context as ConversationContext
    return { table: 'users', row: { id: userId, language, blocked } }
  },
})

/** A tap becomes what its button stands for, if the button stands on the current screen. */
function receive(view: View, snapshot: AnyMachineSnapshot, event: Stamped): Stamped {
  if (event.type !== 'button.tapped') return event
  const { data, queryId, at, rnd } = event as Stamped & { data: string; queryId: string }
  const screen = drawScreen(snapshot, view)
  const meant = screen === null ? undefined : buttonEvent(screen, data)
  return { ...(meant ?? { type: 'tap.stale' }), at, rnd, tap: { queryId } } as unknown as Stamped
}

const FROM_USER = /^(command\.|text\.|media\.|unsupported\.)/
/** Shown below what the user last saw arrive, not by changing a message far above. */
const BELOW = new Set(['tap.stale', 'job.delivered', 'engine.hiccup'])

/**
 * What follows from every event whatever the state: a tap is answered, and the screen is drawn when
 * it changed or when the user sent something, so that nothing is ever met by silence.
 */
function reflexes(
  view: View,
  before: AnyMachineSnapshot | undefined,
  event: Stamped | undefined,
  after: AnyMachineSnapshot,
): Effect[] {
  const { chatId, language } = after.context as ConversationContext
  const effects: Effect[] = []
  const tap = (event as { tap?: Tap } | undefined)?.tap
  if (tap !== undefined) {
    const text = event?.type === 'tap.stale' ? translator(language)('hint.staleToast') : null
    effects.push({ type: 'telegram.answer', params: { queryId: tap.queryId, text } })
  }
  const type = event?.type ?? ''
  const wasShown = before === undefined ? null : JSON.stringify(drawScreen(before, view))
  const changed = wasShown !== JSON.stringify(drawScreen(after, view))
  const fromUser = FROM_USER.test(type)
  if (changed || fromUser || type === 'tap.stale') {
    const below = fromUser || (BELOW.has(type) && changed) || type === 'tap.stale'
    effects.push({ type: 'telegram.render', params: { chatId, below } })
  }
  return effects
}

/** Words for a job's end that the user is not looking at. */
function noticeText(context: ConversationContext, event: StampedConversationEvent): string {
  const t = translator(context.language)
  if (event.type === 'job.failed') {
    return failureText(event.error, event.refundKopecks, context.language)
  }
  return event.type === 'job.refused' ? t(`preview.refused.${event.reason}`) : t('hint.hiccup')
}
