import type { JobHelpers, Task, TaskList } from 'graphile-worker'
import { coerceError, RetryableError, TerminalError, TrtError } from '../../errors.ts'
import { writeDeadLetter } from '../../store/engine/dead-letters.ts'
import {
  type BoundEffect,
  type EffectDeclaration,
  type EffectJob,
  type EngineDeps,
  effectKey,
  pauseMs,
} from './effect.ts'

export interface TaskDeps extends Pick<EngineDeps, 'db' | 'log' | 'now'> {
  runtime: Pick<EngineDeps['runtime'], 'send'>
  onDone?: (
    type: string,
    outcome: 'done' | 'repeated' | 'exhausted',
    ms: number,
    job: EffectJob,
  ) => void
}

/** Tries of an effect that fails with something unforeseen: a bug rarely heals by itself. */
const UNFORESEEN_TRIES = 5

/**
 * Effects as tasks of the job queue. What is safe to repeat is put back with its own pause (the
 * queue's own back-off grows to hours); what is not, or was tried too often, goes to the dead letters
 * with its error, and the actor that waits for it is told.
 */
export function createTasks(effects: readonly BoundEffect[], deps: TaskDeps): TaskList {
  const { runtime, db, log, now, onDone } = deps
  const tasks: TaskList = {}
  for (const { declaration, handler } of effects) {
    const { name } = declaration
    tasks[name] = (async (payload: unknown, helpers: JobHelpers) => {
      const job = payload as EffectJob
      const started = now()
      try {
        const params = checked(declaration, job)
        await handler({ ...job, params }, helpers.abortSignal ?? new AbortController().signal)
        onDone?.(name, 'done', now() - started, job)
      } catch (thrown) {
        const error = coerceError(thrown)
        const again = mayRepeat(declaration, job, error)
        onDone?.(name, again ? 'repeated' : 'exhausted', now() - started, job)
        log[again ? 'warn' : 'error']({ effect: name, actor: job.actor, seq: job.seq, err: error })
        if (again) await repeat(declaration, job, error, helpers)
        else await giveUp(declaration, job, error)
      }
    }) as Task<string>
  }
  return tasks

  async function repeat(
    { name, patience }: EffectDeclaration,
    job: EffectJob,
    error: Error,
    helpers: JobHelpers,
  ) {
    const askedMs = error instanceof RetryableError ? error.retryAfterMs : undefined
    await helpers.addJob(
      name,
      { ...job, attempt: job.attempt + 1 },
      {
        runAt: new Date(now() + pauseMs(patience, job.attempt, askedMs)),
        priority: patience.priority,
        maxAttempts: 100,
        // A process may die between this and the end of the try: its repetition asks for the same.
        jobKey: `again:${name}:${effectKey(job)}:${job.attempt + 1}`,
      },
    )
  }

  async function giveUp({ name, exhausted }: EffectDeclaration, job: EffectJob, error: Error) {
    await writeDeadLetter(db, {
      kind: 'effect',
      subject: job.actor,
      key: `${name}:${effectKey(job)}`,
      payload: JSON.stringify(job),
      error: error.message,
    })
    if (exhausted === null) return
    const { actor, params } = job
    const key = `given-up:${name}:${effectKey(job)}`
    await runtime.send({ actor, key, event: exhausted(params) })
  }
}

/** The job's parameters as its handler takes them; throws `effect.malformed`. */
function checked({ name, params }: EffectDeclaration, job: EffectJob): Record<string, unknown> {
  const { success, data, error } = params.safeParse(job.params)
  if (success) return data
  const detail = `${name}: ${error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`
  throw new TerminalError('effect.malformed', { detail })
}

function mayRepeat({ patience }: EffectDeclaration, { attempt }: EffectJob, error: Error): boolean {
  const { attempts } = patience
  if (error instanceof RetryableError) return attempt < attempts
  return !(error instanceof TrtError) && attempt < Math.min(attempts, UNFORESEEN_TRIES)
}
