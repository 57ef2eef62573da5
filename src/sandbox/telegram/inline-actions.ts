import { LIMITS, TIMES } from './limits.ts'
import type { Bot, FakeUser, InlineQuery, StoredMessage, World } from './model.ts'
import { push, randomDigits } from './push-update.ts'
import { userJson } from './sender-json.ts'
import { UserActionError } from './user-action-error.ts'
import type { Place, UserActions } from './user-actions.ts'

/** What a user does with a bot in inline mode, https://core.telegram.org/bots/inline */
export function createInlineActions(
  world: World,
  { chatAt, sendChosen }: Pick<UserActions, 'chatAt' | 'sendChosen'>,
) {
  /** Types after the bot's name; the bot's answer comes later, if at all. */
  function ask(bot: Bot, user: FakeUser, query: string, place: Place = {}): InlineQuery {
    if (!bot.abilities.inline) throw new UserActionError('this bot has no inline mode')
    const asked: InlineQuery = {
      id: randomDigits(),
      userId: user.id,
      query: query.slice(0, LIMITS.inlineQueryUnits),
      createdAt: world.now(),
      results: undefined,
    }
    bot.inlineQueries.set(asked.id, asked)
    const { kind } = chatAt(bot, user, place)
    const payload = {
      id: asked.id,
      from: userJson(user),
      // The chat with the bot itself is called the sender's.
      chat_type: kind === 'private' ? 'sender' : kind,
      query: asked.query,
      offset: '',
    }
    push(bot, 'inline_query', payload, `inline:${user.id}`, TIMES.inlineQueryUpdateMs)
    return asked
  }

  /** Sends one of the results into the chat; the bot hears of it if its owner wants feedback. */
  function choose(
    bot: Bot,
    user: FakeUser,
    queryId: string,
    resultId: string,
    place: Place = {},
  ): StoredMessage {
    const asked = bot.inlineQueries.get(queryId)
    const result = asked?.results?.find(({ id }) => id === resultId)
    if (!asked || !result) throw new UserActionError(`no result ${resultId}`)
    const { text, caption, media, keyboard } = result
    const message = sendChosen(bot, user, { text, caption, media, keyboard }, place)
    if (bot.abilities.inlineFeedback) {
      const payload = { result_id: resultId, from: userJson(user), query: asked.query }
      const key = `chosen:${user.id}`
      push(bot, 'chosen_inline_result', payload, key, TIMES.chosenResultUpdateMs)
    }
    return message
  }

  return { ask, choose }
}

export type InlineActions = ReturnType<typeof createInlineActions>
