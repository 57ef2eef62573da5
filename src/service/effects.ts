import { randomUUID } from 'node:crypto'
import os from 'node:os'
import type { TaskList } from 'graphile-worker'
import { createAdminHandlers } from '../actors/effects/admin.ts'
import { type Alert, createAlert, createAlertHandler } from '../actors/effects/alert.ts'
import { createAnswerHandler } from '../actors/effects/answer.ts'
import { createReplayTask, REPLAY_TASK } from '../actors/effects/dead-letter.ts'
import { createDeliverHandler } from '../actors/effects/deliver.ts'
import { createEntriesHandler } from '../actors/effects/entries.ts'
import { createFreeOffer } from '../actors/effects/free-offer.ts'
import {
  createInviteHandler,
  createPromoHandler,
  createWelcomeHandler,
} from '../actors/effects/gifts.ts'
import {
  createFavouriteHandler,
  createHistoryHandler,
  createResultHandler,
} from '../actors/effects/history.ts'
import { createKieCreateHandler } from '../actors/effects/kie-create.ts'
import { createKiePollHandler } from '../actors/effects/kie-poll.ts'
import { createKieUploadHandler } from '../actors/effects/kie-upload.ts'
import { createProbeMediaHandler } from '../actors/effects/media-inspect.ts'
import { createNoticeHandler } from '../actors/effects/notice.ts'
import { createDeskHandlers } from '../actors/effects/payment-review.ts'
import {
  createBalanceHandler,
  createFreeHandler,
  createQuoteHandler,
} from '../actors/effects/quote.ts'
import { createRenderHandler } from '../actors/effects/render.ts'
import { createSendAgainHandler, createSendOriginalHandler } from '../actors/effects/show-result.ts'
import { createStartJobHandler } from '../actors/effects/start-job.ts'
import { createTellHandler } from '../actors/effects/tell.ts'
import { type EffectDeps, type EffectHandler, effectKey } from '../actors/engine/effect.ts'
import type { Session } from '../actors/engine/session.ts'
import { createTasks, type TaskDeps } from '../actors/engine/tasks.ts'
import { createTimerTask } from '../actors/engine/timer.ts'
import { createKieClient, type KieClient } from '../actors/kie/client.ts'
import { createKieLimits } from '../actors/kie/limits.ts'
import { createOverrunWatch } from '../actors/kie/overrun-watch.ts'
import { createPauseHandler, createProviderWatch } from '../actors/kie/provider-watch.ts'
import { createDownload } from '../actors/media/download.ts'
import { createFetchGiven } from '../actors/media/fetch-given.ts'
import { createTransferGate } from '../actors/media/transfer-gate.ts'
import type { TelegramApi } from '../actors/telegram/api.ts'
import type { FloodGate } from '../actors/telegram/flood.ts'
import type { Config } from '../config/config.ts'
import { signJob } from '../http/kie/callback-proof.ts'
import type { View } from '../machines/conversation/screens/screen.ts'
import type { FreeLimits } from '../machines/job/context.ts'
import { TOPUP_EXHAUSTED, topupEffects } from './topups.ts'

export interface EffectWiring {
  deps: EffectDeps
  config: Config
  api: TelegramApi
  flood: FloodGate
  session: () => Session
  view: View
  botUsername: () => Promise<string>
  onDone: NonNullable<TaskDeps['onDone']>
  /** The intake, for updates that are replayed. */
  takeUpdate: (update: unknown) => Promise<void>
}

/** Largest result that is fetched at all; what Telegram won't take is sent as a link. */
const MAX_RESULT_BYTES = 200 * 1024 * 1024

/**
 * Every effect with what it needs. Four queues, so that taps never wait for a chat that Telegram
 * holds back, neither waits for the provider, and nothing for what people link to.
 */
