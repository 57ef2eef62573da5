import path from 'node:path'
import type Router from '@koa/router'
import type { Logger } from 'pino'
import type { Runtime } from '../actors/engine/runtime.ts'
import { ACTION_NAMES } from '../config/action-names.ts'
import type { Config } from '../config/config.ts'
import { createAccess } from '../http/console/access.ts'
import { createConsoleAssets } from '../http/console/assets.ts'
import { createConsoleRouter } from '../http/console/console.ts'
import type { ConsoleDeps, SandboxTools } from '../http/console/console-deps.ts'
import { createLiveHub } from '../http/console/live-hub.ts'
import { createRates } from '../http/console/rates.ts'
import { createLogRing, type LogRing } from '../log/ring.ts'
import type { View } from '../machines/conversation/screens/screen.ts'
import type { Registry } from '../machines/engine/registry.ts'
import { readVersions } from '../store/console/actors.ts'
import type { Db } from '../store/db.ts'
import { countStates } from '../store/engine/state-counts.ts'
import type { Reports } from './engine-reports.ts'

/** Where the built page is, and the charts; the console of the sandbox has its own tools. */
export interface ConsoleSetup {
  pageDir: string
  chartsDir: string
  sandbox: SandboxTools | null
}

/** The page as `npm run build` leaves it beside the bundle. */
export const builtConsole = (): ConsoleSetup => {
  const dist = path.join(
    import.meta.dirname,
    import.meta.filename.endsWith('.ts') ? '../../dist' : '..',
  )
  return {
    pageDir: path.join(dist, 'console'),
    chartsDir: path.join(dist, 'console/charts'),
    sandbox: null,
  }
}

export interface ConsoleWiring {
  config: Config
  setup: ConsoleSetup
  db: Db
  registry: Registry
  view: View
  log: Logger
  logs: LogRing | undefined
  now: () => number
  runtime: Pick<Runtime, 'send' | 'stats'>
  reports: Reports
  health: ConsoleDeps['health']
  lifecycleState: ConsoleDeps['lifecycleState']
  audit: ConsoleDeps['audit']
}

export interface Console {
  router: Router
  /** Ends the open streams. */
  close(): void
}

const STATUSES = { done: 'done', repeated: 'repeating', exhausted: 'dead' } as const

/** The console, or undefined where nobody may open it: then nothing of it is there. */
export function wireConsole(wiring: ConsoleWiring): Console | undefined {
  const { config, setup, db, registry, runtime, reports, log, now } = wiring
  const { logs = createLogRing(now) } = wiring
  const { sandbox } = setup
  if (config.consoleToken === undefined && sandbox === null) return undefined
  const rates = createRates(now)
  const hub = createLiveHub({
    registry,
    rates,
    now,
    stats: runtime.stats,
    countStates: () => countStates(db),
    readVersions: (ids) => readVersions(db, ids),
  })
  const access = createAccess({
    token: config.consoleToken,
    remote: config.consoleRemote,
    sandbox: sandbox !== null,
    db,
    now,
  })
  const router = createConsoleRouter({
    ...{ db, registry, runtime, access, hub, rates, now, log, sandbox },
    view: wiring.view,
    assets: createConsoleAssets(setup.pageDir, setup.chartsDir),
    actions: sandbox === null ? config.consoleActions : ACTION_NAMES,
    health: wiring.health,
    lifecycleState: wiring.lifecycleState,
    audit: wiring.audit,
    logsOf: logs.of,
    botId: config.botId,
  })
  reports.on('commit', hub.onCommit)
  reports.on('step', ({ events }) => rates.add('steps', events))
  reports.on('dead letter', () => rates.add('failures', 1))
  reports.on('effect', (type, outcome, ms, job) => {
    rates.add('effects', 1)
    hub.onEffect(job, type, STATUSES[outcome])
    logs.note(job.actor, job.seq, `${type} ${outcome}`, { ms, attempt: job.attempt })
  })
  return { router, close: hub.close }
}
