import { coerceError } from '../errors.ts'

/** One result of a check; `warn` is worth reading, `fail` must be mended. */
export interface Finding {
  readonly status: 'ok' | 'warn' | 'fail'
  readonly text: string
  /** Why it matters, and what to do about it. */
  readonly why?: string
  readonly fix?: string
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

/** Why a finding matters, and what to do about it. */
export type Advice = readonly [why: string, fix: string]

const finding =
  (status: Finding['status']) =>
  (text: string, ...advice: Advice | []): Finding => {
    const [why, fix] = advice
    return { status, text, ...(why && { why }), ...(fix && { fix }) }
  }

export const ok = (text: string): Finding => ({ status: 'ok', text })
export const warn = finding('warn')
export const fail = finding('fail')

/** `fail` with every line, or one `ok` when there are none. */
export const failures = (
  lines: readonly string[],
  fine: string,
  ...advice: Advice | []
): Finding[] => (lines.length === 0 ? [ok(fine)] : lines.map((line) => fail(line, ...advice)))

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
      .catch((thrown: unknown) => [fail(reasonOf(thrown), ...BROKEN)])
    const found = findings.length > 0 ? findings : [fail('checked nothing', ...BROKEN)]
    const ms = Math.round(performance.now() - startedAt)
    const report = { name, status: worst(found), findings: found, ms }
    reports.push(report)
    onDone(report)
  }
  return reports
}

const BROKEN: Advice = [
  'This part could not be judged at all.',
  'Mend what the line names and check again; if it names nothing that you know, report it.',
]

/** One line: the first of the message, without the stack. */
const reasonOf = (thrown: unknown): string => {
  const { message, name } = coerceError(thrown)
  return message.trim().split('\n')[0] || name
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
  const lines = shown.flatMap((finding) => [
    `   ${MARKS[finding.status]} ${finding.text}`,
    ...(finding.why === undefined ? [] : [`      why: ${finding.why}`]),
    ...(finding.fix === undefined ? [] : [`      do:  ${finding.fix}`]),
  ])
  return [`${MARKS[status]} ${name} (${ms} ms)`, ...lines]
}

/** All reports as the one object that `--json` prints. */
export const checksJson = (reports: readonly CheckReport[]) => ({
  ok: isPassed(reports),
  failed: reports.filter(({ status }) => status === 'fail').map(({ name }) => name),
  checks: reports,
})