export function wireEffects(wiring: EffectWiring): {
  kie: KieClient
  alert: Alert
  /** Looks whether the provider takes orders again. */
  watchProvider: ReturnType<typeof createProviderWatch>
  watchOverruns: ReturnType<typeof createOverrunWatch>
  queues: { tasks: TaskList; slots: number }[]
} {
  const { deps, config, api, flood, view, onDone } = wiring
  const limits = createKieLimits()
  const kie = createKieClient({
    baseUrl: config.kieApiBase,
    uploadBaseUrl: config.kieUploadBase,
    apiKey: config.kieApiKey,
    // The room for a create call is waited for before the call is claimed, not after.
    limits: { ...limits, create: async () => {} },
    uniqueName: () => randomUUID(),
    onUnknownState: (task) => deps.log.warn(task, 'a state that no table knows'),
  })
  const tempDir = os.tmpdir()
  const allowLoopback = config.testMode || config.dryRun
  const download = createDownload({ tempDir, maxBytes: MAX_RESULT_BYTES, allowLoopback })
  const fetchGiven = createFetchGiven({
    ...{ api, tempDir, transfers: createTransferGate() },
    download: createDownload({ ...{ tempDir, maxBytes: 0, allowLoopback }, timeoutMs: 60_000 }),
  })
  const alert = createAlert({ ...deps, api, adminIds: config.adminIds })
  const { rates } = view
  const free: FreeLimits = {
    daily: config.freeDailyLimit,
    hourly: config.freeHourlyLimit,
    budgetCredits: config.freeDailyBudgetCredits,
  }
  const offer = createFreeOffer({ ...deps, limits: free, adminIds: config.adminIds })
  const gifts = {
    ...deps,
    welcomeKopecks: Math.round(config.welcomeBalanceRub * 100),
    inviteFree: config.referralBonusFree,
  }
  const tell = createTellHandler(deps)
  const topups = topupEffects({ ...deps, api, flood }, config)
  const sending = { ...deps, api, flood, download, transfers: createTransferGate() }

  const instant: Record<string, EffectHandler<never>> = {
    'telegram.answer': createAnswerHandler({ ...deps, api }),
    'welcome.request': createWelcomeHandler(gifts),
    'invite.request': createInviteHandler(gifts),
    'entries.request': createEntriesHandler(deps),
    'promo.redeem': createPromoHandler(deps),
    'quote.request': createQuoteHandler({ ...deps, rates, free: offer }),
    'balance.request': createBalanceHandler({ ...deps, free: offer }),
    'free.request': createFreeHandler({ ...deps, free: offer }),
    'history.request': createHistoryHandler(deps),
    'result.request': createResultHandler(deps),
    'favourite.set': createFavouriteHandler(deps),
    'job.start': createStartJobHandler({
      ...deps,
      rates,
      limits: {
        perMinute: config.rateJobsPerMin,
        perHour: config.rateJobsPerHour,
        adminIds: config.adminIds,
        free,
      },
      callbacks: config.botMode === 'webhook',
    }),
    'tell.stage': tell,
    'tell.delivered': tell,
    'tell.failed': tell,
    'tell.refunded': tell,
    ...topups.instant,
  }
  const chat: Record<string, EffectHandler<never>> = {
    'telegram.render': createRenderHandler({
      ...deps,
      api,
      flood,
      view,
      botUsername: wiring.botUsername,
      session: { withLock: (key, action) => wiring.session().withLock(key, action) },
    }),
    'telegram.notice': createNoticeHandler({ ...deps, api, flood }),
    ...createAdminHandlers({ ...deps, api, credits: kie.credits, adminIds: config.adminIds }),
    ...createDeskHandlers({ ...deps, api, flood, adminIds: config.adminIds, botId: config.botId }),
    ...topups.chat,
    'operator.alert': createAlertHandler(alert),
    'provider.pause': createPauseHandler(deps),
  }
  const slow: Record<string, EffectHandler<never>> = {
    'kie.upload': createKieUploadHandler({ ...deps, kie, fetchGiven }),
    'kie.create': createKieCreateHandler({
      ...deps,
      kie,
      gate: limits.create,
      callbackUrl: (jobId) => callbackUrl(config, jobId),
    }),
    'kie.poll': createKiePollHandler({ ...deps, kie }),
    'telegram.deliver': createDeliverHandler(sending),
    ...topups.slow,
    'telegram.sendAgain': createSendAgainHandler(sending),
    'telegram.sendOriginal': createSendOriginalHandler(sending),
  }
  const taskDeps: TaskDeps = { ...deps, onDone, onExhausted: tellWaiting(deps) }
  // Alone, because what people link to may be as slow as they like.
  const inspect = createProbeMediaHandler({ ...deps, fetchGiven })
  const foreign = { 'media.inspect': inspect, 'result.inspect': inspect }
  return {
    kie,
    alert,
    watchProvider: createProviderWatch({ ...deps, alert, credits: kie.credits }),
    watchOverruns: createOverrunWatch({ ...deps, alert }),
    queues: [
      {
        tasks: {
          ...createTasks(instant, taskDeps),
          timer: createTimerTask(deps.runtime),
          [REPLAY_TASK]: createReplayTask({ ...deps, takeUpdate: wiring.takeUpdate }),
        },
        slots: 6,
      },
      { tasks: createTasks(chat, taskDeps), slots: 10 },
      { tasks: createTasks(slow, taskDeps), slots: 16 },
      { tasks: createTasks(foreign, taskDeps), slots: 4 },
    ],
  }
}

/** Where the provider reports a job's end; nowhere in polling mode. */
function callbackUrl(config: Config, jobId: string): string | undefined {
  if (config.botMode !== 'webhook') return undefined
  const url = new URL(config.kieCallbackPath.replace(/^\/*/, '/'), config.webhookBaseUrl)
  url.searchParams.set('job', jobId)
  url.searchParams.set('sig', signJob(config.callbackKey, jobId))
  return url.href
}

/** What an actor hears when an effect it waits for will not be tried again. */
const EXHAUSTED: Record<string, (params: Record<string, unknown>) => Record<string, unknown>> = {
  'quote.request': () => ({ type: 'quote.refused', reason: 'unpriced' }),
  'job.start': ({ jobId }) => ({ type: 'job.refused', jobId, reason: 'paused' }),
  'media.inspect': ({ serial }) => ({
    type: 'media.refused',
    serial,
    code: 'media.unavailable',
  }),
  'result.inspect': ({ serial }) => ({
    type: 'media.refused',
    serial,
    code: 'media.unavailable',
  }),
  'kie.upload': () => ({ type: 'inputs.rejected', code: 'media.unavailable' }),
  'telegram.deliver': () => ({ type: 'result.undeliverable', code: 'telegram.unavailable' }),
  ...TOPUP_EXHAUSTED,
}

/** Tells the actor that waits for an effect that it will not come. */
export const tellWaiting =
  ({ runtime }: EffectDeps): NonNullable<TaskDeps['onExhausted']> =>
  async (type, job) => {
    const event = EXHAUSTED[type]?.(job.params) as { type: string } | undefined
    if (event === undefined) return
    await runtime.send({ actor: job.actor, key: `given-up:${type}:${effectKey(job)}`, event })
  }
