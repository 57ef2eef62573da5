import { runDry } from '../e2e/dry.ts'
import { isGreen, type PassReport, verdictOf } from '../e2e/report.ts'
import { allModels } from '../machines/catalogue/catalogue.ts'
import { withFreshDatabase } from '../world/database.ts'
import { type Finding, fail, ok } from './run-checks.ts'

/**
 * Orders every free model once through the whole product between the two stand-ins, on a database
 * of its own beside the one of DATABASE_URL: migrations, screens, money, callbacks, delivery.
 */
export const checkOrders = (env: NodeJS.ProcessEnv): Promise<Finding[]> =>
  withFreshDatabase(env, async (database) => {
    const free = allModels.filter((model) => model.free)
    return findingsOf(
      await runDry({ botMode: 'webhook', runs: 1, models: free, database, logLevel: 'silent' }),
    )
  })

/** A pass of the dry run as findings. */
export function findingsOf(pass: PassReport): Finding[] {
  const findings = pass.models.map((model) => {
    const error = model.runs.find((run) => !run.ok)?.error ?? 'no result'
    return verdictOf(model) === 'STABLE'
      ? ok(`${model.model}: from /start to the result`)
      : fail(`${model.model}: ${error}`)
  })
  if (isGreen([pass])) return findings
  const { callback4xx, jobNotFound, openHolds } = pass
  const counted = `callbacks refused ${callback4xx}, unknown ${jobNotFound}, holds open ${openHolds}`
  return [...findings, fail(counted)]
}
