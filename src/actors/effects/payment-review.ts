import { z } from 'zod'
import { conversationId } from '../../machines/conversation/actor-id.ts'
import {
  REVIEW_LISTS,
  type ReviewCard,
  type ReviewLine,
  type ReviewList,
  type ReviewOutcome,
} from '../../machines/conversation/admin/payment-review.ts'
import type { Staff } from '../../machines/conversation/admin/roles.ts'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { topupActor } from '../../machines/topup/definition.ts'
import type { TopupEvent } from '../../machines/topup/events.ts'
import { REVIEWABLE } from '../../machines/topup/statuses.ts'
import { NOT_ENOUGH_MONEY, readAccount } from '../../store/ledger.ts'
import { findPayments } from '../../store/payment-review.ts'
import {
  closeRefundRequest,
  readRefundRequest,
  readRefundRequests,
} from '../../store/refund-requests.ts'
import {
  readInvoice,
  readPayment,
  readReviews,
  type StoredInvoice,
  type StoredPayment,
} from '../../store/topups.ts'
import { type EffectJob, effectKey } from '../engine/effect.ts'
import { together } from '../engine/together.ts'
import type { TelegramApi } from '../telegram/api.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { createAdminGate } from './admin.ts'
import { journalled } from './admin-journal.ts'
import { ASKED, chatTurn, declareEffect, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'
import { sendReceipt } from './send-receipt.ts'

export interface PaymentReviewDeps extends EffectDeps {
  api: TelegramApi
  flood: FloodGate
  staff: Staff
  botId: number
}

const listSchema = z.enum(REVIEW_LISTS)

const casesSchema = z.object({
  userId: z.int(),
  list: listSchema,
  find: z.string().nullable(),
  page: z.int(),
})
const caseSchema = z.object({
  userId: z.int(),
  chatId: z.int(),
  list: listSchema,
  id: z.string(),
})
const decideSchema = z.object({
  userId: z.int(),
  id: z.string(),
  intent: z.enum(['refund', 'decline', 'approve', 'reject']),
  reason: z.string().nullable(),
})

type CaseParams = z.infer<typeof caseSchema>
type DecideParams = z.infer<typeof decideSchema>

/** As many as fit on a screen with room for words. */
const SHOWN = 7

/**
 * What admins see of payments and decide about them. Every decision is made once: by the state of
 * the top-up or of the request, whoever else decides at the same time, and however often this runs.
 */
export function createPaymentReviewHandlers(deps: PaymentReviewDeps) {
  const { runtime, db, now, log, botId } = deps
  const forAdmins = createAdminGate(deps.staff, 'money')

  const tell = (job: EffectJob<unknown>, event: ConversationEvent) =>
    runtime.send({ actor: job.actor, key: `admin:${effectKey(job)}`, event })

  return {
    'admin.cases': forAdmins<z.infer<typeof casesSchema>>(async (job) => {
      const { list, find, page } = job.params
      const rows = await linesOf(list, find, page)
      const shown = rows.slice(0, SHOWN)
      const more = rows.length > SHOWN
      await tell(job, { type: 'cases.read', list, find, page, rows: shown, more })
    }),

    'admin.case': forAdmins<CaseParams>(async (job, signal) => {
      const { list, id } = job.params
      const card = await (list === 'receipts' ? receiptCard(job, signal) : paymentCard(id))
      await tell(job, { type: 'case.read', id, card })
    }),

    'admin.decide': forAdmins<DecideParams>(async (job) => {
      const { userId, id, intent } = job.params
      log.info({ admin: userId, case: id, intent }, 'an admin decides about a payment')
      const why = job.params.reason ?? `Decided by button: ${intent}.`
      const outcome = await journalled(
        deps,
        { userId, name: `payment.${intent}`, target: `payment:${id}`, why },
        () => decide(job),
        (detail) => ({
          outcome: detail === 'gone' || detail === 'spent' ? 'refused' : 'done',
          detail,
        }),
      )
      // Of a bank transfer, the top-up tells what became of it.
      if (outcome !== null) await tell(job, { type: 'desk.decided', id, outcome })
    }),
  }

  async function linesOf(
    list: ReviewList,
    find: string | null,
    page: number,
  ): Promise<ReviewLine[]> {
    const limit = SHOWN + 1
    const offset = page * SHOWN
    if (list === 'receipts')
      return (await readReviews(db, REVIEWABLE, limit, offset)).map(transferLine)
    const payments =
      list === 'requests'
        ? await readRefundRequests(db, limit, offset)
        : await findPayments(db, find, { limit, offset })
    return payments.map(paymentLine)
  }

  async function paymentCard(chargeId: string): Promise<ReviewCard | null> {
    const payment = await readPayment(db, chargeId)
    if (payment === undefined) return null
    const account = await readAccount(db, payment.user_id)
    const request = await readRefundRequest(db, chargeId)
    return {
      payment: {
        ...paymentLine(payment),
        state: payment.state,
        debtKopecks: payment.debt_kopecks,
        debtPaidKopecks: payment.debt_paid_kopecks,
        ownKopecks: account.available_kopecks,
        bonusKopecks: account.bonus_kopecks,
        asked: request?.state ?? null,
      },
    }
  }

  /** With the receipt itself in the chat, once for each time that it is opened. */
  async function receiptCard(
    job: EffectJob<CaseParams>,
    signal: AbortSignal,
  ): Promise<ReviewCard | null> {
    const { id, chatId } = job.params
    const invoice = await readInvoice(db, id)
    if (invoice === undefined || invoice.receipt_file_id === null) return null
    const file = { kind: invoice.receipt_kind ?? 'document', fileId: invoice.receipt_file_id }
    const key = `receipt:${effectKey(job)}`
    const isShown = await sendReceipt(deps, { key, chatId, ...file }, signal)
    return { receipt: { ...transferLine(invoice), sameAs: invoice.receipt_same_as, isShown } }
  }

  function decide(job: EffectJob<DecideParams>): Promise<ReviewOutcome | null> {
    const { intent } = job.params
    if (intent === 'refund') return refund(job)
    return intent === 'decline' ? decline(job) : review(job)
  }

  async function refund(job: EffectJob<DecideParams>): Promise<ReviewOutcome> {
    const { userId: adminId, id: chargeId, reason } = job.params
    const payment = await readPayment(db, chargeId)
    if (payment === undefined) return 'gone'
    const why = reason === null ? {} : { reason }
    const event: TopupEvent = { type: 'refund.requested', chargeId, adminId, ...why }
    const actor = topupActor(payment.invoice_id)
    const receipt = await runtime.send({ actor, key: `refund:${effectKey(job)}`, event })
    if (receipt.outcome === 'refused' && receipt.constraint === NOT_ENOUGH_MONEY) return 'spent'
    // Whoever was first is in the row; with a duplicate it may have been this very effect.
    const [after, invoice] = await Promise.all([
      readPayment(db, chargeId),
      readInvoice(db, payment.invoice_id),
    ])
    if (!after || after.refunds === 0 || invoice?.admin_id !== adminId) return 'gone'
    await closeRefundRequest(db, chargeId, { state: 'granted', by: adminId, at: new Date(now()) })
    return 'refunding'
  }

  async function decline(job: EffectJob<DecideParams>): Promise<ReviewOutcome> {
    const { userId: by, id: chargeId, reason } = job.params
    const payment = await readPayment(db, chargeId)
    const at = new Date(now())
    const request = await closeRefundRequest(db, chargeId, { state: 'declined', by, at })
    if (payment === undefined || request?.state !== 'declined' || request.decided_by !== by) {
      return 'gone'
    }
    const { kopecks, stars } = payment
    const event = { type: 'refund.declined', kopecks, stars, reason: reason ?? '' } as const
    const actor = conversationId(botId, request.user_id)
    await runtime.send({ actor, key: `declined:${chargeId}`, event })
    return 'declined'
  }

  async function review(job: EffectJob<DecideParams>): Promise<ReviewOutcome | null> {
    const { userId: adminId, id, intent } = job.params
    const type = intent === 'approve' ? 'review.approved' : 'review.rejected'
    const event: TopupEvent = { type, adminId }
    const key = `review:${effectKey(job)}`
    const receipt = await runtime.send({ actor: topupActor(id), key, event })
    return ['unknown-actor', 'ended', 'refused'].includes(receipt.outcome) ? 'gone' : null
  }
}

const paymentLine = (payment: StoredPayment): ReviewLine => ({
  id: payment.charge_id,
  userId: payment.user_id,
  kopecks: payment.kopecks,
  stars: payment.stars,
  state: payment.state,
  at: payment.created_at.getTime(),
})

const transferLine = (invoice: StoredInvoice): ReviewLine => ({
  id: invoice.id,
  userId: invoice.user_id,
  kopecks: invoice.kopecks,
  stars: 0,
  state: invoice.status,
  at: invoice.created_at.getTime(),
})

const handlersOf = together(createPaymentReviewHandlers)

export const paymentReviewEffects = [
  declareEffect({
    name: 'admin.cases',
    params: casesSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    exhausted: null,
    handler: (deps: PaymentReviewDeps) => handlersOf(deps)['admin.cases'],
  }),
  declareEffect({
    name: 'admin.case',
    params: caseSchema,
    delivery: 'once',
    queue: 'admin',
    patience: ASKED,
    turn: chatTurn,
    exhausted: null,
    handler: (deps: PaymentReviewDeps) => handlersOf(deps)['admin.case'],
  }),
  declareEffect({
    name: 'admin.decide',
    params: decideSchema,
    delivery: 'once',
    queue: 'admin',
    patience: { attempts: 200, maxPauseMs: 5 * SECOND },
    exhausted: null,
    handler: (deps: PaymentReviewDeps) => handlersOf(deps)['admin.decide'],
  }),
] as const
