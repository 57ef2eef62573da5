import type { Logger } from 'pino'
import type { EventObject } from 'xstate'
import { coerceError, RetryableError, TerminalError, TrtError } from '../../errors.ts'
import { writeDeadLetter } from '../../store/engine/dead-letters.ts'
import type { EngineDb } from '../../store/engine/tables.ts'
import {
  type BoundEffect,
  type EffectAnswer,
  type EffectDeclaration,
  type EffectJob,
  effectKey,
  pauseMs,
} from './effect.ts'
import type { Envelope, Receipt } from './envelope.ts'

export interface AttemptDeps {
  db: EngineDb
  send: (envelope: Envelope) => Promise<Receipt>
  now: () => number
  log: Pick<Logger, 'warn' | 'error'>
  onDone?: ((type: string, outcome: EffectOutcome, ms: number, job: EffectJob) => void) | undefined
}

/** How a try ended: it was done, will be repeated, or will not be tried again. */
export type EffectOutcome = 'done' | 'repeated' | 'exhausted'

/**
 * What is to become of an effect after a try; `over`: nothing, whether it worked or not, unless what is
 * still being `stored` turns out to be out of date.
 */
export type Attempt =
  | { over: true; stored?: Promise<boolean> | undefined }
  | { over: false; pauseMs: number }

const isDatabaseAway = (error: Error) =>
  error instanceof RetryableError && error.code === 'database.unavailable'

/** Tries of an effect that fails with something unforeseen: a bug rarely heals by itself. */
const UNFORESEEN_TRIES = 5

/**
 * Tries an effect once. What is safe to repeat is to be tried again after a pause; what is not, or was
 * tried too often, goes to the dead letters with its error, and the actor that waits for it is told.
 * Rejects only when that could not be stored; then the same try may be made again.
 */
export async function attemptEffect(
  { declaration, handler }: Pick<BoundEffect, 'declaration' | 'handler'>,
  job: EffectJob,
  deps: AttemptDeps,
  signal: AbortSignal,
): Promise<Attempt> {
  const { now, log, onDone } = deps
  const { name, patience, delivery } = declaration
  const started = now()
  try {
    const storing = await handler({ ...job, params: checked(declaration, job) }, signal)
    onDone?.(name, 'done', now() - started, job)
    return { over: true, stored: storing?.stored }
  } catch (thrown) {
    const error = coerceError(thrown)
    const again = delivery !== 'ephemeral' && mayRepeat(declaration, job, error)
    onDone?.(name, again ? 'repeated' : 'exhausted', now() - started, job)
    log[again ? 'warn' : 'error']({ effect: name, actor: job.actor, seq: job.seq, err: error })
    if (!again) return await exhaust(declaration, job, error, deps)
    const askedMs = error instanceof RetryableError ? error.retryAfterMs : undefined
    return { over: false, pauseMs: pauseMs(patience, job.attempt, askedMs) }
  }
}

/** The answer to a question that nobody has committed yet; rejects when there is none just now. */
export async function answerAtOnce(
  { declaration, answer }: { declaration: EffectDeclaration; answer: EffectAnswer },
  job: EffectJob,
  { now, onDone }: Pick<AttemptDeps, 'now' | 'onDone'>,
): Promise<EventObject> {
  const started = now()
  const event = await answer({ ...job, params: checked(declaration, job) })
  onDone?.(declaration.name, 'done', now() - started, job)
  return event
}

async function exhaust(
  { name, exhausted, delivery }: EffectDeclaration,
  job: EffectJob,
  error: Error,
  { db, send }: AttemptDeps,
): Promise<Attempt> {
  const { actor, params } = job
  // Worthless by now: nobody would replay it.
  if (delivery !== 'ephemeral') {
    await writeDeadLetter(db, {
      kind: 'effect',
      subject: actor,
      key: `${name}:${effectKey(job)}`,
      payload: JSON.stringify(job),
      error: error.message,
    })
  }
  if (exhausted !== null) {
    const key = `given-up:${name}:${effectKey(job)}`
    await send({ actor, key, event: exhausted(params) })
  }
  return { over: true }
}

function checked({ name, params }: EffectDeclaration, job: EffectJob): Record<string, unknown> {
  const { success, data, error } = params.safeParse(job.params)
  if (success) return data
  const detail = `${name}: ${error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`
  throw new TerminalError('effect.malformed', { detail })
}

function mayRepeat({ patience }: EffectDeclaration, { attempt }: EffectJob, error: Error): boolean {
  const { attempts } = patience
  // Says nothing of the effect; nothing could be noted or told without the database either.
  if (isDatabaseAway(error)) return true
  if (error instanceof RetryableError) return attempt < attempts
  return !(error instanceof TrtError) && attempt < Math.min(attempts, UNFORESEEN_TRIES)
}
