import { randomUUID } from 'node:crypto'
import os from 'node:os'
import { createAlert } from '../actors/effects/alert.ts'
import { createReplayEffect } from '../actors/effects/dead-letter.ts'
import type { EffectDeps } from '../actors/effects/deps.ts'
import { createFreeOffer } from '../actors/effects/free-offer.ts'
import { createInvitationWatch } from '../actors/effects/invitation-watch.ts'
import { createReminderWatch } from '../actors/effects/reminders.ts'
import type { ScreenStore } from '../actors/effects/screen-store.ts'
import { effectTable } from '../actors/effects/table.ts'
import { createWaitingWatch } from '../actors/effects/waiting-watch.ts'
import { type BoundEffect, createEffects } from '../actors/engine/effect.ts'
import { createCatalogueSource } from '../actors/kie/catalogue-source.ts'
import { createCatalogueWatch } from '../actors/kie/catalogue-watch.ts'
import { createKieClient, type KieClient } from '../actors/kie/client.ts'
import { createKieLimits } from '../actors/kie/limits.ts'
import { createOverrunWatch } from '../actors/kie/overrun-watch.ts'
import { createProviderWatch } from '../actors/kie/provider-watch.ts'
import { createQualityWatch } from '../actors/kie/quality-watch.ts'
import { createDownload } from '../actors/media/download.ts'
import { createFetchGiven } from '../actors/media/fetch-given.ts'
import { createTransferGate } from '../actors/media/transfer-gate.ts'
import { createStarLedger } from '../actors/payments/star-ledger.ts'
import { createPersonMarks } from '../actors/person-mark.ts'
import type { TelegramApi } from '../actors/telegram/api.ts'
import type { FloodGate } from '../actors/telegram/flood.ts'
import type { WebhookReplies } from '../actors/telegram/webhook-replies.ts'
import type { Config } from '../config/config.ts'
import { publicUrl } from '../config/public-url.ts'
import { signJob } from '../http/kie/callback-proof.ts'
import type { View } from '../machines/conversation/screens/screen.ts'
import type { FreeLimits } from '../machines/job/context.ts'
import type { Reports } from './engine-reports.ts'
import { deskChatOf } from './telegram-side.ts'

export interface EffectWiring {
  deps: EffectDeps
  config: Config
  api: TelegramApi
  flood: FloodGate
  replies: WebhookReplies
  screens: ScreenStore
  reports: Reports
  view: View
  botUsername: () => Promise<string>
  hasInlineMode: () => Promise<boolean>
  /** The intake, for updates that are replayed. */
  takeUpdate: (update: unknown) => Promise<void>
  /** Reads what admins decided about models, at once instead of in a moment. */
  refreshTerms: () => Promise<void>
}

/** Problems that nobody else tells the admins of, and that do not keep us from telling them. */
const ALARMING: ReadonlySet<string> = new Set(['clock', 'queue', 'commits', 'disk'])

/** Largest result that is fetched at all; what Telegram won't take is sent as a link. */
const MAX_RESULT_BYTES = 200 * 1024 * 1024

