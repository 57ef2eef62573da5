import { createHash } from 'node:crypto'
import type { EventObject } from 'xstate'
import type { CrashAt } from '../../actors/crash-points.ts'
import type { Envelope, Receipt } from '../../actors/engine/envelope.ts'
import { storable } from '../../actors/engine/storable.ts'
import type { PaymentRecorder } from '../../actors/payments/payment-recorder.ts'
import { coerceError } from '../../errors.ts'
import { conversationId } from '../../machines/conversation/actor-id.ts'
import type { TelegramInput } from '../../machines/conversation/input.ts'
import type { NewDeadLetter } from '../../store/engine/dead-letters.ts'
import { conversationEvent } from './conversation-event.ts'
import type { Dispatcher } from './dispatch.ts'
import { createHopelessUpdates } from './hopeless-updates.ts'
import type { PaymentInput } from './translate.ts'

/** The first event of a conversation that it makes, behind the step that makes it. */
const FIRST_STEP = 2

export interface InputDeps {
  botId: number
  /** Whether this person may administer, by now. */
  isStaff?: (userId: number) => boolean
  send: (envelope: Envelope) => Promise<Receipt>
  deadLetter: (letter: NewDeadLetter) => Promise<unknown>
  crashAt: CrashAt
  /** Takes what is said in the chat of the staff; false: it is somebody's dialogue. */
  toDesk?: (input: TelegramInput) => Promise<boolean>
  /** Whether this person is one of the users. Whoever is not leaves nothing by blocking the bot. */
  isUser?: (userId: number) => Promise<boolean>
  /** True for whoever may not use the bot: nothing comes of what they do. */
  isStopped?: (input: TelegramInput) => Promise<boolean>
  /** Notes how Telegram names a person, unless that is known; false: it is. */
  noteName?: (input: TelegramInput, given?: { begins: boolean }) => Promise<boolean>
  /** Notes in which topic of their chat a person speaks. */
  noteTopic?: (chatId: number, threadId: number | undefined) => Promise<unknown>
}

/** What the dispatcher does with an input: a committed step of the user's conversation. */
export function createOnInput({ botId, isStaff = () => false, send, ...deps }: InputDeps) {
  const { noteTopic, noteName, isStopped, isUser, toDesk } = deps
  return async (input: TelegramInput): Promise<void> => {
    const actor = conversationId(botId, input.chatId)
    const key = `tg:${input.updateId}`
    if (await toDesk?.(input)) return
    if (await isStopped?.(input)) return
    if (input.kind === 'blocked' && (await isUser?.(input.userId)) === false) return
    await noteTopic?.(input.chatId, input.threadId)
    const event = conversationEvent(input, isStaff(input.userId))
    const [receipt, isNoted] = await Promise.all([send({ actor, key, event }), noteName?.(input)])
    const begins = receipt.outcome === 'committed' && receipt.seq <= FIRST_STEP
    if (begins && isNoted === false) await noteName?.(input, { begins })
    if (receipt.outcome === 'refused' || receipt.outcome === 'poisoned') {
      // The event is kept for us; the user is told, and sees where they are.
      const hiccup: EventObject = { type: 'engine.hiccup' }
      await send({ actor, key: `hiccup:${input.updateId}`, event: hiccup })
    }
  }
}

/** What the dispatcher does with a payment: booked, or kept for a person to look at. */
export function createOnPayment({
  recorder,
  deadLetter,
  alarm,
}: {
  recorder: PaymentRecorder
  deadLetter: InputDeps['deadLetter']
  alarm: (about: { id: string; code: string }) => Promise<void>
}) {
  return async ({ updateId, what, currency, payment }: PaymentInput): Promise<void> => {
    if (currency === 'XTR') {
      await (what === 'paid' ? recorder.recordPayment(payment) : recorder.recordRefund(payment))
      return
    }
    // We never ask for another currency, so nobody can say what it is worth.
    await deadLetter({
      kind: 'update',
      subject: 'payment',
      key: `tg:${updateId}`,
      payload: JSON.stringify({ what, currency, payment }),
      error: `paid in ${currency}`,
    })
    await alarm({ id: payment.chargeId, code: 'payment.currency' })
  }
}

/**
 * Takes one update. Resolves when what it means is committed, or when it is kept as unreadable or as
 * one that can't be committed, however often it is tried; rejects when neither could be done, so that
 * the sender repeats. Waits for the dispatcher.
 */
export function createAccept(
  dispatcher: Promise<Dispatcher>,
  { deadLetter, crashAt }: Pick<InputDeps, 'deadLetter' | 'crashAt'>,
) {
  const hopeless = createHopelessUpdates()

  async function keepHopeless(update: unknown, id: number, thrown: unknown): Promise<void> {
    const error = coerceError(thrown)
    if (!hopeless.failed(id, error)) throw error
    await deadLetter({
      kind: 'update',
      subject: 'telegram',
      key: `tg:${id}`,
      payload: JSON.stringify({ raw: JSON.stringify(update) }),
      error: `could not be committed: ${storable(error.message).value}`,
    })
  }

  return async (update: unknown): Promise<void> => {
    crashAt('update.received')
    const id = Number((update as { update_id?: unknown } | null)?.update_id)
    const handled = (await dispatcher).handle(update)
    const translation = await (Number.isSafeInteger(id)
      ? handled.catch((thrown) => keepHopeless(update, id, thrown))
      : handled)
    if (Number.isSafeInteger(id)) hopeless.committed(id)
    if (translation === undefined) return
    if (translation.kind === 'malformed') {
      const digest = createHash('sha256').update(translation.raw).digest('hex').slice(0, 32)
      await deadLetter({
        kind: 'update',
        subject: 'telegram',
        key: translation.updateId === null ? digest : `tg:${translation.updateId}`,
        payload: JSON.stringify({ raw: translation.raw }),
        error: translation.reason,
      })
    }
    crashAt('update.committed')
  }
}
