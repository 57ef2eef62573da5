import { createTelegramApi } from '../actors/telegram/api.ts'
import type { Config } from '../config/config.ts'
import { publicUrl } from '../config/public-url.ts'
import { coerceError } from '../errors.ts'
import { ALLOWED_UPDATES } from '../http/telegram/announcements.ts'
import { type Finding, fail, ok, warn } from './run-checks.ts'

const CALL_LIMIT_MS = 10_000
/** More waiting updates than this mean that nobody takes them. */
const MANY_WAITING = 100
const RECENT_S = 3_600

type Place = Pick<
  Config,
  | 'botToken'
  | 'botId'
  | 'adminIds'
  | 'telegramApiRoot'
  | 'botMode'
  | 'webhookBaseUrl'
  | 'webhookSecretPath'
>

/** What Telegram knows about the bot. */
export interface TelegramFacts {
  readonly id: number
  readonly username: string
  readonly webhook: string
  readonly pending: number
  readonly lastErrorAt: number
  readonly lastError: string
  readonly allowedUpdates: readonly string[]
  /** Admins whose chat the bot can't see: they never wrote to it, or have blocked it. */
  readonly unreachable: readonly number[]
}

/** Asks Telegram; sends nothing to anybody. Rejects when the token is unknown. */
export async function readTelegram(config: Place): Promise<TelegramFacts> {
  const api = createTelegramApi({
    token: config.botToken,
    apiRoot: config.telegramApiRoot,
    timeoutMs: CALL_LIMIT_MS,
  })
  try {
    const me = await api.call('getMe', {})
    const info = await api.call('getWebhookInfo', {})
    const unreachable: number[] = []
    for (const id of config.adminIds) {
      await api.call('getChat', { chat_id: id }).catch((thrown: unknown) => {
        // Only what Telegram says about the chat; an error of the network is one of the section.
        if (!/^telegram\.(refused|blocked)/.test(codeOf(thrown))) throw thrown
        unreachable.push(id)
      })
    }
    return {
      id: me.id,
      username: me.username ?? '',
      webhook: info.url ?? '',
      pending: info.pending_update_count,
      lastErrorAt: info.last_error_date ?? 0,
      lastError: info.last_error_message ?? '',
      allowedUpdates: info.allowed_updates ?? [],
      unreachable,
    }
  } finally {
    api.close()
  }
}

const codeOf = (thrown: unknown): string => {
  const error = coerceError(thrown)
  return 'code' in error ? String(error.code) : ''
}

/** Judges it; `now` in Unix milliseconds. */
export function findingsOfTelegram(
  facts: TelegramFacts,
  config: Place,
  { now, deployed }: { now: number; deployed: boolean },
): Finding[] {
  const findings = [ok(`bot @${facts.username}`), ...placeOf(config, facts.webhook, deployed)]
  if (facts.id !== config.botId) {
    findings.push(
      fail(
        `Telegram calls this bot ${facts.id}, its token says ${config.botId}`,
        'Another server answers in the place of Telegram.',
        'Correct TELEGRAM_API_ROOT.',
      ),
    )
  }
  for (const id of facts.unreachable) {
    findings.push(
      fail(
        `the admin ${id} can't be reached`,
        'Alarms about money and refunds would be read by nobody.',
        'Send /start to the bot from that account, or correct ADMIN_ID.',
      ),
    )
  }
  if (facts.pending > MANY_WAITING) {
    findings.push(
      (deployed ? fail : warn)(
        `${facts.pending} updates are waiting`,
        'People write and nobody answers.',
        'See whether an instance runs and what its log says about updates.',
      ),
    )
  }
  if (now / 1_000 - facts.lastErrorAt < RECENT_S) {
    findings.push(
      warn(
        `Telegram's last error of this hour: ${facts.lastError}`,
        'Telegram could not deliver an update; it tries again for a day.',
        'If it goes on, look at the address, the certificate and the log.',
      ),
    )
  }
  const missing = ALLOWED_UPDATES.filter((kind) => !facts.allowedUpdates.includes(kind))
  if (config.botMode === 'webhook' && facts.webhook && missing.length > 0) {
    findings.push(
      (deployed ? fail : warn)(
        `Telegram does not deliver: ${missing.join(', ')}`,
        missing.includes('pre_checkout_query')
          ? 'Nobody can pay: Telegram asks before each payment and gets no answer.'
          : 'Taps or messages of this kind never arrive.',
        'Restart the bot: its leader registers the webhook with all kinds.',
      ),
    )
  }
  return findings
}

/** The address itself is secret and is only compared. */
function placeOf(
  { botMode, webhookBaseUrl, webhookSecretPath }: Place,
  url: string,
  deployed: boolean,
): Finding[] {
  const severity = deployed ? fail : warn
  if (botMode === 'polling') {
    return [
      url === ''
        ? ok('no webhook: polling works')
        : severity(
            'a webhook is set',
            'Telegram gives a polling bot nothing while one is set.',
            'Start the bot, which removes it; if it comes back, somebody else uses this token.',
          ),
    ]
  }
  if (url === '') {
    return [
      severity(
        'no webhook is set',
        'Telegram delivers to nobody.',
        'Start the bot: its leader sets it. If it runs, look for "webhook" in its log.',
      ),
    ]
  }
  if (url === '') return [warn('no webhook yet; the first start sets it')]
  const wanted = publicUrl(webhookBaseUrl, `webhook/${webhookSecretPath}`).href
  if (url === wanted) return [ok('the webhook leads here')]
  const sameHost = new URL(url).host === new URL(wanted).host
  return [
    fail(
      sameHost ? 'the webhook has another path' : 'the webhook leads to another host',
      'Telegram delivers to somebody else than the bot with this environment.',
      'Set the environment of the deployed bot, or restart it so that it registers anew.',
    ),
  ]
}
