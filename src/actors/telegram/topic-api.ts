import { RetryableError } from '../../errors.ts'
import type { TelegramApi } from './api.ts'
import { isTopicGone } from './errors.ts'

/** In which topic of a private chat its person speaks. */
export interface Topics {
  /** Whether the bot has topics at all; without, nothing is asked and nothing is changed. */
  isOn(): boolean
  read(chatId: number): Promise<number | undefined>
  /** The topic is gone: answers go to the chat itself. */
  forget(chatId: number): Promise<unknown>
}

/**
 * The same calls, with what is sent to a private chat shown in the topic in which its person speaks.
 * A topic that is gone is forgotten, and the call is to be repeated.
 */
export const createTopicApi = (api: TelegramApi, topics: Topics): TelegramApi => ({
  ...api,
  async call(method, payload, options) {
    const chatId = chatOf(payload as Payload)
    if (!topics.isOn() || !isSend(method) || chatId === undefined) {
      return api.call(method, payload, options)
    }
    // Words in the wrong place are better than none.
    const threadId = await topics.read(chatId).catch(() => undefined)
    if (threadId === undefined) return api.call(method, payload, options)
    try {
      return await api.call(method, { ...payload, message_thread_id: threadId }, options)
    } catch (error) {
      if (!isTopicGone(error)) throw error
      await topics.forget(chatId)
      throw new RetryableError('telegram.unavailable', { cause: error })
    }
  },
})

const isSend = (method: string): boolean => method.startsWith('send') || method === 'copyMessage'

type Payload = { chat_id?: unknown; message_thread_id?: unknown }

/** The private chat that is meant, unless the topic is named already. */
const chatOf = ({ chat_id: id, message_thread_id: named }: Payload): number | undefined =>
  typeof id === 'number' && id > 0 && named === undefined ? id : undefined
