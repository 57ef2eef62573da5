import type { Spent } from './budget.ts'

/** One generation from the confirmation to the picture in the chat. */
export interface RunReport {
  readonly ok: boolean
  readonly jobId: string | null
  readonly taskId: string | null
  /** From the confirmation to the provider's answer that it has the task. */
  readonly ttfbMs: number | null
  readonly totalMs: number
  /** How the bot learned that the task was done. */
  readonly via: 'callback' | 'poll' | null
  /** The job's row was found in the database, with its end. */
  readonly stored: boolean
  /** Exactly one result stands in the chat. */
  readonly delivered: boolean
  readonly error: string | null
}

export type Verdict = 'STABLE' | 'UNSTABLE' | 'FAILED'

export interface ModelReport {
  readonly model: string
  readonly chatId: number
  readonly required: readonly string[]
  readonly runs: readonly RunReport[]
}

/** What was counted outside of the runs; null: it could not be read, which is never a success. */
export interface Counters {
  readonly callback4xx: number | null
  readonly jobNotFound: number | null
  /** Accounts with money that is still on hold. */
  readonly openHolds: number | null
}

/** All models through one way in. */
export interface PassReport extends Counters {
  readonly botMode: 'webhook' | 'polling'
  readonly models: readonly ModelReport[]
  /** What a real run has cost; absent from a dry run. */
  readonly credits?: Spent
}

export const verdictOf = ({ runs }: ModelReport): Verdict => {
  const passed = runs.filter(({ ok }) => ok).length
  if (passed === 0) return 'FAILED'
  return passed === runs.length ? 'STABLE' : 'UNSTABLE'
}

/** Everything stable, and nothing refused, lost or left open. */
export const isGreen = (passes: readonly PassReport[]): boolean =>
  passes.length > 0 &&
  passes.every(
    (pass) =>
      pass.models.length > 0 &&
      pass.models.every((model) => verdictOf(model) === 'STABLE') &&
      pass.callback4xx === 0 &&
      pass.jobNotFound === 0 &&
      pass.openHolds === 0,
  )

const RULE = '='.repeat(60)

const seconds = (ms: number, digits: number) => `${(ms / 1000).toFixed(digits)}s`

/** The block of one model. */
export function modelLines(model: ModelReport): string[] {
  const verdict = verdictOf(model)
  const last = model.runs.at(-1)
  const lines = [
    RULE,
    `[INFO] Testing ${model.model}: [${model.required.map((f) => `'${f}'`).join(', ')}]`,
    ...model.runs.flatMap(runLines),
  ]
  const took = last === undefined ? '' : ` (${seconds(last.totalMs, 1)})`
  if (verdict === 'STABLE') return [...lines, `✅ ${model.model}: done${took}`]
  const mark = verdict === 'UNSTABLE' ? '⚠️' : '❌'
  const error = model.runs.find((run) => !run.ok)?.error ?? 'no run'
  return [...lines, `${mark} ${model.model}: ${verdict}: ${error}`]
}

function runLines(run: RunReport): string[] {
  const id = run.taskId === null ? null : `${run.taskId.slice(0, 8)}...`
  const ttfb = run.ttfbMs === null ? '?' : seconds(run.ttfbMs, 2)
  return [
    ...(id === null ? [] : [`[INFO] Task created: ${id} (TTFB: ${ttfb})`]),
    ...(run.stored ? ['[INFO] ✅ Job found in storage'] : ['[ERROR] No finished job in storage']),
    ...(run.via === null ? [] : [`[INFO] ✅ STORAGE-FIRST | Job done via ${run.via}`]),
    ...(run.delivered ? ['[INFO] ✅ Result in the chat'] : ['[ERROR] No result in the chat']),
    ...(run.error === null ? [] : [`[ERROR] ${run.error}`]),
  ]
}

/** What all models together came to. */
export function passLines(pass: PassReport, { real }: { real: boolean }): string[] {
  const { passed, failed, runs, delivered, avgTtfbMs, avgTotalMs, chatIds } = totalsOf(pass)
  const average = (ms: number | null) => (ms === null ? '-' : seconds(ms, 2))
  const known = (count: number | null) => (count === null ? 'unknown' : String(count))
  return [
    RULE,
    `SUMMARY: ${passed}/${pass.models.length} passed, ${failed} failed`,
    ...pass.models.map((model) => `  ${model.model}: ${verdictOf(model)}`),
    '',
    'METRICS:',
    `  callback_4xx: ${known(pass.callback4xx)}`,
    `  job_not_found: ${known(pass.jobNotFound)}`,
    `  open_holds: ${known(pass.openHolds)}`,
    `  avg_ttfb: ${average(avgTtfbMs)}`,
    `  avg_total_time: ${average(avgTotalMs)}`,
    `  telegram_delivery: ${delivered}/${runs}${runs > 0 ? ` (${Math.round((100 * delivered) / runs)}%)` : ''}`,
    ...(pass.credits === undefined
      ? []
      : [
          `  credits: ${pass.credits.consumed} consumed, ${pass.credits.quoted} quoted, ${pass.credits.max} allowed`,
        ]),
    `${real ? 'Check your Telegram' : 'Look into the stand-in'} (chat_id=${chatIds.join(', ')}) ` +
      `for ${delivered} results`,
  ]
}

/** The whole check as one object. */
export const jsonReport = (passes: readonly PassReport[], { real }: { real: boolean }) => ({
  ok: isGreen(passes),
  kind: real ? 'real' : 'dry-run',
  passes: passes.map((pass) => {
    const totals = totalsOf(pass)
    return {
      bot_mode: pass.botMode,
      summary: { models: pass.models.length, passed: totals.passed, failed: totals.failed },
      metrics: {
        callback_4xx: pass.callback4xx,
        job_not_found: pass.jobNotFound,
        open_holds: pass.openHolds,
        avg_ttfb_ms: totals.avgTtfbMs,
        avg_total_time_ms: totals.avgTotalMs,
        telegram_delivery: { delivered: totals.delivered, expected: totals.runs },
        ...(pass.credits && { credits: pass.credits }),
      },
      models: pass.models.map((model) => ({
        model: model.model,
        verdict: verdictOf(model),
        chat_id: model.chatId,
        required: model.required,
        runs: model.runs.map((run) => ({
          ok: run.ok,
          job_id: run.jobId,
          task_id: run.taskId,
          ttfb_ms: run.ttfbMs,
          total_ms: run.totalMs,
          via: run.via,
          stored: run.stored,
          delivered: run.delivered,
          error: run.error,
        })),
      })),
    }
  }),
})

function totalsOf({ models }: PassReport) {
  const runs = models.flatMap((model) => model.runs)
  const passed = models.filter((model) => verdictOf(model) === 'STABLE').length
  return {
    passed,
    failed: models.length - passed,
    runs: runs.length,
    delivered: runs.filter(({ delivered }) => delivered).length,
    avgTtfbMs: averageOf(runs.flatMap(({ ttfbMs }) => ttfbMs ?? [])),
    avgTotalMs: averageOf(runs.filter(({ ok }) => ok).map(({ totalMs }) => totalMs)),
    chatIds: [...new Set(models.map(({ chatId }) => chatId))],
  }
}

const averageOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : Math.round(values.reduce((a, b) => a + b, 0) / values.length)
