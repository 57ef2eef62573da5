import Router from '@koa/router'
import type { Context } from 'koa'
import { parseCallback } from '../../actors/kie/families.ts'
import { storableText } from '../../actors/kie/loose-json.ts'
import { findTaskId, type TaskStatus, unwrap } from '../../actors/kie/status.ts'
import { coerceError, RetryableError, TrtError } from '../../errors.ts'
import { readBody } from '../telegram/read-body.ts'
import { isFresh, PROBE_JOB, verifyJob, verifyToken, verifyWebhook } from './callback-proof.ts'

/** `unknown`: no job has this id or this task. */
export type ReportOutcome = 'stored' | 'unknown'

export interface KieCallbackDeps {
  /** KIE_CALLBACK_PATH, without a leading slash. */
  readonly path: string
  /** Keys of `signJob`: the present one, and those of before a rotation. */
  readonly jobKeys: readonly string[]
  readonly token: string | undefined
  readonly hmacKey: string | undefined
  readonly now: () => number
  /** The body is proven to be for this job: its status is used. Resolves when it is committed. */
  readonly onTaskReport: (report: {
    readonly jobId: string
    readonly status: TaskStatus
    readonly raw: string
  }) => Promise<ReportOutcome>
  /** Something happened to this task; the body is not proven, so the provider must be asked. */
  readonly onTaskHint: (hint: { readonly taskId: string }) => Promise<ReportOutcome>
  /** Keeps what nobody could use, for replay. */
  readonly storeRaw: (callback: {
    readonly reason: RawReason
    readonly raw: string
    readonly jobId?: string
    readonly taskId?: string
  }) => Promise<void>
  readonly metrics: {
    readonly callback4xx: () => void
    readonly jobNotFound: () => void
  }
  readonly log: {
    readonly info: (facts: object, message: string) => void
    readonly warn: (facts: object, message: string) => void
    readonly error: (facts: object, message: string) => void
  }
}

type RawReason = 'malformed' | 'too-large' | 'job-not-found' | 'failed'

/** What proves that the callback is genuine; only a job's own signature proves its body too. */
type Proof = { readonly jobId: string } | { readonly jobId?: undefined }

const MAX_BYTES = 1_048_576
const RETRY_AFTER_S = 5

const single = (value: string | string[] | undefined): string =>
  typeof value === 'string' ? value : ''

const signatureOf = (context: Context) => ({
  timestamp: context.get('X-Webhook-Timestamp'),
  signature: context.get('X-Webhook-Signature'),
})

/** Proofs that need no body. */
const proveByAddress = (deps: KieCallbackDeps, context: Context): Proof | undefined => {
  const jobId = single(context.query.job)
  const sig = single(context.query.sig)
  if (jobId !== '' && sig !== '' && deps.jobKeys.some((key) => verifyJob(key, jobId, sig)))
    return { jobId }
  return verifyToken(deps.token, context.get('X-KIE-Callback-Token')) ? {} : undefined
}

const proveByTask = (deps: KieCallbackDeps, context: Context, taskId: string | undefined) =>
  taskId !== undefined && verifyWebhook(deps.hmacKey, signatureOf(context), taskId, deps.now())
    ? {}
    : undefined

const parse = (raw: string): unknown => {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}

const hasMeaning = ({ taskId, phase, stage }: TaskStatus): boolean =>
  taskId !== undefined || stage !== '' || phase !== 'unknown-keep-waiting'

interface Callback {
  readonly proof: Proof
  readonly raw: string
  readonly body: unknown
  readonly taskId: string | undefined
  readonly isTooLarge?: boolean
  /** Of the request that brought it, as in its answer's X-Request-Id. */
  readonly requestId?: string | undefined
}

const NOTHING_READ = { raw: '', body: undefined, taskId: undefined, isTooLarge: true } as const

