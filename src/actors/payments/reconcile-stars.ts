import type { Logger } from 'pino'
import {
  missedPayments,
  missedRefunds,
  readLastAudit,
  recordAudit,
  type StoredTransaction,
  unexplainedPayments,
} from '../../store/star-transactions.ts'
import { raiseAlarm } from './payment-alarm.ts'
import type { PaymentRecorder, ReportedPayment } from './payment-recorder.ts'
import { createStarLedger, type StarLedgerDeps } from './star-ledger.ts'

export interface ReconcileDeps extends StarLedgerDeps {
  recorder: PaymentRecorder
  now: () => number
  log: Pick<Logger, 'info' | 'warn'>
}

const DAY = 86_400_000
/** An update may be on its way for a day; the list shows a payment at once. */
const SLOW_MS = 3_600_000
/** A run in the night of the same day counts, however late the one before was. */
const EVERY_MS = 20 * 3_600_000
const NIGHT_HOUR_UTC = 1

/** Whether the nightly comparison should run now. */
function isDue(lastAt: number | undefined, now: number): boolean {
  if (lastAt === undefined || now - lastAt > DAY + EVERY_MS / 4) return true
  return now - lastAt > EVERY_MS && new Date(now).getUTCHours() === NIGHT_HOUR_UTC
}

/**
 * Compares our ledger with Telegram's list of Star transactions. A payment that no update told of is
 * credited, a refund is booked, each once and with an alarm; a payment that the list does not have is
 * an alarm. https://core.telegram.org/bots/api#getstartransactions
 */
export function createStarReconciler({ recorder, now, log, ...rest }: ReconcileDeps) {
  const { db } = rest
  const readStarLedger = createStarLedger(rest)

  async function run(signal: AbortSignal): Promise<void> {
    const startedAt = now()
    const seen = await readStarLedger(signal)
    const payments = await missedPayments(db)
    for (const one of payments) await recorder.recordPayment(reported(one), true)
    const refunds = await missedRefunds(db)
    for (const one of refunds) await recorder.recordRefund(reported(one))
    const unexplained = await unexplainedPayments(db, new Date(startedAt - SLOW_MS))
    for (const id of unexplained) await raiseAlarm(db, now(), { id, code: 'payment.unexplained' })
    const counts = {
      seen,
      missed_payments: payments.length,
      missed_refunds: refunds.length,
      unexplained: unexplained.length,
    }
    await recordAudit(db, { ...counts, finished_at: new Date(now()) })
    log.info(counts, 'Stars compared with the transactions of Telegram')
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

const reported = ({ id, user_id, stars, payload }: StoredTransaction): ReportedPayment => ({
  chargeId: id,
  userId: user_id as number,
  stars,
  payload: payload ?? '',
  language: 'ru',
})
