import { configurationOf } from '../../machines/engine/configuration.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import { isJob } from '../../machines/job/statuses.ts'
import type { ActorHead } from '../../store/console/actors.ts'
import type { LetterHead } from '../../store/console/dead-letters.ts'
import type { JobHead } from '../../store/console/jobs.ts'
import type { ActionName, ActorSummary, JobItem, LetterItem } from './contract.ts'

/** Whether this operator may do it; what may not be done is not offered. */
export type Allowed = (name: ActionName) => boolean

/** An actor's row as lists show it. */
export const toActorSummary = ({ all }: Registry, row: ActorHead): ActorSummary => ({
  actor: row.id,
  machine: row.machine,
  state: row.state,
  configuration: configurationIn(all, row),
  status: row.status,
  version: row.version,
  createdAt: row.created_at.getTime(),
  updatedAt: row.updated_at.getTime(),
})

/** Rows of machines that are gone have none. */
function configurationIn(all: Registry['all'], { machine, state }: ActorHead): string[] {
  const definition = all.find(({ id }) => id === machine)
  return definition === undefined ? [] : configurationOf(definition.machine, state)
}

/** A job's row as lists show it, with what may be done about it. */
export const toJobItem = (row: JobHead, may: Allowed): JobItem => ({
  id: row.id,
  actor: `job:${row.id}`,
  userId: row.user_id,
  chatId: row.chat_id,
  modelId: row.model_id,
  status: row.status,
  priceKopecks: row.price_kopecks,
  credits: row.credits,
  creditsConsumed: row.credits_consumed,
  taskId: row.task_id,
  errorCode: row.error_code,
  courtesy: row.courtesy,
  createdAt: row.created_at.getTime(),
  updatedAt: row.updated_at.getTime(),
  actions: jobActions(row).filter(may),
})

/** What the job's machine would take; the machine itself decides when it is asked. */
function jobActions(row: JobHead): ActionName[] {
  const { status, has_result, task_id, price_kopecks, courtesy, refunded } = row
  const isFailed = isJob(status, 'failed')
  const isPaid = price_kopecks > 0 && !isFailed && !courtesy && !refunded
  return [
    ...(has_result ? (['job.redeliver'] as const) : []),
    ...(isJob(status, 'reconcilable') && task_id !== null ? (['job.reconcile'] as const) : []),
    ...(isPaid ? (['job.refund'] as const) : []),
  ]
}

/** A dead letter as lists show it. */
export const toLetterItem = (row: LetterHead, may: Allowed): LetterItem => ({
  id: row.id,
  kind: row.kind,
  subject: row.subject,
  actor: actorOf(row),
  key: row.key,
  error: row.error,
  createdAt: row.created_at.getTime(),
  replayedAt: row.replayed_at?.getTime() ?? null,
  actions: (row.kind === 'snapshot' || row.replayed_at !== null
    ? (['user.reveal'] as const)
    : (['letter.replay', 'user.reveal'] as const)
  ).filter(may),
})

function actorOf({ kind, subject }: LetterHead): string | null {
  if (kind === 'update') return null
  return kind === 'callback' ? `job:${subject}` : subject
}
