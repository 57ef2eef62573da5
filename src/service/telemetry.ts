import { createCache } from '../actors/engine/lru.ts'
import type { Runtime } from '../actors/engine/runtime.ts'
import type { Worker } from '../actors/engine/worker.ts'
import type { Metrics } from '../http/metrics.ts'
import { JOB_STATUSES } from '../machines/job/statuses.ts'
import type { LifecycleView } from '../machines/lifecycle/machine.ts'
import { readWaiting } from '../store/database-facts.ts'
import type { Db } from '../store/db.ts'
import { readOwed } from '../store/debts.ts'
import { readJob } from '../store/jobs.ts'
import { readBalance, readHourlyUse } from '../store/provider-account.ts'
import { reconcile, troubles } from '../store/reconcile.ts'
import { readLastAudit } from '../store/star-transactions.ts'
import type { Reports } from './engine-reports.ts'
import { PROBLEMS } from './problems.ts'

const MODES = ['booting', 'active', 'passive', 'draining'] as const
/** Stands for "no end in sight": infinity would break averages and thresholds. */
const FOREVER_H = 10_000
/** Orders whose report is remembered until they are delivered. */
const REPORTED_KEPT = 1_000

/** What the engine reports, and what the audit finds, on the instruments of `/metrics`. */
export function createTelemetry(
  metrics: Metrics,
  { db, now, reports }: { db: Db; now: () => number; reports: Reports },
) {
  let audited: { discrepancyKopecks: number | null; auditedAt: number | null } = {
    discrepancyKopecks: null,
    auditedAt: null,
  }

  /** From the order's row to now; asked after the fact, so that no delivery waits for it. */
  async function timeDelivery(actor: string): Promise<void> {
    const job = await readJob(db, actor.slice('job:'.length))
    if (job) metrics.deliverySeconds.observe((now() - job.created_at.getTime()) / 1_000)
  }

  reports.on('dead letter', (reason) => metrics.deadLetters.inc({ reason }))
  reports.on('step', ({ actors, ms }) => {
    metrics.commitSteps.observe(actors)
    metrics.stepSeconds.observe(ms / 1_000)
  })
  reports.on('receipt', (machine, outcome) => metrics.steps.inc({ machine, outcome }))
  reports.on('effect', (type, outcome, ms, { actor }) => {
    metrics.effects.inc({ type, outcome })
    metrics.effectSeconds.observe({ type }, ms / 1_000)
    if (type !== 'telegram.deliver') return
    metrics.deliveries.inc({ outcome })
    if (outcome === 'done') void timeDelivery(actor).catch(() => {})
  })

  const reported = createCache<number>(REPORTED_KEPT)
  reports.on('order', (step, job, { model, sinceMs }) => {
    metrics.orders.inc({ model: String(model), outcome: step })
    if (typeof sinceMs !== 'number') return
    if (step === 'created') metrics.createSeconds.observe(sinceMs / 1_000)
    if (step === 'reported') reported.set(job, sinceMs)
    const since = reported.get(job)
    if (step !== 'delivered' || since === undefined) return
    metrics.deliveryLagSeconds.observe((sinceMs - since) / 1_000)
    reported.delete(job)
  })

  return {
    /** Reads what only database and Telegram know, and sets its gauges; called now and then. */
    sample: async (pendingUpdates: () => Promise<number>) => {
      const { deadLetters, timerOverdueS, effectOverdueS } = await readWaiting(db)
      metrics.deadLettersOpen.set(deadLetters)
      metrics.timerOverdue.set(timerOverdueS ?? 0)
      metrics.effectOverdue.set(effectOverdueS ?? 0)
      const { credits = null } = (await readBalance(db)) ?? {}
      const perHour = await readHourlyUse(db)
      if (credits !== null) metrics.providerCredits.set(credits)
      const hours = credits === null || perHour === 0 ? FOREVER_H : credits / perHour
      metrics.providerRunway.set(Math.min(FOREVER_H, hours))
      metrics.pendingUpdates.set(await pendingUpdates())
    },
    /** Sets the gauges that cost nothing; called for every scrape. */
    refresh: ({
      stats: { mailboxes, waiting },
      queues,
      aheadMs,
      problems,
      lifecycle,
    }: {
      stats: ReturnType<Runtime['stats']>
      queues: ReturnType<Worker['queues']>
      aheadMs: number | null
      problems: Readonly<Record<string, string>>
      lifecycle: Pick<LifecycleView, 'mode' | 'lockAcquired'>
    }) => {
      metrics.leader.set(lifecycle.lockAcquired ? 1 : 0)
      for (const mode of MODES) metrics.mode.set({ mode }, mode === lifecycle.mode ? 1 : 0)
      metrics.queue.set({ queue: 'mailboxes' }, mailboxes)
      metrics.queue.set({ queue: 'waiting' }, waiting)
      for (const [queue, { slots: _, ...states }] of Object.entries(queues)) {
        for (const [state, n] of Object.entries(states))
          metrics.effectQueue.set({ queue, state }, n)
      }
      metrics.clockAhead.set((aheadMs ?? 0) / 1_000)
      for (const name of PROBLEMS) metrics.problem.set({ name }, name in problems ? 1 : 0)
    },
    /** Compares ledger and accounts and sets their gauges; called regularly. Returns what is wrong. */
    audit: async () => {
      const findings = await reconcile(db, JOB_STATUSES)
      metrics.ledgerDiscrepancy.set(findings.balances)
      audited = { discrepancyKopecks: findings.balances, auditedAt: now() }
      for (const [check, size] of Object.entries(findings)) {
        metrics.reconcileFindings.set({ check }, size)
      }
      metrics.owed.set(await readOwed(db))
      const stars = await readLastAudit(db)
      metrics.starAuditTime.set((stars?.finished_at.getTime() ?? 0) / 1_000)
      metrics.starFindings.set({ kind: 'payment' }, stars?.missed_payments ?? 0)
      metrics.starFindings.set({ kind: 'refund' }, stars?.missed_refunds ?? 0)
      metrics.starFindings.set({ kind: 'unexplained' }, stars?.unexplained ?? 0)
      return troubles(findings)
    },
    /** What the last audit found. */
    audited: () => audited,
  }
}

export type Telemetry = ReturnType<typeof createTelemetry>
