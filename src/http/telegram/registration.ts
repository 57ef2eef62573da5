import type { ApiPayload, ApiResult, TelegramApi } from '../../actors/telegram/api.ts'
import { RetryableError } from '../../errors.ts'
import { type PersistDeps, persist } from './persist.ts'
import type { AllowedUpdates } from './poller.ts'

/** Where and how Telegram delivers; the address is secret, it is never logged. */
export interface WebhookSettings {
  readonly url: string
  readonly secret: string
  readonly allowedUpdates: AllowedUpdates
  readonly maxConnections: number
}

export type WebhookInfo = ApiResult<'getWebhookInfo'>
type CommandList = ApiPayload<'setMyCommands'>
type Profile = ApiPayload<'setMyDescription'> & ApiPayload<'setMyShortDescription'>

/** What Telegram must know about the bot; every function resolves when it does or on abort. */
export interface Registration {
  /** The bot itself, as telegraf's dispatcher needs it. */
  identify(signal: AbortSignal): Promise<ApiResult<'getMe'> | undefined>
  /** Sets the webhook if Telegram's differs; keeps pending updates. Resolves with what is set. */
  registerWebhook(settings: WebhookSettings, signal: AbortSignal): Promise<WebhookInfo | undefined>
  /** Sets each list (one per language) that differs. */
  registerCommands(lists: readonly CommandList[], signal: AbortSignal): Promise<void>
  /** Sets each part of the profile (per language) that differs. */
  registerProfiles(profiles: readonly Profile[], signal: AbortSignal): Promise<void>
}

/** For the one instance that was elected: setWebhook by two at once is refused with 429. */
export function createRegistration(deps: PersistDeps & { api: Pick<TelegramApi, 'call'> }) {
  const { api, log } = deps
  // Telegram never tells the secret back, so each process sends its own once.
  let sentSecret: string | undefined

  async function ensureWebhook(settings: WebhookSettings, signal: AbortSignal) {
    const before = await api.call('getWebhookInfo', {}, { signal })
    if (settings.secret === sentSecret && matches(before, settings)) return before
    await api.call(
      'setWebhook',
      {
        url: settings.url,
        secret_token: settings.secret,
        allowed_updates: settings.allowedUpdates,
        max_connections: settings.maxConnections,
        drop_pending_updates: false,
      },
      { signal },
    )
    const after = await api.call('getWebhookInfo', {}, { signal })
    // Only the address: an older server drops kinds of updates that it does not know.
    if (after.url !== settings.url) {
      throw new RetryableError('telegram.conflict', { detail: 'Another webhook was set.' })
    }
    sentSecret = settings.secret
    return after
  }

  async function ensureCommands(list: CommandList, signal: AbortSignal) {
    const { commands: wanted, ...where } = list
    const current = await api.call('getMyCommands', where, { signal })
    if (!sameCommands(current, wanted)) await api.call('setMyCommands', list, { signal })
  }

  async function ensureProfile(profile: Profile, signal: AbortSignal) {
    const { description = '', short_description = '', ...where } = profile
    const whole = await api.call('getMyDescription', where, { signal })
    if (whole.description !== description) {
      await api.call('setMyDescription', { ...where, description }, { signal })
    }
    const short = await api.call('getMyShortDescription', where, { signal })
    if (short.short_description !== short_description) {
      await api.call('setMyShortDescription', { ...where, short_description }, { signal })
    }
  }

  const registration: Registration = {
    identify: (signal) => persist('getMe', () => api.call('getMe', {}, { signal }), deps, signal),
    async registerWebhook(settings, signal) {
      const work = () => ensureWebhook(settings, signal)
      const info = await persist('setWebhook', work, deps, signal)
      if (info) log.info({ pending: info.pending_update_count }, 'webhook is set')
      return info
    },
    async registerCommands(lists, signal) {
      for (const list of lists) {
        await persist('setMyCommands', () => ensureCommands(list, signal), deps, signal)
      }
    },
    async registerProfiles(profiles, signal) {
      for (const profile of profiles) {
        await persist('setMyDescription', () => ensureProfile(profile, signal), deps, signal)
      }
    },
  }
  return registration
}

const matches = (info: WebhookInfo, settings: WebhookSettings) =>
  info.url === settings.url &&
  (info.max_connections ?? 40) === settings.maxConnections &&
  sameSet(info.allowed_updates ?? [], settings.allowedUpdates)

const sameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && new Set([...a, ...b]).size === a.length

const sameCommands = (a: CommandList['commands'], b: CommandList['commands']) =>
  a.length === b.length &&
  a.every(
    ({ command, description }, i) => command === b[i]?.command && description === b[i]?.description,
  )
