import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as sleepFor } from 'node:timers/promises'
import type { Logger } from 'pino'
import { createActor } from 'xstate'
import { createCrashPoints } from '../actors/crash-points.ts'
import type { EffectDeps } from '../actors/engine/effect.ts'
import { connectForLock, createLeader, lockKey } from '../actors/engine/leader.ts'
import { createRuntime, type Runtime } from '../actors/engine/runtime.ts'
import { createSession, type Session } from '../actors/engine/session.ts'
import { startWorker, type Worker } from '../actors/engine/worker.ts'
import { createTelegramApi } from '../actors/telegram/api.ts'
import { createFloodGate } from '../actors/telegram/flood.ts'
import type { Config } from '../config/config.ts'
import { RetryableError, TerminalError } from '../errors.ts'
import { createApp } from '../http/app.ts'
import type { BootServer } from '../http/boot.ts'
import { createHealthRouter } from '../http/health-router.ts'
import { createKieCallbackRouter } from '../http/kie/callback.ts'
import { createCallbackIntake } from '../http/kie/intake.ts'
import { createMetrics, createMetricsRouter } from '../http/metrics.ts'
import { ALLOWED_UPDATES, COMMAND_LISTS } from '../http/telegram/announcements.ts'
import { createDispatcher, type Dispatcher } from '../http/telegram/dispatch.ts'
import { createAccept, createOnInput, type IntakeDeps } from '../http/telegram/intake.ts'
import { createPassiveNotice } from '../http/telegram/passive-notice.ts'
import { createPoller } from '../http/telegram/poller.ts'
import { createRegistration } from '../http/telegram/registration.ts'
import { createWebhookRouter } from '../http/telegram/webhook.ts'
import type { LogRing } from '../log/ring.ts'
import { validateCatalogue } from '../machines/catalogue/validation.ts'
import { createDefinitions } from '../machines/definitions.ts'
import { createRegistry } from '../machines/engine/registry.ts'
import type { LifecycleEvent } from '../machines/lifecycle/events.ts'
import { lifecycleMachine, lifecycleView } from '../machines/lifecycle/machine.ts'
import { createDb, createPool, createWriters } from '../store/database.ts'
import { writeDeadLetter } from '../store/engine/dead-letters.ts'
import { recountStates } from '../store/engine/state-counts.ts'
import { migrate } from '../store/migrate.ts'
import { builtConsole, type ConsoleSetup, wireConsole } from './console.ts'
import { wireEffects } from './effects.ts'
import { startMaintenance } from './maintenance.ts'
import { screenViewOf } from './screen-view.ts'
import { createTelemetry } from './telemetry.ts'
import { wireTopups } from './topups.ts'

export interface ServiceOptions {
  boot: BootServer
  config: Config
  log: Logger
  instanceId: string
  storageMode: 'embedded' | 'external'
  now?: () => number
  /** What the log said of single steps. */
  logs?: LogRing
  /** Where the console's page is; by default beside the bundle. */
  console?: ConsoleSetup
  /** Every line in which the catalogue breaks its rules. */
  checkCatalogue?: () => readonly string[]
}

export interface Service {
  runtime: Runtime
  /** Finishes or parks everything within 8 s; safe to call more than once. */
  stop(): Promise<void>
}

const HEARTBEAT_MS = 2_000

/**
 * The whole bot behind an already listening port: everything is made and joined here. Returns at
 * once; database, election and Telegram come up in the background and may come and go. Throws when a
 * model file breaks the rules: with a wrong price table nothing may be sold.
 */