/** Undefined when the callback has been taken, else why it can only be kept. */
const take = async (
  deps: KieCallbackDeps,
  { proof, raw, body, taskId, isTooLarge, requestId }: Callback,
): Promise<RawReason | undefined> => {
  if (isTooLarge) return 'too-large'
  if (unwrap(body).length === 0) return 'malformed'
  if (proof.jobId === undefined) {
    if (taskId === undefined) return 'malformed'
    deps.log.info({ taskId, requestId }, 'KIE_CALLBACK')
    return (await deps.onTaskHint({ taskId })) === 'unknown' ? 'job-not-found' : undefined
  }
  const status = parseCallback(body)
  const { phase, stage } = status
  deps.log.info({ job: proof.jobId, taskId, phase, stage, requestId }, 'KIE_CALLBACK')
  if (!hasMeaning(status)) return 'malformed'
  if (status.phase === 'unknown-keep-waiting')
    deps.log.warn({ job: proof.jobId, stage: status.stage }, 'callback with an unknown state')
  const outcome = await deps.onTaskReport({ jobId: proof.jobId, status, raw })
  return outcome === 'unknown' ? 'job-not-found' : undefined
}

/** A callback that fails for good is kept like one that nobody could use: it must not come again. */
const takeOrKeep = async (deps: KieCallbackDeps, callback: Callback): Promise<void> => {
  const reason = await take(deps, callback).catch((thrown: unknown): RawReason => {
    if (thrown instanceof RetryableError) throw thrown
    if (thrown instanceof TrtError && thrown.code === 'actor.unknown') return 'job-not-found'
    deps.log.error(
      { job: callback.proof.jobId, reason: coerceError(thrown).message },
      'callback failed',
    )
    return 'failed'
  })
  if (reason !== undefined) await keep(deps, callback, reason)
}

const keep = async (
  deps: KieCallbackDeps,
  callback: Callback,
  reason: RawReason,
): Promise<void> => {
  const { proof, raw, taskId } = callback
  if (reason === 'job-not-found') deps.metrics.jobNotFound()
  const counted = reason === 'job-not-found' ? { callback_job_not_found_count: 1 } : {}
  deps.log.warn({ job: proof.jobId, taskId, reason, ...counted }, 'callback kept for replay')
  await deps.storeRaw({
    reason,
    raw,
    ...(proof.jobId === undefined ? {} : { jobId: proof.jobId }),
    ...(taskId === undefined ? {} : { taskId }),
  })
}

const refuse = (deps: KieCallbackDeps, context: Context): void => {
  deps.metrics.callback4xx()
  context.status = 401
}

/** Asks the provider to come again: what is not stored must not be answered with 200. */
const askAgain = (deps: KieCallbackDeps, context: Context, thrown: unknown): void => {
  const error = coerceError(thrown)
  deps.log.error({ reason: error.message }, 'callback not stored')
  const ms = error instanceof RetryableError ? error.retryAfterMs : undefined
  context.set('Retry-After', String(ms === undefined ? RETRY_AFTER_S : Math.ceil(ms / 1000)))
  context.status = 503
}

const readCallback = async (
  deps: KieCallbackDeps,
  context: Context,
): Promise<Callback | 'forged' | 'aborted'> => {
  const proof = proveByAddress(deps, context)
  // Strangers are sent away before their body is read, unless its task id may still prove them.
  if (proof === undefined && !isFresh(signatureOf(context), deps.now())) return 'forged'
  const read = await readBody(context.req, MAX_BYTES)
  if (read === 'aborted') return 'aborted'
  if (read === 'too-large') return proof === undefined ? 'forged' : { ...NOTHING_READ, proof }
  const raw = storableText(read.toString('utf8'))
  const body = parse(raw)
  const taskId = findTaskId(body) ?? findTaskId(context.query)
  const proven = proof ?? proveByTask(deps, context, taskId)
  return proven === undefined ? 'forged' : { proof: proven, raw, body, taskId }
}

/**
 * `POST /{KIE_CALLBACK_PATH}`. A stranger gets 401 and leaves no trace; a genuine callback gets 200
 * once it is stored — used, or kept for replay when nobody can use it — and 503 until then.
 */
export const createKieCallbackRouter = (deps: KieCallbackDeps): Router => {
  const router = new Router()
  router.post(`/${deps.path.replace(/^\/+/, '')}`, async (context) => {
    const callback = await readCallback(deps, context)
    if (callback === 'forged') return refuse(deps, context)
    if (callback === 'aborted') return askAgain(deps, context, new Error('The body broke off.'))
    if (callback.proof.jobId === PROBE_JOB) {
      context.body = { ok: true, probe: true }
      return
    }
    try {
      await takeOrKeep(deps, { ...callback, requestId: context.state.requestId })
      context.body = { ok: true }
    } catch (thrown) {
      askAgain(deps, context, thrown)
    }
  })
  return router
}
