import { setTimeout as sleep } from 'node:timers/promises'
import type { EffectDeps } from '../actors/effects/deps.ts'
import { createGatherer } from '../actors/engine/gather.ts'
import { createTelegramApi, type TelegramApi } from '../actors/telegram/api.ts'
import { createFloodGate, type FloodGate } from '../actors/telegram/flood.ts'
import { createTopicApi } from '../actors/telegram/topic-api.ts'
import { createWebhookReplies, type WebhookReplies } from '../actors/telegram/webhook-replies.ts'
import type { Config } from '../config/config.ts'
import { publicUrl } from '../config/public-url.ts'
import { RetryableError } from '../errors.ts'
import { ALLOWED_UPDATES, COMMAND_LISTS, PROFILES } from '../http/telegram/announcements.ts'
import { createBanGuard } from '../http/telegram/ban-guard.ts'
import { createDispatcher } from '../http/telegram/dispatch.ts'
import { createInlineShare } from '../http/telegram/inline-share.ts'
import { createAccept, createOnInput, type InputDeps } from '../http/telegram/input-handlers.ts'
import { createNameNotes } from '../http/telegram/name-notes.ts'
import { createPassiveNotice } from '../http/telegram/passive-notice.ts'
import { createPoller } from '../http/telegram/poller.ts'
import { createPrivateOnly } from '../http/telegram/private-only.ts'
import { createRegistration } from '../http/telegram/registration.ts'
import { createSupportDesk } from '../http/telegram/support-desk.ts'
import { roleOf } from '../machines/conversation/admin/roles.ts'
import { noteTopic, readTopic } from '../store/chat-topics.ts'
import { writeDeadLetter } from '../store/engine/dead-letters.ts'
import { noteNames, type PersonName, readBans } from '../store/persons.ts'
import { findThread } from '../store/support.ts'
import { isUser } from '../store/users.ts'
import type { Reports } from './engine-reports.ts'
import type { Lifecycle } from './lifecycle.ts'
import { createPayments } from './payments.ts'

/**
 * Where the staff reads what users ask: their group, else the chat of the first admin. Asked each time:
 * on a developer's machine an admin may be added while it runs, and until then there is none.
 */
export const deskChatOf =
  ({ supportChatId, adminIds }: Pick<Config, 'supportChatId' | 'adminIds'>) =>
  (): number | undefined =>
    supportChatId ?? adminIds[0]

/** Everything between Telegram and the runtime, whichever way updates come in. */
export interface TelegramSide {
  api: TelegramApi
  flood: FloodGate
  replies: WebhookReplies
  /** Resolves when Telegram has said which bot this is; rejects when the process ends before. */
  identified: Promise<unknown>
  /** Waits for the identification; rejects retryably when the bot has no name. */
  botUsername(): Promise<string>
  /** Whether the owner has switched inline mode on at @BotFather. */
  hasInlineMode(): Promise<boolean>
  /** Resolves when the update is committed or kept as unreadable. */
  accept(update: unknown): Promise<void>
  /** Answers at once what can't wait: a checkout, an inline query; false for any other update. */
  answerAtOnce(update: unknown): Promise<boolean>
  /** Tells the sender of an update that can't be stored now that the bot is updating. */
  showUpdating(update: unknown): void
  /** Resolves when no such notice is on its way any more. */
  settled(): Promise<void>
  close(): void
}

/**
 * Identifies the bot at once, not behind the database: without it there is nobody else to tell people
 * that the bot is updating. Polls, or registers webhook and commands, while the lifecycle says so.
 */
