import { isGreen, type PassReport, verdictOf } from '../e2e/report.ts'
import { type Finding, fail, ok, warn } from './run-checks.ts'

/** A pass of the dry run as findings. */
export function findingsOfOrders(pass: PassReport | null): Finding[] {
  if (pass === null) {
    return [
      warn(
        'not tried: the development packages are not here, or this Node reads no TypeScript',
        'Whether an order comes through is not known.',
        'Run npm run e2e where the bot is built.',
      ),
    ]
  }
  const findings = pass.models.map((model) => {
    const error = model.runs.find((run) => !run.ok)?.error ?? 'no result'
    return verdictOf(model) === 'STABLE'
      ? ok(`${model.model}: from /start to the result`)
      : fail(
          `${model.model}: ${error}`,
          'A user who orders it would not get it.',
          'npm run e2e shows where it stops; LOG_LEVEL=debug says why.',
        )
  })
  if (isGreen([pass])) return findings
  const { callback4xx, jobNotFound, openHolds } = pass
  const counted = `callbacks refused ${callback4xx}, unknown ${jobNotFound}, holds open ${openHolds}`
  return [
    ...findings,
    fail(
      counted,
      'A result of the provider was refused or got lost, or money stayed on hold.',
      'npm run e2e -- --json shows the counters of each pass.',
    ),
  ]
}
