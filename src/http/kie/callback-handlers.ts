import { createHash } from 'node:crypto'
import type { CrashAt } from '../../actors/crash-points.ts'
import type { Runtime } from '../../actors/engine/runtime.ts'
import type { KieClient } from '../../actors/kie/client.ts'
import { familyOf } from '../../actors/kie/families.ts'
import { reportKey, toReport } from '../../actors/kie/report.ts'
import type { TaskStatus } from '../../actors/kie/status.ts'
import { TerminalError } from '../../errors.ts'
import { modelById } from '../../machines/catalogue/catalogue.ts'
import type { Db } from '../../store/db.ts'
import { writeDeadLetter } from '../../store/engine/dead-letters.ts'
import { findJobByTask } from '../../store/jobs.ts'
import type { KieCallbackDeps, ReportOutcome } from './callback.ts'

/** What genuine callbacks do: a step of their job, or a place among the dead letters. */
export function createCallbackHandlers({
  runtime,
  db,
  kie,
  crashAt,
}: {
  runtime: Runtime
  db: Db
  kie: KieClient
  crashAt: CrashAt
}): Pick<KieCallbackDeps, 'onTaskReport' | 'onTaskHint' | 'storeRaw'> {
  async function report(jobId: string, status: TaskStatus): Promise<ReportOutcome> {
    crashAt('callback.received')
    const told = toReport(status)
    const receipt = await runtime.send({
      actor: `job:${jobId}`,
      key: reportKey(jobId, told),
      event: { type: 'task.reported', report: told } as { type: string },
    })
    crashAt('callback.committed')
    if (receipt.outcome === 'refused') {
      throw new TerminalError('database.refused', { detail: receipt.constraint })
    }
    return receipt.outcome === 'unknown-actor' ? 'unknown' : 'stored'
  }

  return {
    onTaskReport: ({ jobId, status }) => report(jobId, status),
    async onTaskHint({ taskId }) {
      const job = await findJobByTask(db, taskId)
      const model = job && modelById(job.model_id)
      if (job === undefined || model === undefined) return 'unknown'
      const { statusEndpoint, parseStatus: parse } = familyOf(model)
      return report(job.id, await kie.readTask(statusEndpoint, taskId, { parse }))
    },
    async storeRaw({ reason, raw, jobId, taskId }) {
      const digest = createHash('sha256').update(raw).digest('hex').slice(0, 32)
      await writeDeadLetter(db, {
        kind: 'callback',
        subject: jobId ?? taskId ?? 'unknown',
        key: digest,
        payload: JSON.stringify({ raw }),
        error: reason,
      })
    },
  }
}