/** Every effect of the table with what it needs, and what else shares its parts. */
export function wireEffects(wiring: EffectWiring): {
  kie: KieClient
  alert: ReturnType<typeof createAlert>
  /** Asks whether the provider takes orders again. */
  watchProvider: ReturnType<typeof createProviderWatch>
  watchOverruns: ReturnType<typeof createOverrunWatch>
  /** Pauses models that fail time after time. */
  watchQuality: ReturnType<typeof createQualityWatch>
  /** Compares the model files with the provider's catalogue, once a night. */
  watchCatalogue: ReturnType<typeof createCatalogueWatch>
  /** Tells the admins what waits for their decision. */
  watchWaiting: ReturnType<typeof createWaitingWatch>
  /** Rewards invitations that have earned it. */
  watchInvitations: ReturnType<typeof createInvitationWatch>
  /** Tells people what they asked to be reminded of. */
  watchReminders: ReturnType<typeof createReminderWatch>
  effects: readonly BoundEffect[]
} {
  const { deps, config, api, flood, view, reports } = wiring
  const limits = createKieLimits()
  const kie = createKieClient({
    baseUrl: config.kieApiBase,
    uploadBaseUrl: config.kieUploadBase,
    apiKey: config.kieApiKey,
    // The room for a call is waited for before it takes a slot; of a create call, before it is claimed.
    limits: { create: async () => {}, read: async () => {} },
    uniqueName: () => randomUUID(),
    onUnknownState: (task) => deps.log.warn(task, 'a state that no table knows'),
  })
  const tempDir = os.tmpdir()
  const allowLoopback = config.testMode || config.dryRun
  const alert = createAlert({
    ...{ ...deps, api, adminIds: config.adminIds },
    webhookUrl: config.alertWebhookUrl,
  })
  reports.on('refusal', ({ actor, event }, constraint) => {
    const what = `${event.type}, ${actor} (${constraint})`
    const text = {
      ru: `База данных не приняла шаг: ${what}.`,
      en: `The database refused a step: ${what}.`,
    }
    void alert('refused', text).catch(() => {})
  })
  reports.on('problem', (name, reason) => {
    if (ALARMING.has(name))
      void alert(`problem:${name}`, {
        ru: `Нужно посмотреть: ${reason}.`,
        en: `Look into it: ${reason}.`,
      }).catch(() => {})
  })
  const free: FreeLimits = {
    daily: config.freeDailyLimit,
    hourly: config.freeHourlyLimit,
    budgetCredits: config.freeDailyBudgetCredits,
  }
  const { adminIds, botId, starsPerRub, giftPercent, manualTopupDetails } = config
  const { financeIds = [], supportIds = [] } = config
  const inviteCaps = { perDay: config.referralMostPerDay, ever: config.referralMost }
  const freeOffer = createFreeOffer({ ...deps, limits: free, adminIds })
  const watchWaiting = createWaitingWatch({ ...deps, alert })
  const effects = createEffects(effectTable, {
    tellWaiting: watchWaiting,
    refreshTerms: wiring.refreshTerms,
    ...{ ...deps, api, flood, view, kie, alert, adminIds, botId, starsPerRub, giftPercent },
    staff: { adminIds, financeIds, supportIds },
    deskChatId: deskChatOf(config),
    marks: createPersonMarks(config.personKey, config.formerPersonKeys),
    free: freeOffer,
    wordsModel: config.wordsModel,
    wordsPerDay: config.wordsPerDay,
    welcomeKopecks: Math.round(config.welcomeBalanceRub * 100),
    ...{ inviteFree: config.referralBonusFree, inviteAfter: config.referralAfter, inviteCaps },
    limits: { perMinute: config.rateJobsPerMin, perHour: config.rateJobsPerHour, adminIds, free },
    callbacks: config.botMode === 'webhook',
    manual: manualTopupDetails !== undefined,
    botUsername: wiring.botUsername,
    hasInlineMode: wiring.hasInlineMode,
    sendsPerS: config.telegramSendsPerS,
    credits: kie.credits,
    createGate: limits.create,
    readGate: limits.read,
    screens: wiring.screens,
    replies: wiring.replies,
    callbackUrl: (jobId) => callbackUrl(config, jobId),
    readStarLedger: createStarLedger({ ...deps, api }),
    download: createDownload({ tempDir, maxBytes: MAX_RESULT_BYTES, allowLoopback }),
    transfers: createTransferGate(),
    fetchGiven: createFetchGiven({
      ...{ api, tempDir, transfers: createTransferGate() },
      download: createDownload({ ...{ tempDir, maxBytes: 0, allowLoopback }, timeoutMs: 60_000 }),
    }),
  })
  const { takeUpdate } = wiring
  return {
    kie,
    alert,
    watchProvider: createProviderWatch({
      ...deps,
      alert,
      credits: kie.credits,
      alarmHours: config.providerAlarmHours,
    }),
    watchOverruns: createOverrunWatch({ ...deps, alert }),
    watchQuality: createQualityWatch({ ...deps, alert }),
    watchCatalogue: createCatalogueWatch({
      ...{ ...deps, alert },
      source: createCatalogueSource({ baseUrl: config.kieApiBase, apiKey: config.kieApiKey }),
    }),
    watchWaiting,
    watchInvitations: createInvitationWatch({
      ...{ ...deps, botId, caps: inviteCaps, free: config.referralBonusFree },
    }),
    watchReminders: createReminderWatch({ ...deps, botId, free: freeOffer }),
    effects: [...effects, createReplayEffect({ ...deps, takeUpdate })],
  }
}

/** Where the provider reports a job's end; nowhere in polling mode. */
function callbackUrl(config: Config, jobId: string): string | undefined {
  if (config.botMode !== 'webhook') return undefined
  const url = publicUrl(config.webhookBaseUrl, config.kieCallbackPath)
  url.searchParams.set('job', jobId)
  url.searchParams.set('sig', signJob(config.callbackKey, jobId))
  return url.href
}
