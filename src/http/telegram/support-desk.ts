import type { Envelope, Receipt } from '../../actors/engine/envelope.ts'
import type { TelegramApi } from '../../actors/telegram/api.ts'
import { roleOf, type Staff } from '../../machines/conversation/admin/roles.ts'
import type { TelegramInput } from '../../machines/conversation/input.ts'
import { supportActor } from '../../machines/support/definition.ts'
import { doneIn } from '../../machines/support/desk-tap.ts'
import type { SupportEvent } from '../../machines/support/events.ts'
import { languageOf, translator } from '../../machines/texts/translate.ts'
import { createBestEffort } from './once-per-chat.ts'

const TIMEOUT_MS = 5_000

export interface SupportDesk {
  /**
   * True for what is said in the chat of the staff: an answer or an end is committed to the thread that
   * is meant, anything else there is the staff's own talk. False: it is somebody's dialogue.
   */
  take(input: TelegramInput): Promise<boolean>
  settled(): Promise<void>
}

export interface SupportDeskDeps {
  api: Pick<TelegramApi, 'call'>
  botId: number
  staff: Staff
  /** The chat of the staff; undefined as long as there is none. */
  deskChatId: () => number | undefined
  send: (envelope: Envelope) => Promise<Receipt>
  findThread: (place: {
    chatId: number
    topicId?: number
    replyTo?: number
  }) => Promise<number | undefined>
}

/** The chat in which the staff reads and answers what users ask; only staff by id is listened to. */
export function createSupportDesk(deps: SupportDeskDeps): SupportDesk {
  const { api, botId, staff, deskChatId, send, findThread } = deps
  const calls = createBestEffort()

  function meant(input: TelegramInput): SupportEvent | undefined {
    const who = { by: input.userId, name: input.firstName ?? '—' }
    if (input.kind === 'text') return { type: 'staff.said', ...who, text: input.text, media: null }
    if (input.kind === 'media') {
      const { media, caption = null } = input
      return { type: 'staff.said', ...who, text: caption, media }
    }
    if (input.kind === 'tap') return { type: 'staff.solved', ...who }
    return input.kind === 'command' && input.name === 'solved'
      ? { type: 'staff.solved', ...who }
      : undefined
  }

  async function userOf(input: TelegramInput): Promise<number | undefined> {
    if (input.kind === 'tap') return doneIn(input.data)
    const { chatId, threadId, replyTo } = input
    return findThread({
      chatId,
      ...(threadId === undefined ? {} : { topicId: threadId }),
      ...(replyTo === undefined ? {} : { replyTo }),
    })
  }

  function toast(input: TelegramInput, isStaff: boolean): void {
    if (input.kind !== 'tap' || calls.isFull()) return
    const t = translator(languageOf(input.languageCode))
    const text = t(isStaff ? 'support.desk.ok' : 'support.desk.notStaff')
    const answer = { callback_query_id: input.queryId, text, show_alert: !isStaff }
    calls.add(api.call('answerCallbackQuery', answer, { timeoutMs: TIMEOUT_MS }))
  }

  return {
    async take(input) {
      if (input.chatId !== deskChatId()) return false
      const isGroup = input.chatId < 0
      // In an admin's own chat all else is their dialogue with the bot.
      const isOurs =
        isGroup ||
        (input.kind === 'tap' ? doneIn(input.data) !== undefined : input.replyTo !== undefined)
      if (!isOurs) return false
      const isStaff = roleOf(staff, input.userId) !== undefined
      const event = meant(input)
      const userId = isStaff && event !== undefined ? await userOf(input) : undefined
      if (userId === undefined || event === undefined) {
        toast(input, isStaff)
        return isGroup
      }
      await send({ actor: supportActor(botId, userId), key: `tg:${input.updateId}`, event })
      toast(input, true)
      return true
    },
    settled: calls.settled,
  }
}
