import { runDry } from '../e2e/dry.ts'
import type { PassReport } from '../e2e/report.ts'
import { allModels } from '../machines/catalogue/catalogue.ts'
import { withFreshDatabase } from '../world/database.ts'

/**
 * Orders every free model once through the whole product between the two stand-ins, on an embedded
 * database of its own: migrations, screens, money, callbacks, delivery.
 */
export const walkOrders = (env: NodeJS.ProcessEnv): Promise<PassReport> =>
  withFreshDatabase(env, (database) => {
    const free = allModels.filter((model) => model.free)
    return runDry({ botMode: 'webhook', runs: 1, models: free, database, logLevel: 'silent' })
  })
