import { type Finding, fail, ok, warn } from './run-checks.ts'

/** What the provider's account holds, and how fast it is used. */
export interface ProviderFacts {
  readonly credits: number
  /** At the use of late; null: there is no database to ask. */
  readonly perDay: number | null
  /** The dearest single order on offer, in credits. */
  readonly dearest: number
}

const SHORT_DAYS = 3

/** Judges whether the account lasts. */
export function findingsOfProvider({ credits, perDay, dearest }: ProviderFacts): Finding[] {
  if (!(credits > 0)) {
    return [
      fail(
        `${credits} credits left`,
        'Every order fails, free ones too.',
        'Top up the account at the provider.',
      ),
    ]
  }
  const findings = [ok(`${credits} credits left`)]
  const days = perDay === null || perDay === 0 ? null : credits / perDay
  if (days !== null && days < 1) {
    findings.push(
      fail(
        `they last ${(days * 24).toFixed(1)} hours at ${perDay?.toFixed(0)} a day`,
        'Then all sales pause.',
        'Top up the account at the provider today.',
      ),
    )
  } else if (days !== null && days < SHORT_DAYS) {
    findings.push(
      warn(`they last ${days.toFixed(1)} days`, 'Then all sales pause.', 'Top up in time.'),
    )
  } else if (days !== null) findings.push(ok(`they last ${Math.floor(days)} days`))
  if (credits < dearest) {
    findings.push(
      warn(
        `the dearest order costs ${dearest} credits`,
        'It would be refused, and the user gets the money back.',
        'Top up, or switch that model off.',
      ),
    )
  }
  return findings
}
