import Router from '@koa/router'
import { JOB_STATUSES } from '../../machines/job/statuses.ts'
import { countLetters } from '../../store/console/dead-letters.ts'
import { countFailures } from '../../store/console/jobs.ts'
import { countHolds } from '../../store/console/ledger.ts'
import { readQueueDepth } from '../../store/console/queue.ts'
import { countStates } from '../../store/engine/state-counts.ts'
import { healthReport } from '../health.ts'
import type { ConsoleDeps } from './console-deps.ts'
import type { Overview } from './contract.ts'
import { summarize } from './machines-router.ts'
import { countsOf } from './state-counts.ts'

const DAY_MS = 86_400_000

/** How it goes, on one page. */
export function createOverviewRouter(deps: ConsoleDeps): Router {
  const { db, registry, runtime, rates, health, audit, now } = deps
  const router = new Router()
  router.get('/overview', async (context) => {
    const since = new Date(now() - DAY_MS)
    const [states, depth, letters, failures, holds] = await Promise.all([
      countStates(db),
      readQueueDepth(db),
      countLetters(db, since),
      countFailures(db, since, JOB_STATUSES),
      countHolds(db),
    ])
    const { discrepancyKopecks, auditedAt } = audit()
    context.body = {
      health: { ...healthReport(health(), now()) },
      series: rates.series(),
      queues: { ...runtime.stats(), ...depth },
      failures: {
        letters,
        jobs: failures.map(({ code, count }) => ({ errorCode: code, count })),
      },
      ledger: {
        ok: (discrepancyKopecks ?? 0) === 0,
        discrepancyKopecks,
        auditedAt,
        openHolds: holds.count,
        heldKopecks: holds.kopecks,
      },
      machines: registry.all.map((definition) => ({
        ...summarize(definition, states),
        states: Object.values(definition.machine.root.states).flatMap((node) =>
          node.type === 'history' ? [] : node.id,
        ),
        counts: countsOf(definition, states),
      })),
    } satisfies Overview
  })
  return router
}
