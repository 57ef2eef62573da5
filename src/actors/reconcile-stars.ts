import type { Logger } from 'pino'
import type { Db } from '../store/database.ts'
import {
  countTransactions,
  keepTransactions,
  missedPayments,
  missedRefunds,
  type NewTransaction,
  readLastAudit,
  recordAudit,
  type StoredTransaction,
  unexplainedPayments,
} from '../store/star-transactions.ts'
import { type PaymentDesk, type ReportedPayment, raiseAlarm } from './payments.ts'
import type { ApiResult, TelegramApi } from './telegram/api.ts'

export interface ReconcileDeps {
  api: Pick<TelegramApi, 'call'>
  db: Db
  desk: PaymentDesk
  now: () => number
  log: Pick<Logger, 'info' | 'warn'>
}

type Transaction = ApiResult<'getStarTransactions'>['transactions'][number]

const PAGE = 100
/** Rows may move on while they are read: pages overlap, and each row counts once by its id. */
const OVERLAP = 10
const DAY = 86_400_000
/** An update may be on its way for a day; the list shows a payment at once. */
const SLOW_MS = 3_600_000
/** A run in the night of the same day counts, however late the one before was. */
const EVERY_MS = 20 * 3_600_000
const NIGHT_HOUR_UTC = 1

/** Whether the nightly comparison should run now. */
export function isDue(lastAt: number | undefined, now: number): boolean {
  if (lastAt === undefined || now - lastAt > DAY + EVERY_MS / 4) return true
  return now - lastAt > EVERY_MS && new Date(now).getUTCHours() === NIGHT_HOUR_UTC
}

/**
 * Compares our books with Telegram's list of Star transactions. A payment that no update told of is
 * credited, a refund is booked, each once and with an alarm; a payment that the list does not have is
 * an alarm. https://core.telegram.org/bots/api#getstartransactions
 */
export function createStarReconciler({ api, db, desk, now, log }: ReconcileDeps) {
  async function run(signal: AbortSignal): Promise<void> {
    const startedAt = now()
    const seen = await readAll(signal)
    const payments = await missedPayments(db)
    for (const one of payments) await desk.takePayment(reported(one), true)
    const refunds = await missedRefunds(db)
    for (const one of refunds) await desk.takeRefund(reported(one))
    const unexplained = await unexplainedPayments(db, new Date(startedAt - SLOW_MS))
    for (const id of unexplained) await raiseAlarm(db, now(), { id, code: 'payment.unexplained' })
    const counts = {
      seen,
      missed_payments: payments.length,
      missed_refunds: refunds.length,
      unexplained: unexplained.length,
    }
    await recordAudit(db, { ...counts, finished_at: new Date(now()) })
    log.info(counts, 'Stars compared with the books of Telegram')
  }

  /** Reads what is new, whichever way the list is sorted; returns how many rows it saw. */
  async function readAll(signal: AbortSignal): Promise<number> {
    const known = await countTransactions(db)
    let seen = 0
    for (let offset = 0; ; ) {
      const { transactions } = await api.call(
        'getStarTransactions',
        { offset, limit: PAGE },
        { signal },
      )
      if (transactions.length === 0) return seen
      seen += transactions.length
      const fresh = await keepTransactions(db, uniqueRows(transactions))
      if (transactions.length < PAGE) return seen
      const oldestFirst = isAscending(transactions)
      // Newest first: behind a page of nothing new there is nothing new.
      if (oldestFirst === false && fresh === 0) return seen
      const ahead = oldestFirst && offset === 0 ? known - PAGE : 0
      offset = Math.max(offset + PAGE - OVERLAP, ahead)
    }
  }

  return {
    run,
    /** Runs if it is time to; for the one instance that leads. */
    async runIfDue(signal: AbortSignal): Promise<void> {
      const last = await readLastAudit(db)
      if (isDue(last?.finished_at.getTime(), now())) await run(signal)
    },
  }
}

/** Undefined where all are of one moment. */
function isAscending(transactions: readonly Transaction[]): boolean | undefined {
  const first = transactions[0]?.date ?? 0
  const last = transactions.at(-1)?.date ?? 0
  return first === last ? undefined : first < last
}

const uniqueRows = (transactions: readonly Transaction[]): NewTransaction[] => [
  ...new Map(transactions.map(toRow).map((row) => [`${row.direction}:${row.id}`, row])).values(),
]

function toRow({ id, amount, date, source, receiver }: Transaction): NewTransaction {
  const partner = source ?? receiver
  const isUser = partner?.type === 'user'
  return {
    id,
    direction: source === undefined ? 'out' : 'in',
    kind: isUser ? partner.transaction_type : (partner?.type ?? 'unknown'),
    user_id: isUser ? partner.user.id : null,
    stars: amount,
    payload: isUser && 'invoice_payload' in partner ? (partner.invoice_payload ?? null) : null,
    happened_at: new Date(date * 1_000),
  }
}

const reported = ({ id, user_id, stars, payload }: StoredTransaction): ReportedPayment => ({
  chargeId: id,
  userId: user_id as number,
  stars,
  payload: payload ?? '',
  language: 'ru',
})
