import type { Config } from '../config/config.ts'
import type { PassReport } from '../e2e/report.ts'
import { type DatabaseFacts, findingsOfDatabase } from './database.ts'
import { type DependencyFacts, findingsOfDependencies } from './dependencies.ts'
import { findingsOfEnvironment, readEnvironment } from './environment.ts'
import { findingsOfGenerated, type StaleFiles } from './generated.ts'
import { findingsOfMigrations } from './migrations.ts'
import { findingsOfOrders } from './orders.ts'
import { findingsOfProvider, type ProviderFacts } from './provider.ts'
import { type Check, type Finding, fail, warn } from './run-checks.ts'
import { findingsOfRunning, type Own, type RunningFacts } from './running.ts'
import { findingsOfTelegram, type TelegramFacts } from './telegram.ts'

type Found = readonly Finding[] | Promise<readonly Finding[]>

/** Where each section gets what it judges; a test puts broken things in their place. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly own: Omit<Own, 'botMode'>
  readonly now: () => number
  /** Sections over the model files: they are loaded behind this, so that a broken file is a finding. */
  readonly shelf: () => Promise<{
    readonly catalogue: () => Found
    readonly prices: (config: Config | undefined) => Found
    readonly screens: (config: Config | undefined) => Found
  }>
  readonly migrations: () => readonly string[]
  readonly generated: () => Promise<StaleFiles>
  readonly database: (config: Config) => Promise<DatabaseFacts>
  readonly running: (config: Config) => Promise<RunningFacts>
  readonly telegram: (config: Config) => Promise<TelegramFacts>
  readonly provider: (config: Config) => Promise<ProviderFacts>
  /** Null where nobody can be asked. */
  readonly dependencies: () => Promise<DependencyFacts | null>
  /** Null where the packages that it takes are not there. */
  readonly orders: () => Promise<PassReport | null>
}

/**
 * `offline`: only what needs no network, token or database. `deployed`: the bot should run already, so
 * that its absence is a fault.
 */
export interface Scope {
  readonly offline: boolean
  readonly deployed: boolean
  /** Whether orders are tried on a database of their own; the longest part. */
  readonly orders?: boolean
}

/** Judges everything that production stands on, section by section; a section never stops another. */
export function prodChecks(sources: Sources, { offline, deployed, orders = true }: Scope): Check[] {
  const { env, now } = sources
  const read = readEnvironment(env)
  // In a fresh clone nothing is set, and nothing is wrong with that.
  const hasEnvironment = !offline || (env.TELEGRAM_BOT_TOKEN ?? '') !== ''
  const shelf = once(sources.shelf)
  const onShelf =
    (findingsOf: (parts: Awaited<ReturnType<Sources['shelf']>>) => Found) => async () => {
      const parts = await shelf().catch(() => undefined)
      return parts === undefined
        ? [warn('not checked: the model files can not be read')]
        : findingsOf(parts)
    }
  const withConfig = (
    name: string,
    run: (config: Config) => Promise<readonly Finding[]>,
  ): Check => ({
    name,
    run: () =>
      read.config === undefined
        ? [warn('not checked: the environment is incomplete')]
        : run(read.config),
  })
  const database = once(async () => sources.database(read.config as Config))

  return [
    ...(hasEnvironment ? [{ name: 'environment', run: () => findingsOfEnvironment(env) }] : []),
    { name: 'catalogue', run: () => catalogueOf(shelf) },
    { name: 'prices', run: onShelf(({ prices }) => prices(read.config)) },
    { name: 'screens', run: onShelf(({ screens }) => screens(read.config)) },
    { name: 'migrations', run: () => findingsOfMigrations(sources.migrations()) },
    { name: 'generated files', run: async () => findingsOfGenerated(await sources.generated()) },
    ...(offline
      ? []
      : [
          withConfig('database', async ({ botId }) =>
            findingsOfDatabase(await database(), { deployed, botId }),
          ),
          ...(deployed
            ? [
                withConfig('running', async (config) =>
                  findingsOfRunning(await sources.running(config), {
                    ...sources.own,
                    botMode: config.botMode,
                  }),
                ),
              ]
            : []),
          withConfig('telegram', async (config) =>
            findingsOfTelegram(await sources.telegram(config), config, { now: now(), deployed }),
          ),
          withConfig('provider', async (config) =>
            findingsOfProvider(await sources.provider(config)),
          ),
          {
            name: 'dependencies',
            run: async () => findingsOfDependencies(await sources.dependencies()),
          },
          ...(orders
            ? [{ name: 'orders', run: async () => findingsOfOrders(await sources.orders()) }]
            : []),
        ]),
  ]
}

async function catalogueOf(shelf: Sources['shelf']): Promise<readonly Finding[]> {
  try {
    return await (await shelf()).catalogue()
  } catch (thrown) {
    const [line = 'unknown'] = String((thrown as Error)?.message ?? thrown).split('\n')
    return [
      fail(
        `the model files can not be read: ${line}`,
        'The bot does not start with them.',
        'Mend the file that the line names: npm run check says where.',
      ),
    ]
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}
