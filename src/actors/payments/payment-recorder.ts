import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { RetryableError } from '../../errors.ts'
import type { Language } from '../../machines/texts/translate.ts'
import { kopecksFor } from '../../machines/topup/amounts.ts'
import type { TopupInput } from '../../machines/topup/context.ts'
import { topupActor } from '../../machines/topup/definition.ts'
import type { TopupEvent } from '../../machines/topup/events.ts'
import type { Db } from '../../store/db.ts'
import { writeDeadLetter } from '../../store/engine/dead-letters.ts'
import { isJournaled } from '../../store/engine/journal.ts'
import { MOVED_BEFORE, NOT_ENOUGH_MONEY, readAccount } from '../../store/ledger.ts'
import { readPayment } from '../../store/topups.ts'
import type { Envelope, Receipt } from '../engine/envelope.ts'
import { raiseAlarm } from './payment-alarm.ts'

/** Stars that Telegram says were paid to us, or went back. */
export interface ReportedPayment {
  chargeId: string
  /** Who paid, whoever was meant to. */
  userId: number
  stars: number
  /** What we once wrote into the invoice, or anything. */
  payload: string
  language: Language
}

export interface PaymentRecorderDeps {
  send: (envelope: Envelope) => Promise<Receipt>
  db: Db
  botId: number
  starsPerRub: number
  now: () => number
  log: Pick<Logger, 'error'>
}

/** Whatever takes money away at the same moment is soon done. */
const REFUND_TRIES = 5
/** All that was paid; as a payment may just be on its way, nothing that is read says how much. */
const ALL_OF_IT = Number.MAX_SAFE_INTEGER

/**
 * Books what Telegram reports, from an update or from its list of transactions: once per charge id,
 * however often and from however many sides it is heard. Resolves when it is durable; rejects only
 * retryably. What can't be booked is kept among the dead letters, and the operator is told.
 */
export function createPaymentRecorder(deps: PaymentRecorderDeps) {
  const { send, db, botId, starsPerRub, now, log } = deps

  /** Credits a payment. `missed`: no update told of it. */
  async function recordPayment(payment: ReportedPayment, missed = false): Promise<void> {
    const { chargeId, userId, stars } = payment
    const event: TopupEvent = { type: 'payment.received', chargeId, userId, stars, missed }
    const key = `paid:${chargeId}`
    const receipt = await sendTo(payment, key, event)
    // Another top-up has it: two would be one too many.
    if (receipt.outcome === 'refused' && receipt.constraint === MOVED_BEFORE) return
    await check(payment, key, event, receipt)
  }

  /** Books a refund, by whomever it was begun: as much of it as the account still holds. */
  async function recordRefund(payment: ReportedPayment): Promise<void> {
    const { chargeId, userId, stars } = payment
    const key = `refunded:${chargeId}`
    for (let tries = 1; ; tries += 1) {
      const known = await readPayment(db, chargeId)
      const left = async () => (await readAccount(db, known?.user_id ?? userId)).available_kopecks
      const bookedKopecks = tries === 1 ? ALL_OF_IT : tries < REFUND_TRIES ? await left() : 0
      const event: TopupEvent = { type: 'refund.reported', chargeId, userId, stars, bookedKopecks }
      const receipt = known
        ? await send({ actor: topupActor(known.invoice_id), key, event })
        : await sendTo(payment, key, event)
      const changed = receipt.outcome === 'refused' && receipt.constraint === NOT_ENOUGH_MONEY
      if (changed) continue
      // Closed, and perhaps archived: long after any refund was seen. A person takes the money back.
      const isClosed = receipt.outcome === 'ended' || receipt.outcome === 'unknown-actor'
      if (!known || !isClosed) return await check(payment, key, event, receipt)
      if (known.state === 'refunded') return
      await keep(topupActor(known.invoice_id), key, event, 'its top-up is closed')
      return await raiseAlarm(db, now(), { id: chargeId, code: 'payment.unbooked' })
    }
  }

  /**
   * To the top-up that the payload names. One that nobody knows gets a top-up of its own, and so does
   * one whose top-up was closed since: the ledger knows it if it was credited there.
   */
  async function sendTo(payment: ReportedPayment, key: string, event: TopupEvent) {
    const { payload } = payment
    if (/^[\w-]{1,64}$/.test(payload)) {
      const actor = topupActor(payload)
      const receipt = await send({ actor, key, event })
      if (receipt.outcome === 'ended' && (await isJournaled(db, actor, key))) return receipt
      if (receipt.outcome !== 'unknown-actor' && receipt.outcome !== 'ended') return receipt
    }
    const input = foundTopup(payment)
    const actor = topupActor(input.id)
    await send({ actor, key: 'begun', event: { type: 'actor.begun' }, input })
    return send({ actor, key, event })
  }

  const foundTopup = ({ chargeId, userId, stars, language }: ReportedPayment): TopupInput => ({
    id: `found-${createHash('sha256').update(chargeId).digest('hex').slice(0, 32)}`,
    way: 'found',
    botId,
    userId,
    language,
    kopecks: kopecksFor(stars, starsPerRub),
    stars,
    at: now(),
  })

  async function check(
    payment: ReportedPayment,
    key: string,
    event: TopupEvent,
    receipt: Receipt,
  ): Promise<void> {
    if (['committed', 'duplicate', 'ended'].includes(receipt.outcome)) return
    const { chargeId, payload } = payment
    const actor = topupActor(payload.slice(0, 64))
    log.error({ key, outcome: receipt.outcome }, 'a payment could not be booked')
    if (receipt.outcome === 'refused') {
      await keep(actor, key, event, `refused by ${receipt.constraint}`)
    }
    await raiseAlarm(db, now(), { id: chargeId, code: 'payment.unbooked' })
    // A top-up that was begun a moment ago can't be unknown; if it is, the sender comes again.
    if (receipt.outcome === 'unknown-actor') throw new RetryableError('database.unavailable')
  }

  async function keep(actor: string, key: string, event: TopupEvent, error: string) {
    const letter = { kind: 'event', subject: actor, key, error } as const
    await writeDeadLetter(db, { ...letter, payload: JSON.stringify({ actor, key, event }) })
  }

  return { recordPayment, recordRefund }
}

export type PaymentRecorder = ReturnType<typeof createPaymentRecorder>
