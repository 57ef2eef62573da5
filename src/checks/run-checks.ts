import { coerceError } from '../errors.ts'

/** One result of a check; `warn` is worth reading, `fail` must be mended. */
export interface Finding {
  readonly status: 'ok' | 'warn' | 'fail'
  readonly text: string
}

/** A named check. What it throws becomes a failed finding. */
export interface Check {
  readonly name: string
  readonly run: () => Promise<readonly Finding[]> | readonly Finding[]
}

export interface CheckReport {
  readonly name: string
  /** The worst of the findings. */
  readonly status: Finding['status']
  readonly findings: readonly Finding[]
  readonly ms: number
}

export const ok = (text: string): Finding => ({ status: 'ok', text })
export const warn = (text: string): Finding => ({ status: 'warn', text })
export const fail = (text: string): Finding => ({ status: 'fail', text })

/** `fail` with every line, or one `ok` when there are none. */
export const failures = (lines: readonly string[], fine: string): Finding[] =>
  lines.length === 0 ? [ok(fine)] : lines.map(fail)

/** Runs the checks one after the other; a check without any finding has failed. */
export async function runChecks(
  checks: readonly Check[],
  onDone: (report: CheckReport) => void = () => {},
): Promise<CheckReport[]> {
  const reports: CheckReport[] = []
  for (const { name, run } of checks) {
    const startedAt = performance.now()
    const findings = await Promise.resolve()
      .then(run)
      .catch((thrown: unknown) => [fail(coerceError(thrown).message)])
    const found = findings.length > 0 ? findings : [fail('checked nothing')]
    const ms = Math.round(performance.now() - startedAt)
    const report = { name, status: worst(found), findings: found, ms }
    reports.push(report)
    onDone(report)
  }
  return reports
}

const worst = (findings: readonly Finding[]): Finding['status'] =>
  (['fail', 'warn', 'ok'] as const).find((s) => findings.some(({ status }) => status === s)) ??
  'fail'

/** Green as long as nothing has failed. */
export const isPassed = (reports: readonly CheckReport[]): boolean =>
  reports.length > 0 && reports.every(({ status }) => status !== 'fail')

const MARKS = { ok: '✅', warn: '⚠️', fail: '❌' } as const

/** A line for each check; below it, what is wrong, or with `detailed` all that was seen. */
export function checkLines(
  { name, status, findings, ms }: CheckReport,
  detailed: boolean,
): string[] {
  const shown = findings.filter((finding) => detailed || finding.status !== 'ok')
  const lines = shown.map((finding) => `   ${MARKS[finding.status]} ${finding.text}`)
  return [`${MARKS[status]} ${name} (${ms} ms)`, ...lines]
}

/** All reports as the one object that `--json` prints. */
export const checksJson = (reports: readonly CheckReport[]) => ({
  ok: isPassed(reports),
  failed: reports.filter(({ status }) => status === 'fail').map(({ name }) => name),
  checks: reports,
})
