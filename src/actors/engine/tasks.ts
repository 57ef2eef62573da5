import type { JobHelpers, Task, TaskList } from 'graphile-worker'
import { coerceError, RetryableError, TrtError } from '../../errors.ts'
import { writeDeadLetter } from '../../store/engine/dead-letters.ts'
import { pauseMs, policyOf } from '../effect-policy.ts'
import { type EffectDeps, type EffectHandler, type EffectJob, effectKey } from './effect.ts'

export interface TaskDeps extends Pick<EffectDeps, 'db' | 'log' | 'now'> {
  onDone?: (
    type: string,
    outcome: 'done' | 'repeated' | 'exhausted',
    ms: number,
    job: EffectJob,
  ) => void
  /** An effect will not be tried again; whoever waits for it must be told. */
  onExhausted?: (type: string, job: EffectJob, error: Error) => Promise<void>
}

/** Tries of an effect that fails with something unforeseen: a bug rarely heals by itself. */
const UNFORESEEN_TRIES = 5

/**
 * Effect handlers as tasks of the job queue. What is safe to repeat is put back with its own pause
 * (the queue's own back-off grows to hours); what is not, or was tried too often, goes to the dead
 * letters with its error.
 */
export function createTasks(
  handlers: Record<string, EffectHandler<never>>,
  deps: TaskDeps,
): TaskList {
  const { db, log, now, onDone, onExhausted } = deps
  const tasks: TaskList = {}
  for (const [type, handler] of Object.entries(handlers) as [string, EffectHandler][]) {
    tasks[type] = (async (payload: unknown, helpers: JobHelpers) => {
      const job = payload as EffectJob
      const started = now()
      try {
        await handler(job, helpers.abortSignal ?? new AbortController().signal)
        onDone?.(type, 'done', now() - started, job)
      } catch (thrown) {
        const error = coerceError(thrown)
        const again = mayRepeat(type, job, error)
        onDone?.(type, again ? 'repeated' : 'exhausted', now() - started, job)
        log[again ? 'warn' : 'error']({ effect: type, actor: job.actor, seq: job.seq, err: error })
        if (again) await repeat(type, job, error, helpers)
        else await giveUp(type, job, error)
      }
    }) as Task<string>
  }
  return tasks

  async function repeat(type: string, job: EffectJob, error: Error, helpers: JobHelpers) {
    const askedMs = error instanceof RetryableError ? error.retryAfterMs : undefined
    await helpers.addJob(
      type,
      { ...job, attempt: job.attempt + 1 },
      {
        runAt: new Date(now() + pauseMs(type, job.attempt, askedMs)),
        priority: policyOf(type).priority,
        maxAttempts: 100,
        // A process may die between this and the end of the try: its repetition asks for the same.
        jobKey: `again:${type}:${effectKey(job)}:${job.attempt + 1}`,
      },
    )
  }

  async function giveUp(type: string, job: EffectJob, error: Error) {
    await writeDeadLetter(db, {
      kind: 'effect',
      subject: job.actor,
      key: `${type}:${effectKey(job)}`,
      payload: JSON.stringify(job),
      error: error.message,
    })
    await onExhausted?.(type, job, error)
  }
}

function mayRepeat(type: string, { attempt }: EffectJob, error: Error): boolean {
  const { attempts } = policyOf(type)
  if (error instanceof RetryableError) return attempt < attempts
  return !(error instanceof TrtError) && attempt < Math.min(attempts, UNFORESEEN_TRIES)
}
