import { plausibleCredits } from '../../machines/job/consumed.ts'
import { cleanDetail } from './errors.ts'
import { firstOf, isJson, type Json, loosen, readAmount, readText } from './loose-json.ts'
import { collectResults } from './results.ts'

/** Where a task stands; a word that nobody knows keeps waiting, it never fails a paid task. */
export type Phase = 'waiting' | 'running' | 'succeeded' | 'failed' | 'unknown-keep-waiting'

/** One shape for a read of recordInfo and for the body of a callback. */
export interface TaskStatus {
  readonly taskId: string | undefined
  readonly phase: Phase
  /** The provider's own word for the state, in lower case; empty when there was none. */
  readonly stage: string
  readonly urls: readonly string[]
  readonly text?: string
  readonly failCode?: string
  readonly failMessage?: string
  /** What the task really cost; may be a fraction such as 0.8. */
  readonly creditsConsumed?: number
  /** Unix milliseconds. */
  readonly times: {
    readonly createdAt?: number
    readonly updatedAt?: number
    readonly completedAt?: number
  }
}

/** `stage` of a task that the provider does not know (yet): normal for the first half minute. */
export const NOT_FOUND_STAGE = 'not-found'

const WORDS: Readonly<Record<Exclude<Phase, 'unknown-keep-waiting'>, string>> = {
  waiting: 'waiting wait pending queued queuing queueing in_queue submitted created scheduled',
  running: 'generating running processing in_progress started rendering text_success first_success',
  succeeded: 'success succeeded successful completed complete done finished',
  failed:
    'fail failed failure error errored cancelled canceled aborted rejected expired timeout ' +
    'create_task_failed generate_audio_failed sensitive_word_error',
}

/** Every word seen for a state -> its phase. */
export const PHASES: ReadonlyMap<string, Phase> = new Map(
  Object.entries(WORDS).flatMap(([phase, words]) =>
    words.split(' ').map((word) => [word, phase as Phase] as const),
  ),
)

/** Codes of a callback that reports a failure without a state. */
const FAILURES = new Set([400, 408, 413, 422, 451, 500, 501, 505, 531])

const TASK_ID_KEYS = ['taskId', 'task_id', 'recordId', 'record_id']
const STATE_KEYS = ['state', 'status', 'taskStatus', 'task_status']
const MAX_STAGE_LENGTH = 64
const MAX_ID_LENGTH = 200

const normalise = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .slice(0, MAX_STAGE_LENGTH)

/** The phase for the provider's word, in any case and spelling. */
export const phaseOf = (word: string): Phase =>
  PHASES.get(normalise(word)) ?? 'unknown-keep-waiting'

const readCredits = (value: unknown): number | undefined =>
  plausibleCredits(readAmount(value)) ?? undefined

const readCode = (value: unknown): string | undefined => readText(value)?.slice(0, MAX_STAGE_LENGTH)

const readWord = (value: unknown): string | undefined =>
  typeof value === 'string' ? readText(value) : undefined

const readTaskId = (value: unknown): string | undefined => {
  const id = readText(value)
  return id !== undefined && id.length <= MAX_ID_LENGTH ? id : undefined
}

const readTime = (value: unknown): number | undefined => {
  const time = readAmount(value)
  return time === undefined || time === 0 ? undefined : time
}

/**
 * The objects of a body from the outside in. Bodies came wrapped in arrays and as JSON text; `data`
 * holds the task, so it is asked before the envelope around it.
 */
export const unwrap = (body: unknown): readonly Json[] => {
  const layers: Json[] = []
  let value = loosen(body)
  for (let depth = 0; depth < 6; depth += 1) {
    if (Array.isArray(value)) value = loosen(value.find((item) => isJson(loosen(item))))
    if (!isJson(value)) break
    layers.push(value)
    value = loosen(value.data ?? value.body ?? value.payload)
  }
  const [envelope, data, ...deeper] = layers
  return [data, envelope, ...deeper].filter((layer) => layer !== undefined)
}

/** The task's id wherever a body or a query carries it. */
export const findTaskId = (body: unknown): string | undefined =>
  firstOf(unwrap(body), TASK_ID_KEYS, readTaskId)

const defined = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

const failureCode = (layers: readonly Json[]): number | undefined =>
  firstOf(layers, ['code'], (value) => {
    const code = readAmount(value)
    return code !== undefined && FAILURES.has(code) ? code : undefined
  })

/** A success puts its fields next to `"msg": "success"`, so the envelope speaks for failures only. */
const failureOf = (layers: readonly Json[]): { code?: string; message?: string } => {
  const code = failureCode(layers)
  const from = code === undefined ? [] : ['msg', 'message']
  const own = ['failMsg', 'fail_msg', 'errorMessage', 'error_message']
  const message = firstOf(layers, own, readText) ?? firstOf(layers, from, readText)
  return defined<{ code?: string; message?: string }>({
    code:
      firstOf(layers, ['failCode', 'fail_code', 'errorCode', 'error_code'], readCode) ??
      (code === undefined ? undefined : String(code)),
    message: message === undefined ? undefined : cleanDetail(message),
  })
}

const phaseWithoutWord = (layers: readonly Json[]): Phase =>
  failureCode(layers) === undefined ? 'unknown-keep-waiting' : 'failed'

/** Reads the market family's recordInfo answer or callback, whatever it is; never throws. */
export const parseTaskStatus = (body: unknown): TaskStatus => {
  const layers = unwrap(body)
  const time = (keys: readonly string[]) => firstOf(layers, keys, readTime)
  const word = firstOf(layers, STATE_KEYS, readWord)
  const phase = word === undefined ? phaseWithoutWord(layers) : phaseOf(word)
  const result = firstOf(layers, ['resultJson', 'result_json', 'response', 'info'], (value) =>
    value === null || value === '' ? undefined : value,
  )
  const failure = phase === 'failed' ? failureOf(layers) : {}
  const results =
    phase === 'succeeded' ? collectResults(result ?? layers[0] ?? null) : collectResults(null)
  return defined<TaskStatus>({
    taskId: firstOf(layers, TASK_ID_KEYS, readTaskId),
    phase,
    stage: word === undefined ? '' : normalise(word),
    urls: results.urls,
    text: results.text,
    failCode: failure.code,
    failMessage: failure.message,
    creditsConsumed: firstOf(layers, ['creditsConsumed', 'consumeCredits'], readCredits),
    times: defined<TaskStatus['times']>({
      createdAt: time(['createTime']),
      updatedAt: time(['updateTime']),
      completedAt: time(['completeTime']),
    }),
  })
}
