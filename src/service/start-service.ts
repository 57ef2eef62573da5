import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { createCrashPoints } from '../actors/crash-points.ts'
import type { EffectDeps } from '../actors/effects/deps.ts'
import type { Runtime } from '../actors/engine/runtime.ts'
import type { Config } from '../config/config.ts'
import { ConfigError, type TerminalError } from '../errors.ts'
import type { BootServer } from '../http/boot.ts'
import { createMetrics } from '../http/metrics.ts'
import type { LogRing } from '../log/ring.ts'
import { faultsByPart } from '../machines/catalogue/validation.ts'
import { stateName } from '../machines/engine/transition.ts'
import { logFaults } from './catalogue-faults.ts'
import { createClock } from './clock.ts'
import { comeUp } from './come-up.ts'
import { builtConsole, type ConsoleSetup, wireConsole } from './console.ts'
import { checkRoom } from './disk.ts'
import { createEffectWorker } from './effect-worker.ts'
import { wireEffects } from './effects.ts'
import { createElection } from './election.ts'
import { createEngineReports } from './engine-reports.ts'
import { createEngineSide } from './engine-side.ts'
import { createHealthWatch, keepWatch, watchCommits } from './health-watch.ts'
import { attachHttp } from './http-side.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLiveTerms } from './live-terms.ts'
import { compareNightly, startMaintenance } from './maintenance.ts'
import { logOrders } from './order-log.ts'
import { createProblems } from './problems.ts'
import { playView, screenViewOf } from './screen-view.ts'
import { createStorage } from './storage.ts'
import { createTelegramSide } from './telegram-side.ts'
import { createTelemetry } from './telemetry.ts'

export interface ServiceOptions {
  boot: BootServer
  config: Config
  log: Logger
  instanceId: string
  storageMode: 'embedded' | 'external'
  /** This machine's clock; what is timed goes by the database's. */
  wall?: () => number
  /** What the sandbox's clock was advanced by, ms. */
  aheadMs?: () => number
  /** Whether users pay for what they get; `play` never shares a database with `real`. */
  money?: 'real' | 'play'
  /** The database is not to be used by this process: it should end. Without it, that is an error. */
  onRefused?: (error: TerminalError) => void
  /** How often Telegram and the provider are asked whether all is well; 20 s. */
  askEveryMs?: number
  /** What the log said of single steps. */
  logs?: LogRing
  /** Where the console's page is; by default beside the bundle. */
  console?: ConsoleSetup
}

export interface Service {
  runtime: Runtime
  /** Finishes or parks everything within 8 s; safe to call more than once. */
  stop(): Promise<void>
}

/**
 * The whole bot behind an already listening port: every part is made here, where what it needs
 * exists, and stopped here in order. Returns at once; database, election and Telegram come up in the
 * background and may come and go. A model file that breaks the rules is logged and takes nothing else
 * off the shelf. Throws when rates would sell below cost: with wrong prices nothing may be sold.
 */
export function startService(options: ServiceOptions): Service {
  const { boot, config, log, instanceId, money = 'real' } = options
  const { view: paid, warnings, faults: rateFaults } = screenViewOf(config)
  const view = money === 'play' ? playView(paid) : paid
  if (rateFaults.length > 0) throw new ConfigError(rateFaults)
  for (const warning of warnings) log.warn(warning)
  const crashAt = createCrashPoints(config.crashAt, () => process.kill(process.pid, 'SIGKILL'))

  const lifecycle = createLifecycle(config.botMode, log)
  lifecycle.send('server.listening')
  const clock = createClock(options)
  const { now } = clock
  const reports = createEngineReports()
  const problems = createProblems(log, (name, reason) => reports.emit('problem', name, reason))
  const storage = createStorage({
    ...{ url: config.databaseUrl, instanceId, clock, lifecycle, problems, log },
    owner: { botId: config.botId, money },
  })
  const { db } = storage
  const terms = createLiveTerms({ db, view }, lifecycle.ending)
  const commits = watchCommits(problems)
  reports.on('receipt', commits.stored)
  reports.on('rejection', commits.rejected)
  const engineSide = createEngineSide({ storage, reports, view, lifecycle, now, log })
  const { runtime, screens } = engineSide
  const { registry } = engineSide.engine
  logOrders(reports, { runtime, log, now })
  const metrics = createMetrics({ processMetrics: true })
  const telemetry = createTelemetry(metrics, { db, now, reports })
  const deps: EffectDeps = { runtime, registry, db, now, log, crashAt }

  const telegram = createTelegramSide({ deps, config, reports, lifecycle })
  const { kie, alert, effects, ...watches } = wireEffects({
    ...{ deps, config, view, screens, reports },
    ...{ api: telegram.api, flood: telegram.flood, replies: telegram.replies },
    botUsername: telegram.botUsername,
    hasInlineMode: telegram.hasInlineMode,
    takeUpdate: telegram.accept,
    refreshTerms: terms.refresh,
  })
  const worker = createEffectWorker({
    ...{ engineSide, storage, effects, reports, crashAt, now, log },
  })
  const console = wireConsole({
    ...{ config, db, registry, runtime, reports, view, log, now, logs: options.logs },
    setup: options.console ?? builtConsole(),
    health: boot.health,
    lifecycleState: () => stateName(lifecycle.snapshot().value),
    audit: telemetry.audited,
  })
  const { storageMode } = options
  attachHttp({
    ...{ boot, config, storageMode, deps, reports, lifecycle, telegram, kie, worker },
    ...{ metrics, telemetry, console, problems, clock },
  })
  const watch = createHealthWatch({
    ...{ problems, worker },
    askTelegram: (signal) => telegram.api.call('getMe', {}, { signal }),
    askProvider: kie.credits,
    askDisk: () => checkRoom(tmpdir()),
  })
  keepWatch(watch, lifecycle.ending, options.askEveryMs)

  const maintenance = startMaintenance(
    {
      ...{ db, now, log, alert, telemetry, ...watches },
      versions: Object.fromEntries(registry.all.map(({ id, version }) => [id, version])),
      pendingUpdates: async () =>
        (await telegram.api.call('getWebhookInfo', {})).pending_update_count,
    },
    lifecycle.ending,
  )
  compareNightly(watches.watchCatalogue, lifecycle, log)
  const election = createElection({ config, instanceId, lifecycle, now, log })
  const up = comeUp({
    ...{ lifecycle, worker, maintenance, telegram, election, problems, log },
    storage: {
      async open() {
        await storage.open()
        await terms.refresh()
      },
    },
    onRefused: (error) => {
      problems.set('start', { reason: error.message, blocks: true })
      if (options.onRefused === undefined) log.error({ err: error }, 'the start is refused')
      else options.onRefused(error)
    },
  })
  // It changes nothing of what the bot does, so people come first.
  void up.then(() => logFaults(faultsByPart(), log, lifecycle.ending))
  let stopped: Promise<void> | undefined

  async function stop(): Promise<void> {
    lifecycle.send('signal.received')
    console?.close()
    // Before anything else, so that whoever stands by need not wait for what is in hand here.
    const released = within(1_000, election.release())
    await within(3_000, up)
    // Effects first: they may still have something to tell their actors.
    await worker.stop(5_000)
    await within(1_000, runtime.drain())
    await released
    await within(500, telegram.settled())
    await within(500, storage.closeSession())
    lifecycle.send('drain.finished')
    await boot.close(500)
    await within(1_000, storage.close())
    telegram.close()
  }

  return {
    runtime,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

const within = (ms: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work.catch(() => {}), sleep(ms, undefined, { ref: false })])