export function createTelegramSide({
  deps,
  config,
  reports,
  lifecycle,
}: {
  deps: EffectDeps
  config: Config
  reports: Reports
  lifecycle: Lifecycle
}): TelegramSide {
  const { runtime, db, now, log, crashAt } = deps
  const { botId, adminIds, financeIds = [], supportIds = [] } = config
  const staff = { adminIds, financeIds, supportIds }
  let hasTopics = false
  const api = createTopicApi(
    createTelegramApi({ token: config.botToken, apiRoot: config.telegramApiRoot }),
    {
      isOn: () => hasTopics,
      read: (chatId) => readTopic(db, chatId),
      forget: (chatId) => noteTopic(db, chatId, null),
    },
  )
  const deskChatId = deskChatOf(config)
  const desk = createSupportDesk({
    ...{ api, botId, send: runtime.send },
    staff,
    deskChatId,
    findThread: (place) => findThread(db, place),
  })
  const bans = createBanGuard({ api, now, readBans: () => readBans(db) })
  const nameWrites = createGatherer((batch: readonly PersonName[]) =>
    noteNames(db, batch).then(() => undefined),
  )
  const names = createNameNotes(nameWrites.add)
  const intake: InputDeps = {
    ...{ botId, crashAt },
    isStaff: (userId) => roleOf(staff, userId) !== undefined,
    send: runtime.send,
    toDesk: desk.take,
    isStopped: (input) => bans.stops(input),
    isUser: (userId) => isUser(db, userId),
    noteName: names,
    noteTopic: async (chatId, threadId) => {
      if (hasTopics) await noteTopic(db, chatId, threadId ?? null)
    },
    deadLetter: async (letter) => {
      await writeDeadLetter(db, letter)
      reports.emit('dead letter', letter.kind === 'update' ? 'unreadable' : 'refused')
    },
  }
  const { deadLetter } = intake
  const { checkout, onPayment } = createPayments({ deps, config, api, deadLetter, lifecycle })
  const outside = {
    ...{ api, log },
    random: Math.random,
    sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
  }
  const registration = createRegistration(outside)
  const notice = createPassiveNotice({ api, now })

  const identity = registration.identify(lifecycle.ending).then((botInfo) => {
    if (botInfo === undefined) throw new RetryableError('runtime.draining')
    hasTopics = botInfo.has_topics_enabled === true
    return botInfo
  })
  const botUsername = async () => {
    const { username } = await identity
    if (username === undefined) throw new RetryableError('telegram.unavailable')
    return username
  }
  const hasInlineMode = async () => (await identity).supports_inline_queries === true
  const privateOnly = createPrivateOnly({ api, now, botUsername })
  const inlineShare = createInlineShare({
    ...{ api, db, botUsername, log },
    isBanned: (userId) => bans.isBanned(userId),
  })
  const answerAtOnce = async (update: unknown) =>
    (await checkout(update)) || (await inlineShare.answerAtOnce(update))
  const dispatcher = identity.then((botInfo) => {
    const onInput = createOnInput(intake)
    const bot = createDispatcher({
      ...{ botInfo, onInput, onPayment, onForeign: privateOnly.answer },
      deskChatId,
    })
    lifecycle.send('bot.identified')
    return bot
  })
  // Whoever waits for it hears of it; it is no error by itself.
  dispatcher.catch(() => {})

  const accept = createAccept(dispatcher, intake)

  function showUpdating(update: unknown): void {
    if (!lifecycle.snapshot().context.botIdentified) return
    const show = async () => {
      const translation = await (await dispatcher).translate(update)
      if (translation.kind === 'input') notice.show(translation.input)
    }
    void show()
  }

  const poller = createPoller({
    ...outside,
    now,
    allowedUpdates: ALLOWED_UPDATES,
    onState: (state) => {
      if (state.phase === 'waiting' && state.reason === 'telegram.conflict') {
        lifecycle.send('polling.conflicted')
      }
    },
    async accept(update) {
      if (await answerAtOnce(update)) return
      await accept(update).catch((error) => {
        showUpdating(update)
        throw error
      })
    },
  })

  lifecycle.onDuty('poll', poller.run)
  lifecycle.onDuty('lead', (until) => registration.registerCommands(COMMAND_LISTS, until))
  lifecycle.onDuty('lead', (until) => registration.registerProfiles(PROFILES, until))
  lifecycle.onDuty('register webhook', async (until) => {
    const url = publicUrl(config.webhookBaseUrl, `webhook/${config.webhookSecretPath}`).href
    const secret = config.webhookSecretToken
    const settings = { url, secret, allowedUpdates: ALLOWED_UPDATES, maxConnections: 40 }
    await registration.registerWebhook(settings, until)
    if (!until.aborted) log.info('webhook registered')
  })

  return {
    api,
    replies: createWebhookReplies(),
    flood: createFloodGate({ now, perSecond: config.telegramSendsPerS }),
    identified: dispatcher,
    ...{ botUsername, hasInlineMode, accept, answerAtOnce, showUpdating },
    async settled() {
      await Promise.all([notice, privateOnly, desk, inlineShare].map((part) => part.settled()))
    },
    close: api.close,
  }
}
