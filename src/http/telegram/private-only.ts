import type { TelegramApi } from '../../actors/telegram/api.ts'
import { languageOf } from '../../machines/texts/translate.ts'
import { createBestEffort, createOncePerChat } from './once-per-chat.ts'
import type { ForeignInput } from './translate.ts'

const TEXT = {
  ru: {
    words: '👋 Я работаю только в личных сообщениях: там всё видно вам одному.',
    button: 'Открыть личный чат',
    toast: 'Я работаю только в личных сообщениях.',
  },
  en: {
    words: '👋 I work in private messages only: there everything is yours alone.',
    button: 'Open the private chat',
    toast: 'I work in private messages only.',
  },
}

const INTERVAL_MS = 600_000
const TIMEOUT_MS = 5_000
/** Over all chats: whoever adds the bot to a thousand groups takes nothing from those who wait. */
const MOST_A_MINUTE = 20
const MINUTE = 60_000

export interface PrivateOnly {
  /** Answers without waiting and without ever failing. */
  answer(input: ForeignInput): void
  settled(): Promise<void>
}

/**
 * What a chat hears that is no person's: one polite answer with a link to the private chat, at most once
 * in ten minutes. Nothing about such a chat is stored.
 */
export function createPrivateOnly({
  api,
  now,
  botUsername,
}: {
  api: Pick<TelegramApi, 'call'>
  now: () => number
  botUsername: () => Promise<string>
}): PrivateOnly {
  const isDue = createOncePerChat({ now, intervalMs: INTERVAL_MS, maxChats: 1_000 })
  const calls = createBestEffort()
  const options = { timeoutMs: TIMEOUT_MS }
  let minute = { began: 0, count: 0 }

  function isTooMany(): boolean {
    if (now() - minute.began >= MINUTE) minute = { began: now(), count: 0 }
    minute.count += 1
    return minute.count > MOST_A_MINUTE
  }

  async function say({ chatId, threadId, messageId, languageCode }: ForeignInput): Promise<void> {
    const { words, button } = TEXT[languageOf(languageCode)]
    await api.call(
      'sendMessage',
      {
        chat_id: chatId,
        text: words,
        disable_notification: true,
        reply_markup: {
          inline_keyboard: [[{ text: button, url: `https://t.me/${await botUsername()}` }]],
        },
        ...(threadId === undefined ? {} : { message_thread_id: threadId }),
        ...(messageId === undefined
          ? {}
          : { reply_parameters: { message_id: messageId, allow_sending_without_reply: true } }),
      },
      options,
    )
  }

  return {
    answer(input) {
      if (calls.isFull()) return
      if (input.queryId !== undefined) {
        const { toast: text } = TEXT[languageOf(input.languageCode)]
        const toast = { callback_query_id: input.queryId, text }
        calls.add(api.call('answerCallbackQuery', toast, options))
        return
      }
      if (isDue(input.chatId) && !isTooMany()) calls.add(say(input))
    },
    settled: calls.settled,
  }
}
