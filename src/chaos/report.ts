import type { Duplicates, Figure, Finding } from './findings.ts'
import { faultAt, type Incident } from './incidents.ts'
import type { Stage } from './stage.ts'

/** One run in figures; what follows `orders` must be 0, and `duplicates` no more than is allowed. */
export interface ChaosFigures {
  kills: number
  faults: number
  updates: number
  orders: number
  lost: number
  double_charged: number
  stuck: number
  wrong_money: number
  duplicates: number
  duplicates_allowed: number
  unanswered: number
}

export interface ChaosReport {
  readonly figures: ChaosFigures
  readonly findings: readonly Finding[]
  /** Secrets and people's words where they don't belong. */
  readonly leaks: readonly string[]
  /** What the scenario measured besides. */
  readonly measured: Readonly<Record<string, number>>
  readonly isGreen: boolean
  /** The fault by which the first thing went wrong. */
  readonly culprit: Incident | undefined
}

const BAD: readonly Figure[] = ['lost', 'double_charged', 'stuck', 'wrong_money', 'unanswered']

export async function reportOf(
  { incidents, pool }: Stage,
  {
    wrong,
    twice,
    leaks,
    measured = {},
  }: {
    wrong: readonly Finding[]
    twice: Duplicates
    leaks: readonly string[]
    measured?: Readonly<Record<string, number>> | undefined
  },
): Promise<ChaosReport> {
  const { rows } = await pool.query<{ updates: number; orders: number }>(
    `select (select count(*)::int from journal where key like 'tg:%') as updates,
       (select count(*)::int from jobs) as orders`,
  )
  const count = (figure: Figure) => wrong.filter((finding) => finding.figure === figure).length
  const figures: ChaosFigures = {
    kills: incidents.count('kill') + incidents.count('killed at a crash point'),
    faults: incidents.all.length,
    updates: rows[0]?.updates ?? 0,
    orders: rows[0]?.orders ?? 0,
    lost: count('lost'),
    double_charged: count('double_charged'),
    stuck: count('stuck'),
    wrong_money: count('wrong_money'),
    duplicates: twice.count,
    duplicates_allowed: twice.allowed,
    unanswered: count('unanswered'),
  }
  const findings = [...wrong, ...twice.findings].sort((a, b) => a.at - b.at)
  const [first] = findings
  return {
    figures,
    findings,
    leaks,
    measured,
    isGreen:
      // A run in which nobody got to order anything shows nothing.
      figures.orders > 0 &&
      leaks.length === 0 &&
      BAD.every((figure) => figures[figure] === 0) &&
      figures.duplicates <= figures.duplicates_allowed,
    culprit: first && faultAt(incidents.all, first.at),
  }
}

const SHOWN = 25
const time = (at: number) => new Date(at).toISOString().slice(11, 23)

/** The report in words. */
export function reportLines(report: ChaosReport): string[] {
  const { figures, measured, findings, leaks, isGreen, culprit } = report
  return [
    ...Object.entries({ ...figures, ...measured }).map(
      ([name, value]) => `${name.padEnd(20)} ${value}`,
    ),
    ...findings.slice(0, SHOWN).map(({ figure, what, at }) => `${time(at)} ${figure}: ${what}`),
    ...(findings.length > SHOWN ? [`… and ${findings.length - SHOWN} more`] : []),
    ...leaks.map((leak) => `leaked: ${leak}`),
    ...(culprit === undefined
      ? []
      : [`first fault that mattered: ${culprit.kind} (${culprit.detail}) at ${time(culprit.at)}`]),
    ...(figures.orders > 0 ? [] : ['Nobody ordered anything: this run shows nothing.']),
    isGreen ? 'Nothing was lost, doubled, stuck or mispaid.' : 'RED',
  ]
}
