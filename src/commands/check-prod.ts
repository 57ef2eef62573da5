import { randomUUID } from 'node:crypto'
import { defineCommand } from 'citty'
import { createKieClient } from '../actors/kie/client.ts'
import { createKieLimits } from '../actors/kie/limits.ts'
import { checkCatalogue, checkPrices, countByCategory } from '../checks/catalogue.ts'
import { checkDatabase } from '../checks/database.ts'
import { checkOrders } from '../checks/orders.ts'
import { checkProvider } from '../checks/provider.ts'
import {
  type Check,
  checkLines,
  checksJson,
  fail,
  isPassed,
  ok,
  runChecks,
  warn,
} from '../checks/run-checks.ts'
import { checkScreens } from '../checks/screens.ts'
import { checkTelegram } from '../checks/telegram.ts'
import { type Config, parseConfig } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { screenViewOf } from '../service/screen-view.ts'

/** Whether this environment can go into production: checks what would run, by running it. */
export const checkProdCommand = defineCommand({
  meta: { name: 'check:prod', description: 'Is everything in place for production?' },
  args: {
    detailed: { type: 'boolean', default: false, description: 'All findings, not only the bad' },
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
  },
  async run({ args }) {
    const reports = await runChecks(checksFor(process.env), (report) => {
      if (!args.json) console.log(checkLines(report, args.detailed).join('\n'))
    })
    if (args.json) console.log(JSON.stringify(checksJson(reports)))
    else console.log(isPassed(reports) ? 'Ready for production.' : 'Not ready for production.')
    process.exitCode = isPassed(reports) ? 0 : 1
  },
})

/** What needs the environment is checked only when the environment is complete. */
function checksFor(env: NodeJS.ProcessEnv): Check[] {
  let parsed: ReturnType<typeof parseConfig> | undefined
  const environment: Check = {
    name: 'environment',
    run() {
      try {
        parsed = parseConfig(env)
      } catch (error) {
        if (error instanceof ConfigError) return error.lines.map(fail)
        throw error
      }
      const { warnings, implausible } = parsed
      return [
        ok('all required names are set'),
        ...warnings.map((line) => (implausible.includes(line) ? fail(line) : warn(line))),
      ]
    },
  }
  const withConfig = (name: string, run: (config: Config) => ReturnType<Check['run']>): Check => ({
    name,
    run: () => (parsed === undefined ? [warn('not checked')] : run(parsed.config)),
  })
  return [
    environment,
    { name: 'catalogue', run: () => [...checkCatalogue(), ...countByCategory()] },
    withConfig('prices', (config) => {
      const { view, faults } = screenViewOf(config)
      return [...faults.map(fail), ...checkPrices(view.rates)]
    }),
    withConfig('screens', (config) => checkScreens(screenViewOf(config).view)),
    withConfig('database', ({ databaseUrl }) => checkDatabase(databaseUrl)),
    withConfig('telegram', (config) => checkTelegram(config, Date.now)),
    withConfig('provider', (config) => checkProvider(() => creditsOf(config))),
    { name: 'orders', run: () => checkOrders(env) },
  ]
}

const creditsOf = ({ kieApiBase, kieUploadBase, kieApiKey }: Config) =>
  createKieClient({
    baseUrl: kieApiBase,
    uploadBaseUrl: kieUploadBase,
    apiKey: kieApiKey,
    limits: createKieLimits(),
    uniqueName: randomUUID,
  }).credits()
