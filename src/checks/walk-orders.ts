import { runDry } from '../e2e/dry.ts'
import type { PassReport } from '../e2e/report.ts'
import { allModels, type Model } from '../machines/catalogue/catalogue.ts'
import { families } from '../machines/catalogue/family-facts.ts'
import { canBeBegun } from '../machines/conversation/order/offer.ts'
import { SAMPLE_VIEW } from '../machines/conversation/samples/view.ts'
import { withFreshDatabase } from '../world/database.ts'

/** The free models, and of every family that sells something else the first that can be ordered. */
export function modelsToWalk(): readonly Model[] {
  const sold = allModels.filter((model) => canBeBegun(model, SAMPLE_VIEW.rates))
  const paid = families.flatMap(({ id }) => sold.find((m) => m.family === id && !m.free) ?? [])
  return [...allModels.filter(({ free }) => free), ...paid]
}

/**
 * Orders each of `modelsToWalk` once through the whole product between the two stand-ins, on an
 * embedded database of its own: migrations, screens, money, callbacks, delivery.
 */
export const walkOrders = (env: NodeJS.ProcessEnv): Promise<PassReport> =>
  withFreshDatabase(env, (database) =>
    runDry({
      ...{ botMode: 'webhook', runs: 1, models: modelsToWalk(), database },
      ...{ logLevel: 'silent', isWholeShelf: true },
    }),
  )
