import type { TelegramApi } from '../../actors/telegram/api.ts'
import type { TelegramInput } from '../../machines/conversation/input.ts'
import { createBestEffort, createOncePerChat } from './once-per-chat.ts'

const TEXT = {
  ru: '⏳ Бот обновляется (20-60 сек)',
  en: '⏳ The bot is updating (20–60 s)',
}

const INTERVAL_MS = 30_000
/** A notice that Telegram can't take quickly is worth nothing any more. */
const TIMEOUT_MS = 5000
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
  maxChats,
}: {
  api: Pick<TelegramApi, 'call'>
  now: () => number
  maxChats?: number
}): PassiveNotice {
  const isDue = createOncePerChat({ now, intervalMs: INTERVAL_MS, maxChats })
  const calls = createBestEffort()

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
      if (calls.isFull()) return
      const call = send(input)
      if (call) calls.add(call)
    },
    settled: calls.settled,
  }
}

/** The bot is Russian first: only a known other language gets English. */
const textFor = (languageCode: string | undefined) =>
  languageCode === undefined || languageCode.startsWith('ru') ? TEXT.ru : TEXT.en
