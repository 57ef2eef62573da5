import type { InlineButton } from './keyboard.ts'
import { TIMES } from './limits.ts'
import { messageJson } from './message-json.ts'
import type { Bot, CallbackQuery, Chat, FakeUser, World } from './model.ts'
import { push, randomDigits } from './push-update.ts'
import { chatJson, userJson } from './sender-json.ts'
import { UserActionError } from './user-action-error.ts'
import type { Place, UserActions } from './user-actions.ts'

const isTarget = (target: string) => (button: InlineButton) =>
  button.callback_data !== undefined && (button.callback_data === target || button.text === target)

/** What a user does with inline buttons. */
export function createButtonActions(world: World, { chatAt }: Pick<UserActions, 'chatAt'>) {
  function pushQuery(bot: Bot, user: FakeUser, chat: Chat, messageId: number, data: string) {
    const query: CallbackQuery = {
      id: randomDigits(),
      userId: user.id,
      chatId: chat.id,
      messageId,
      data,
      createdAt: world.now(),
      answer: undefined,
    }
    bot.queries.set(query.id, query)
    const message = chat.messages.get(messageId)
    // https://core.telegram.org/bots/api#inaccessiblemessage
    const shown =
      message && !message.deleted
        ? messageJson(bot, chat, message)
        : { chat: chatJson(chat), message_id: messageId, date: 0 }
    const payload = {
      id: query.id,
      from: userJson(user),
      message: shown,
      chat_instance: `-${bot.id}${Math.abs(chat.id)}`,
      data,
    }
    push(bot, 'callback_query', payload, `callback:${user.id}`, TIMES.queryUpdateMs)
    return query
  }

  function open(bot: Bot, user: FakeUser, place: Place): Chat {
    const chat = chatAt(bot, user, place)
    if (chat.kind !== 'private') return chat
    if (chat.blocked) throw new UserActionError('this user has blocked the bot')
    chat.started = true
    return chat
  }

  /** Presses a button by its data or label; a stale tap needs no button of that data any more. */
  function tap(
    bot: Bot,
    user: FakeUser,
    messageId: number,
    target: string,
    { stale = false, ...place }: Place & { stale?: boolean } = {},
  ) {
    const chat = open(bot, user, place)
    const message = chat.messages.get(messageId)
    const button =
      message && !message.deleted ? message.keyboard?.flat().find(isTarget(target)) : undefined
    if (!button && !stale)
      throw new UserActionError(`message ${messageId} has no button "${target}"`)
    return pushQuery(bot, user, chat, messageId, button?.callback_data ?? target)
  }

  /** An app that got no answer sends the same tap again: new update, new query. */
  function resendTap(bot: Bot, user: FakeUser, queryId: string): CallbackQuery {
    const query = bot.queries.get(queryId)
    if (!query) throw new UserActionError(`no tap ${queryId}`)
    const { chatId, messageId, data } = query
    return pushQuery(bot, user, open(bot, user, { chatId }), messageId, data)
  }

  return { tap, resendTap }
}

export type ButtonActions = ReturnType<typeof createButtonActions>
