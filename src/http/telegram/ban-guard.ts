import type { TelegramApi } from '../../actors/telegram/api.ts'
import type { TelegramInput } from '../../machines/conversation/input.ts'
import { languageOf } from '../../machines/texts/translate.ts'
import { createBestEffort, createOncePerChat } from './once-per-chat.ts'

const TEXT = {
  ru: '⛔ Доступ к боту закрыт.',
  en: '⛔ You can’t use this bot any more.',
}

const INTERVAL_MS = 60_000
const TIMEOUT_MS = 5_000
/** A ban holds on every instance after this long. */
const FRESH_MS = 5_000

export interface BanGuard {
  /** True for a banned user, who then reads why, once a minute at most; nothing else happens. */
  stops(input: TelegramInput): Promise<boolean>
  /** Whether somebody is banned; they hear nothing of it. */
  isBanned(userId: number): Promise<boolean>
}

/**
 * Keeps banned users out at the one place through which all that people do comes in. Who is banned is
 * read every few seconds; while the database is away, what was known last counts.
 */
export function createBanGuard({
  api,
  now,
  readBans,
}: {
  api: Pick<TelegramApi, 'call'>
  now: () => number
  readBans: () => Promise<ReadonlyMap<number, string>>
}): BanGuard {
  const isDue = createOncePerChat({ now, intervalMs: INTERVAL_MS })
  const calls = createBestEffort()
  let bans: ReadonlyMap<number, string> = new Map()
  let readAt = Number.NEGATIVE_INFINITY

  async function refresh(): Promise<void> {
    if (Math.abs(now() - readAt) < FRESH_MS) return
    readAt = now()
    bans = await readBans().catch(() => bans)
  }

  return {
    async stops(input) {
      await refresh()
      const words = bans.get(input.userId)
      if (words === undefined) return false
      const text = [TEXT[languageOf(input.languageCode)], words].filter(Boolean).join('\n')
      const options = { timeoutMs: TIMEOUT_MS }
      if (calls.isFull()) return true
      if (input.kind === 'tap') {
        const toast = { callback_query_id: input.queryId, text: text.slice(0, 200) }
        calls.add(api.call('answerCallbackQuery', { ...toast, show_alert: true }, options))
      } else if (input.kind !== 'blocked' && input.kind !== 'unblocked' && isDue(input.chatId)) {
        calls.add(api.call('sendMessage', { chat_id: input.chatId, text }, options))
      }
      return true
    },
    async isBanned(userId) {
      await refresh()
      return bans.has(userId)
    },
  }
}
