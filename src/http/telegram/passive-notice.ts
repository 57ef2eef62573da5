import type { TelegramApi } from '../../actors/telegram/api.ts'
import type { TelegramInput } from '../../machines/conversation/input.ts'

const TEXT = {
  ru: '⏳ Бот обновляется (20-60 сек)',
  en: '⏳ The bot is updating (20–60 s)',
}

const INTERVAL_MS = 30_000
/** A notice that Telegram can't take quickly is worth nothing any more. */
const TIMEOUT_MS = 5000
/** Beyond this many at once Telegram is slow or away, and more calls would only pile up. */
const MAX_UNDERWAY = 100

export interface PassiveNotice {
  /** Tells the person, without waiting and without ever failing. */
  show(input: TelegramInput): void
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>
}

/**
 * What people see while this instance cannot process: at most one notice per chat in 30 s, as a
 * toast after a tap and as a message otherwise. Every tap is answered, so that no button spins.
 * Remembers at most `maxChats` chats.
 */
export function createPassiveNotice({
  api,
  now,
  maxChats = 10_000,
}: {
  api: Pick<TelegramApi, 'call'>
  now: () => number
  maxChats?: number
}): PassiveNotice {
  const shownAt = new Map<number, number>()
  const underway = new Set<Promise<unknown>>()

  /** True once per chat and interval; the least recently shown are forgotten first. */
  function isDue(chatId: number): boolean {
    if (now() - (shownAt.get(chatId) ?? Number.NEGATIVE_INFINITY) < INTERVAL_MS) return false
    shownAt.delete(chatId)
    shownAt.set(chatId, now())
    for (const [oldest, at] of shownAt) {
      if (now() - at < INTERVAL_MS && shownAt.size <= maxChats) break
      shownAt.delete(oldest)
    }
    return true
  }

  function send(input: TelegramInput): Promise<unknown> | undefined {
    const due = isDue(input.chatId)
    const text = textFor(input.languageCode)
    const options = { timeoutMs: TIMEOUT_MS }
    if (input.kind === 'tap') {
      const toast = due ? { text } : {}
      return api.call(
        'answerCallbackQuery',
        { callback_query_id: input.queryId, ...toast },
        options,
      )
    }
    return due ? api.call('sendMessage', { chat_id: input.chatId, text }, options) : undefined
  }

  return {
    show(input) {
      if (input.kind === 'blocked' || input.kind === 'unblocked') return
      if (underway.size >= MAX_UNDERWAY) return
      const call = send(input)
      if (!call) return
      // Best effort: whoever has blocked the bot, or a flood, is no concern of the notice.
      const done: Promise<unknown> = call.catch(() => {}).finally(() => underway.delete(done))
      underway.add(done)
    },
    async settled() {
      await Promise.all(underway)
    },
  }
}

/** The bot is Russian first: only a known other language gets English. */
const textFor = (languageCode: string | undefined) =>
  languageCode === undefined || languageCode.startsWith('ru') ? TEXT.ru : TEXT.en
