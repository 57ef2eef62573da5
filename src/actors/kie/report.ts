import type { TaskReport } from '../../machines/job/events.ts'
import type { TaskStatus } from './status.ts'

/** A status as the job machine hears it; success without anything to show is a failure. */
export function toReport(status: TaskStatus): TaskReport {
  const empty = status.urls.length === 0 && status.text === undefined
  const phase =
    status.phase === 'unknown-keep-waiting'
      ? 'running'
      : status.phase === 'succeeded' && empty
        ? 'failed'
        : status.phase
  return {
    taskId: status.taskId ?? null,
    phase,
    stage: status.stage === '' ? null : status.stage,
    urls: [...status.urls],
    text: status.text ?? null,
    failCode: status.failCode ?? (status.phase === 'succeeded' && empty ? 'empty' : null),
    failMessage: status.failMessage ?? null,
    creditsConsumed: status.creditsConsumed ?? null,
  }
}

/** Identity of a report: a job's success, told by callback and found by poll, is one happening. */
export const reportKey = (jobId: string, report: TaskReport, poll?: number): string =>
  report.phase === 'succeeded' || report.phase === 'failed'
    ? `kie:${jobId}:${report.phase}`
    : `kie:${jobId}:${report.stage ?? report.phase}:${poll ?? 'callback'}`
