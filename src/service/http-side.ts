import { randomUUID } from 'node:crypto'
import type Router from '@koa/router'
import type { EffectDeps } from '../actors/effects/deps.ts'
import type { KieClient } from '../actors/kie/client.ts'
import type { Config } from '../config/config.ts'
import { createApp } from '../http/app.ts'
import type { BootServer } from '../http/boot.ts'
import { createHealthRouter } from '../http/health-router.ts'
import { createKieCallbackRouter } from '../http/kie/callback.ts'
import { createCallbackHandlers } from '../http/kie/callback-handlers.ts'
import { createMetricsRouter, type Metrics } from '../http/metrics.ts'
import { createWebhookRouter } from '../http/telegram/webhook.ts'
import { acceptsUpdates, type LifecycleView, lifecycleView } from '../machines/lifecycle/machine.ts'
import type { ServiceClock } from './clock.ts'
import type { EffectWorker } from './effect-worker.ts'
import type { Reports } from './engine-reports.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Problems } from './problems.ts'
import type { TelegramSide } from './telegram-side.ts'
import type { Telemetry } from './telemetry.ts'

export interface HttpSideParts {
  boot: BootServer
  config: Config
  storageMode: 'embedded' | 'external'
  deps: EffectDeps
  reports: Reports
  lifecycle: Lifecycle
  telegram: TelegramSide
  kie: KieClient
  worker: Pick<EffectWorker, 'lastRun' | 'queues'>
  problems: Pick<Problems, 'reasons' | 'blocked'>
  clock: Pick<ServiceClock, 'aheadMs'>
  metrics: Metrics
  telemetry: Pick<Telemetry, 'refresh'>
  /** None where nobody may open the console. */
  console: { router: Router } | undefined
}

/** Puts the app behind the port that the boot server holds, and gives /health what it shows. */
export function attachHttp(parts: HttpSideParts): void {
  const { boot, config, deps, reports, lifecycle, telegram, kie, worker, metrics } = parts
  const { problems, clock } = parts
  const { runtime, db, now, log, crashAt } = deps
  const callbacks = createCallbackHandlers({ runtime, db, kie, crashAt })
  const app = createApp({
    newRequestId: randomUUID,
    log,
    routers: [
      // First what is asked most: a router looks through all of its routes before the next is asked.
      createWebhookRouter({
        path: config.webhookSecretPath,
        secret: config.webhookSecretToken,
        accept: telegram.accept,
        answerAtOnce: telegram.answerAtOnce,
        replies: telegram.replies,
        canAccept: () => acceptsUpdates(lifecycle.snapshot()),
        onRefused: telegram.showUpdating,
        log,
      }),
      createKieCallbackRouter({
        path: config.kieCallbackPath,
        jobKeys: [config.callbackKey, ...config.formerCallbackKeys],
        token: config.kieCallbackToken,
        hmacKey: config.kieWebhookHmacKey,
        now,
        ...callbacks,
        storeRaw: async (callback) => {
          await callbacks.storeRaw(callback)
          reports.emit('dead letter', 'callback')
        },
        metrics: {
          callback4xx: () => metrics.callback4xx.inc(),
          jobNotFound: () => metrics.callbackJobNotFound.inc(),
        },
        log,
      }),
      createHealthRouter({ health: boot.health, now }),
      createMetricsRouter(
        metrics,
        () =>
          parts.telemetry.refresh({
            stats: runtime.stats(),
            queues: worker.queues(),
            aheadMs: clock.aheadMs(),
            problems: problems.reasons(),
            lifecycle: lifecycleView(lifecycle.snapshot()),
          }),
        config.metricsToken,
      ),
      ...(parts.console === undefined ? [] : [parts.console.router]),
    ],
  })
  boot.setHealth(() => ({
    ...withProblems(lifecycleView(lifecycle.snapshot()), problems),
    storageMode: parts.storageMode,
    kieMode: config.dryRun || config.testMode ? 'mock' : 'real',
    queue: runtime.stats(),
    workers: worker.lastRun(),
  }))
  boot.attach(app.callback())
}

/** Degraded is also who is there but has something wrong. */
function withProblems(view: LifecycleView, problems: HttpSideParts['problems']) {
  const reasons = problems.reasons()
  const isWell = view.status === 'ok' && Object.keys(reasons).length === 0
  const status = isWell ? ('ok' as const) : ('degraded' as const)
  return { ...view, status, problems: reasons, blocked: problems.blocked() }
}