export function startService(options: ServiceOptions): Service {
  const { boot, config, log, instanceId, now = Date.now } = options
  const faults = (options.checkCatalogue ?? validateCatalogue)()
  // One bad file takes nothing else off the shelf: what can be read of it is sold, or left out.
  for (const fault of faults)
    log.error(
      { err: new TerminalError('catalogue.invalid', { detail: fault }) },
      'a model file is wrong',
    )
  const metrics = createMetrics({ processMetrics: true })
  const stopping = new AbortController()
  const crashAt = createCrashPoints(config.crashAt, () => process.kill(process.pid, 'SIGKILL'))

  const lifecycle = createActor(lifecycleMachine, { input: { botMode: config.botMode } }).start()
  const tell = (event: LifecycleEvent) => lifecycle.send(event)
  const view = () => lifecycleView(lifecycle.getSnapshot())
  tell({ type: 'server.listening' })

  const pool = createPool({ url: config.databaseUrl, max: 16, name: 'trt' })
  const writers = createWriters(config.databaseUrl)
  const db = createDb(pool)
  const api = createTelegramApi({ token: config.botToken, apiRoot: config.telegramApiRoot })
  const flood = createFloodGate({ now })
  const { view: screenView, warnings } = screenViewOf(config)
  for (const warning of warnings) log.warn(warning)
  const registry = createRegistry(createDefinitions(screenView))
  const watch = wireConsole({
    ...{ config, db, registry, view: screenView, log, now, logs: options.logs },
    setup: options.console ?? builtConsole(),
    runtime: () => runtime,
    health: boot.health,
    audit: () => telemetry.audited(),
  })
  const telemetry = createTelemetry(metrics, { db, now, watch })
  const runtime: Runtime = createRuntime({
    registry,
    db,
    writers,
    now,
    onCommit: watch?.onCommit,
    onStep: telemetry.onStep,
    onReceipt: telemetry.onReceipt,
    onPoison: ({ actor, event }, error) => {
      telemetry.countDead('poisoned')
      log.error({ actor, event: event.type, err: error }, 'an event poisoned its actor')
    },
    onRefused: ({ actor, event }, constraint) => {
      telemetry.countDead('refused')
      log.error({ actor, event: event.type, constraint }, 'the database refused a step')
      const text = `The database refused a step: ${event.type} of ${actor} (${constraint}).`
      void alert('refused', text).catch(() => {})
    },
  })
  const effectDeps: EffectDeps = { runtime, registry, db, now, log, crashAt }
  let session: Session | undefined
  let worker: Worker | undefined
  const { kie, alert, queues, watchProvider } = wireEffects({
    deps: effectDeps,
    config,
    api,
    flood,
    session: () => session as Session,
    takeUpdate: (update) => takeUpdate(update),
    view: screenView,
    botUsername: async () => {
      const me = await identified
      if (me?.username === undefined) throw new RetryableError('telegram.unavailable')
      return me.username
    },
    onDone: telemetry.onDone,
  })

  const intake: IntakeDeps = {
    botId: config.botId,
    adminIds: config.adminIds,
    send: runtime.send,
    deadLetter: async (letter) => {
      await writeDeadLetter(db, letter)
      telemetry.countDead(letter.kind === 'update' ? 'unreadable' : 'refused')
    },
    crashAt,
  }
  const topups = wireTopups({ deps: effectDeps, config, api, deadLetter: intake.deadLetter })
  let dispatcher: Dispatcher | undefined
  const notice = createPassiveNotice({ api, now })
  const takeUpdate = createAccept(() => dispatcher as Dispatcher, intake)
  /** An update that can't be stored now comes again; meanwhile its sender is told. */
  const showUpdating = async (update: unknown) => {
    const translation = await dispatcher?.translate(update)
    if (translation?.kind === 'input') notice.show(translation.input)
  }
  const outside = { random: Math.random, sleep, log }
  const poller = createPoller({
    ...outside,
    api,
    now,
    allowedUpdates: ALLOWED_UPDATES,
    onState: (state) => {
      if (state.phase !== 'waiting' || state.reason !== 'telegram.conflict') return
      // Somebody else polls; whoever was not elected makes room.
      if (!leader.state().leader) pollWithoutElection(false)
    },
    accept: topups.afterCheckouts(takeUpdate, (update) => void showUpdating(update)),
  })
  const registration = createRegistration({ ...outside, api })

  const callbacks = createCallbackIntake({ runtime, db, kie, crashAt })
  const app = createApp({
    newRequestId: () => randomBytes(8).toString('hex'),
    log,
    routers: [
      createHealthRouter({ health: boot.health, now }),
      createMetricsRouter(metrics, () => telemetry.refresh(runtime.stats())),
      ...(watch === undefined ? [] : [watch.router]),
      createWebhookRouter({
        path: config.webhookSecretPath,
        secret: config.webhookSecretToken,
        accept: takeUpdate,
        answerAtOnce: topups.checkout,
        canAccept: () => view().active && dispatcher !== undefined,
        onRefused: (update) => void showUpdating(update),
        log,
      }),
      createKieCallbackRouter({
        path: config.kieCallbackPath,
        jobKey: config.callbackKey,
        token: config.kieCallbackToken,
        hmacKey: config.kieWebhookHmacKey,
        now,
        ...callbacks,
        storeRaw: async (callback) => {
          await callbacks.storeRaw(callback)
          telemetry.countDead('callback')
        },
        metrics: {
          callback4xx: () => metrics.callback4xx.inc(),
          jobNotFound: () => metrics.callbackJobNotFound.inc(),
        },
        log,
      }),
    ],
  })
  boot.setHealth(() => ({
    ...view(),
    storageMode: options.storageMode,
    kieMode: config.dryRun || config.testMode ? 'mock' : 'real',
    queue: runtime.stats(),
    workers: worker?.lastRun() ?? {},
  }))
  boot.attach(app.callback())

  const leader = createLeader({
    connect: () => connectForLock(config.databaseUrl),
    key: lockKey('leader', config.botToken),
    now,
    log,
    onGained: (term) => {
      tell({ type: 'lock.gained' })
      log.info({ instance: instanceId }, '[LOCK] acquired: this instance leads')
      void lead(term)
    },
    onLost: () => {
      tell({ type: 'lock.lost' })
      // Until the database is back and tells who leads, the old poller goes on, to tell people.
      withoutElection = polling !== undefined
      log.warn('[LOCK] lost: PASSIVE MODE in polling, webhooks go on')
    },
  })

  async function lead(term: AbortSignal): Promise<void> {
    const until = AbortSignal.any([term, stopping.signal])
    // Whoever led before may have been of an older version, which did not count.
    void recountStates(db).catch((error) => {
      log.warn({ err: error }, 'the states could not be counted anew')
    })
    void registration.registerCommands(COMMAND_LISTS, until)
    void topups.compareNightly(until)
    if (config.botMode === 'webhook') {
      const url = new URL(`/webhook/${config.webhookSecretPath}`, config.webhookBaseUrl).href
      const secret = config.webhookSecretToken
      const settings = { url, secret, allowedUpdates: ALLOWED_UPDATES, maxConnections: 40 }
      await registration.registerWebhook(settings, until)
      if (!until.aborted) log.info('webhook registered')
    } else pollOrNot()
  }

  let polling: AbortController | undefined
  /** Polling although nobody can be elected: the database is away, and people must hear of it. */
  let withoutElection = false

  function pollWithoutElection(wanted: boolean): void {
    withoutElection = wanted
    pollOrNot()
  }

  function pollOrNot(): void {
    if (config.botMode !== 'polling' || dispatcher === undefined) return
    const wanted = leader.state().leader || withoutElection
    if (!wanted || stopping.signal.aborted) {
      polling?.abort()
    } else if (polling === undefined) {
      polling = new AbortController()
      const until = AbortSignal.any([polling.signal, stopping.signal])
      void poller.run(until).then(() => {
        polling = undefined
        // Elected between the order to stop and the stop.
        if (!stopping.signal.aborted) pollOrNot()
      })
    }
  }

  let failures = 0
  const heartbeat = setInterval(async () => {
    const beat = await Promise.race([
      pool.query('select 1').then(
        () => true,
        () => false,
      ),
      sleepFor(HEARTBEAT_MS * 2, false, { ref: false }),
    ])
    failures = beat ? 0 : failures + 1
    if (failures === 2) tell({ type: 'database.lost' })
    if (!beat || !view().schemaReady) return
    tell({ type: 'database.back' })
    pollWithoutElection(false)
  }, HEARTBEAT_MS)

  const maintenance = startMaintenance(
    { db, now, log, alert, telemetry, watchProvider },
    stopping.signal,
  )

  // Not behind the database: without it there is nobody else to tell people that the bot is updating.
  const identified = registration.identify(stopping.signal).then((me) => {
    if (me === undefined) return undefined
    const onInput = createOnInput(intake)
    dispatcher = createDispatcher({ botInfo: me, onInput, onPayment: topups.onPayment })
    pollOrNot()
    return me
  })

  async function comeUp(): Promise<void> {
    const lock = { id: instanceId, lockKey: 2 ** 52 + randomInt(2 ** 47) }
    const connect = async () => {
      await migrate(pool)
      session ??= await createSession({
        url: config.databaseUrl,
        log,
        hold: [lock.lockKey],
        onReconnected: () => void worker?.register(),
      })
    }
    await untilDone('the database', connect, () => {
      tell({ type: 'database.lost' })
      pollWithoutElection(true)
    })
    await untilDone('the job queue', async () => {
      worker = await startWorker({ pool, db, instance: lock, queues, log })
    })
    if (stopping.signal.aborted) return
    tell({ type: 'schema.ready' })
    log.info('Database schema ready')
    void maintenance.audit()
    await identified
    if (!stopping.signal.aborted) leader.start()
  }

  async function untilDone(
    what: string,
    work: () => Promise<void>,
    onFailure = () => {},
  ): Promise<void> {
    for (let pauseMs = 250; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        return await work()
      } catch (error) {
        log.warn({ err: error }, `${what} is not there yet`)
        onFailure()
        await sleep(pauseMs, stopping.signal).catch(() => {})
      }
    }
  }

  const up = comeUp().catch((error) => log.error({ err: error }, 'the start failed'))
  let stopped: Promise<void> | undefined

  async function stop(): Promise<void> {
    tell({ type: 'signal.received' })
    stopping.abort()
    watch?.close()
    clearInterval(heartbeat)
    maintenance.stop()
    // Before anything else, so that whoever stands by need not wait for what is in hand here.
    const released = within(1_000, leader.release())
    await up
    // Effects first: they may still have something to tell their actors.
    await worker?.stop(5_000)
    await within(1_000, runtime.drain())
    await released
    await within(500, notice.settled())
    await within(500, session?.close() ?? Promise.resolve())
    tell({ type: 'drain.finished' })
    await boot.close(500)
    await within(1_000, Promise.all([pool.end(), writers.end()]))
    api.close()
  }

  return {
    runtime,
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  sleepFor(ms, undefined, { signal })

const within = (ms: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work.catch(() => {}), sleepFor(ms, undefined, { ref: false })])
