import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { lockKey } from '../actors/engine/leader.ts'
import { readDatabase } from '../checks/database.ts'
import { readDependencies } from '../checks/dependencies.ts'
import type { StaleFiles } from '../checks/generated.ts'
import type { Sources } from '../checks/prod.ts'
import { fail } from '../checks/run-checks.ts'
import { readRunning } from '../checks/running.ts'
import { readTelegram } from '../checks/telegram.ts'
import type { Config } from '../config/config.ts'
import { commitOf, VERSION } from '../service/version.ts'
import { createPool } from '../store/database.ts'
import { isLockHeld } from '../store/database-facts.ts'
import { createDb, type Db } from '../store/db.ts'
import { migrationNames } from '../store/migrate.ts'
import { readHourlyUse } from '../store/provider-account.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** The real things behind `npm run check:prod`; `url` is where an instance answers. */
export const prodSources = (env: NodeJS.ProcessEnv, url: string | undefined): Sources => ({
  env,
  own: { version: VERSION, commit: commitOf(env) },
  now: Date.now,
  async shelf() {
    const { checkCatalogue, checkPicks, checkPrices, checkTemplates, countByCategory } =
      await import('../checks/catalogue.ts')
    const { checkPriceTexts } = await import('../checks/price-texts.ts')
    const { checkScreens } = await import('../checks/screens.ts')
    const { screenViewOf } = await import('../service/screen-view.ts')
    const { SAMPLE_VIEW } = await import('../machines/conversation/samples/view.ts')
    const viewOf = (config: Config | undefined) =>
      config === undefined ? { view: SAMPLE_VIEW, faults: [] } : screenViewOf(config)
    return {
      catalogue: () => [...checkCatalogue(), ...countByCategory()],
      prices: (config) => {
        const { view, faults } = viewOf(config)
        return [
          ...faults.map(rateFault),
          ...checkPrices(view.rates),
          ...checkPriceTexts(),
          ...checkPicks(view.rates),
          ...checkTemplates(view.rates),
        ]
      },
      screens: (config) => checkScreens(viewOf(config).view),
    }
  },
  migrations: () => migrationNames,
  generated: staleFiles,
  database: ({ databaseUrl }) => readDatabase(databaseUrl, Date.now),
  running: (config) =>
    readRunning(url ?? config.webhookBaseUrl ?? `http://127.0.0.1:${config.port}`, config, {
      now: Date.now,
      leader: () => onDatabase(config, (db) => isLockHeld(db, lockKey('leader', config.botToken))),
    }),
  telegram: readTelegram,
  async provider(config) {
    const { createKieClient } = await import('../actors/kie/client.ts')
    const { createKieLimits } = await import('../actors/kie/limits.ts')
    const { dearestOrder } = await import('../checks/catalogue.ts')
    const client = createKieClient({
      baseUrl: config.kieApiBase,
      uploadBaseUrl: config.kieUploadBase,
      apiKey: config.kieApiKey,
      limits: createKieLimits(),
      uniqueName: randomUUID,
    })
    return {
      credits: await client.credits(),
      perDay: await onDatabase(config, async (db) => 24 * (await readHourlyUse(db))),
      dearest: dearestOrder(),
    }
  },
  dependencies: () => readDependencies(root).catch(() => null),
  async orders() {
    try {
      const { walkOrders } = await import('../checks/walk-orders.ts')
      return await walkOrders(env)
    } catch (error) {
      if (isNotHere(error)) return null
      throw error
    }
  },
})

/** What only a checkout with its development packages has, or a Node that reads TypeScript. */
const isNotHere = (error: unknown): boolean =>
  ['ERR_MODULE_NOT_FOUND', 'ERR_UNKNOWN_FILE_EXTENSION'].includes(
    String((error as NodeJS.ErrnoException).code),
  )

const rateFault = (line: string) =>
  fail(line, 'The bot does not start at such rates.', 'Correct the setting that the line names.')

/** Null when the database can't be asked: its own section says why. */
async function onDatabase<T>({ databaseUrl }: Config, ask: (db: Db) => Promise<T>) {
  const pool = createPool({ url: databaseUrl, max: 1, name: 'trt-check' })
  try {
    return await ask(createDb(pool))
  } catch {
    return null
  } finally {
    await pool.end()
  }
}

/** Compares what needs no database to be made; the rest is compared by `npm run check`. */
async function staleFiles(): Promise<StaleFiles> {
  let files: Readonly<Record<string, string>>
  try {
    const { pureFiles } = await import('../../scripts/generate/pure-files.ts')
    files = await pureFiles()
  } catch (error) {
    if (isNotHere(error)) return null
    throw error
  }
  const stale: string[] = []
  for (const [file, text] of Object.entries(files)) {
    const current = await readFile(path.join(root, file), 'utf8').catch(() => undefined)
    if (current !== text) stale.push(file)
  }
  return { compared: Object.keys(files).length, stale }
}
