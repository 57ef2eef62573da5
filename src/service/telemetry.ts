import type { Receipt } from '../actors/engine/envelope.ts'
import type { Runtime, RuntimeDeps } from '../actors/engine/runtime.ts'
import type { TaskDeps } from '../actors/engine/tasks.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Db } from '../store/db.ts'
import { readOwed } from '../store/debts.ts'
import { readJob } from '../store/jobs.ts'
import { reconcile, troubles } from '../store/reconcile.ts'
import { readLastAudit } from '../store/star-transactions.ts'
import type { Console } from './console.ts'

/** Why something lies among the dead letters. */
export type DeadReason = 'poisoned' | 'refused' | 'exhausted' | 'unreadable' | 'callback'

/** What the parts of the service report, on the instruments of `/metrics`. */
export function createTelemetry(
  metrics: Metrics,
  { db, now, watch }: { db: Db; now: () => number; watch?: Console | undefined },
) {
  let audited: { discrepancyKopecks: number | null; auditedAt: number | null } = {
    discrepancyKopecks: null,
    auditedAt: null,
  }

  function countDead(reason: DeadReason): void {
    metrics.deadLetters.inc({ reason })
    watch?.onDead()
  }

  /** From the order's row to now; asked after the fact, so that no delivery waits for it. */
  async function timeDelivery(actor: string): Promise<void> {
    const job = await readJob(db, actor.slice('job:'.length))
    if (job) metrics.deliverySeconds.observe((now() - job.created_at.getTime()) / 1_000)
  }

  return {
    countDead,
    onStep: ((batch) => {
      const { actors, ms } = batch
      watch?.onStep(batch)
      metrics.commitSteps.observe(actors)
      metrics.stepSeconds.observe(ms / 1_000)
    }) satisfies NonNullable<RuntimeDeps['onStep']>,
    onReceipt: (machine: string, outcome: Receipt['outcome']) => {
      metrics.steps.inc({ machine, outcome })
    },
    onDone: ((type, outcome, ms, job) => {
      const { actor } = job
      watch?.onDone(type, outcome, ms, job)
      metrics.effects.inc({ type, outcome })
      metrics.effectSeconds.observe({ type }, ms / 1_000)
      if (outcome === 'exhausted') countDead('exhausted')
      if (type !== 'telegram.deliver') return
      metrics.deliveries.inc({ outcome })
      if (outcome === 'done') void timeDelivery(actor).catch(() => {})
    }) satisfies NonNullable<TaskDeps['onDone']>,
    /** Sets the gauges that cost nothing; called for every scrape. */
    refresh: ({ mailboxes, waiting }: ReturnType<Runtime['stats']>) => {
      metrics.queue.set({ queue: 'mailboxes' }, mailboxes)
      metrics.queue.set({ queue: 'waiting' }, waiting)
    },
    /** Looks through the books and sets their gauges; called now and then. Returns what is wrong. */
    audit: async () => {
      const findings = await reconcile(db)
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
