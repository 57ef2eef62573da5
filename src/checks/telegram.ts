import { createTelegramApi } from '../actors/telegram/api.ts'
import type { Config } from '../config/config.ts'
import { ALLOWED_UPDATES } from '../http/telegram/announcements.ts'
import { type Finding, fail, ok, warn } from './run-checks.ts'

const CALL_LIMIT_MS = 10_000
/** More waiting updates than this mean that nobody takes them. */
const MANY_WAITING = 100
const RECENT_S = 3_600

type Place = Pick<
  Config,
  'botToken' | 'telegramApiRoot' | 'botMode' | 'webhookBaseUrl' | 'webhookSecretPath'
>

/** Telegram knows the bot and delivers to this address, or to nobody where we poll. */
export async function checkTelegram(config: Place, now: () => number): Promise<Finding[]> {
  const api = createTelegramApi({
    token: config.botToken,
    apiRoot: config.telegramApiRoot,
    timeoutMs: CALL_LIMIT_MS,
  })
  try {
    const me = await api.call('getMe', {})
    const info = await api.call('getWebhookInfo', {})
    const findings = [ok(`bot @${me.username}`), ...placeOf(config, info.url ?? '')]
    if (info.pending_update_count > MANY_WAITING) {
      findings.push(warn(`${info.pending_update_count} updates are waiting`))
    }
    const { last_error_date: at = 0, last_error_message: message = '' } = info
    if (now() / 1_000 - at < RECENT_S) findings.push(warn(`Telegram's last error: ${message}`))
    const missing = ALLOWED_UPDATES.filter((kind) => !(info.allowed_updates ?? []).includes(kind))
    if (config.botMode === 'webhook' && info.url && missing.length > 0) {
      findings.push(warn(`not delivered until the next start: ${missing.join(', ')}`))
    }
    return findings
  } finally {
    api.close()
  }
}

/** The address itself is secret and is only compared. */
function placeOf({ botMode, webhookBaseUrl, webhookSecretPath }: Place, url: string): Finding[] {
  if (botMode === 'polling') {
    return [url === '' ? ok('no webhook: polling works') : warn('a webhook is set; it will go')]
  }
  if (url === '') return [warn('no webhook yet; the first start sets it')]
  const wanted = new URL(`/webhook/${webhookSecretPath}`, webhookBaseUrl).href
  if (url === wanted) return [ok('the webhook leads here')]
  const sameHost = new URL(url).host === new URL(wanted).host
  return [sameHost ? warn('the webhook has an older path') : fail('the webhook leads elsewhere')]
}
