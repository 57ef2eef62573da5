import type { ChatOptions, Control, ControlledUser, UserOptions } from './control-types.ts'
import { handleContent } from './file-content.ts'
import { controlGroup } from './group-control.ts'
import { makeGroup } from './groups.ts'
import type { LongPolls } from './long-poll.ts'
import type { Bot, Chat, World } from './model.ts'
import type { PaymentActions } from './payment-actions.ts'
import { seenMessage } from './seen-message.ts'
import { createSpeaker, type PeopleActions } from './speaker.ts'
import { updateJson } from './updates.ts'
import { waitForChange } from './wait-for-change.ts'
import { chatOf, findBot, putUser } from './world.ts'

interface ControlDeps extends PeopleActions {
  readonly payments: PaymentActions
  readonly polls: LongPolls
  /** Ends the deliveries to a bot's webhook. */
  readonly stopWebhook: (bot: Bot) => void
}

const openChat = (world: World, chatId: number, username?: string): Chat | undefined =>
  findBot(world, username).chats.get(chatId)

/** The in-process side of the fake: people, what they see, and what the bot did. */
export function createControl(deps: ControlDeps): Control {
  const { world, actions, buttons, payments } = deps

  function chat(chatId: number, options: ChatOptions & { bot?: string } = {}) {
    const bot = findBot(world, options.bot)
    const messages = [...(bot.chats.get(chatId)?.messages.values() ?? [])]
    return messages
      .slice(-(options.last ?? messages.length))
      .filter((message) => options.deleted || !message.deleted)
      .map((message) => seenMessage(bot, message))
  }

  function user(id: number, options: UserOptions = {}): ControlledUser {
    const person = putUser(world, id, options)
    const bot = findBot(world, options.bot)
    chatOf(bot, person, options.started ?? true)
    return {
      id,
      ...createSpeaker(deps, bot, person),
      at: (place) => createSpeaker(deps, bot, person, place),
      resendTap: (queryId) => buttons.resendTap(bot, person, queryId).id,
      sendRaw: (update) => actions.sendRaw(bot, person, update),
      block: () => actions.setBlocked(bot, person, true),
      unblock: () => actions.setBlocked(bot, person, false),
      pay: (messageId, payOptions) => payments.pay(bot, person, messageId, payOptions),
      stars: () => person.stars,
      chat: (chatOptions = {}) => chat(id, { ...chatOptions, bot: bot.username }),
    }
  }

  const userOf = (userId: number) => {
    const person = world.users.get(userId)
    if (!person) throw new Error(`no user ${userId}`)
    return person
  }

  const control: Control = {
    user,
    group: (creatorId, { withBot = false, bot: username, ...options } = {}) => {
      const bot = findBot(world, username)
      const creator = userOf(creatorId)
      const group = makeGroup(bot, creatorId, options)
      if (withBot) deps.groups.addBot(bot, group, creator)
      return controlGroup(deps, bot, group, creatorId)
    },
    revokeToken: (next, username) => {
      const bot = findBot(world, username)
      bot.token = next
      deps.polls.refuse(bot)
      deps.stopWebhook(bot)
      bot.webhook = undefined
    },
    chat,
    payments: {
      book: (username) => findBot(world, username).stars,
      charge: (userId, options, username) =>
        payments.charge(findBot(world, username), userOf(userId), options),
      checkout: (userId, invoice, username) =>
        payments.checkout(findBot(world, username), userOf(userId), {
          title: 'T',
          description: 'D',
          startParameter: '',
          ...invoice,
        }),
      resend: (chargeId, username) => payments.resend(findBot(world, username), chargeId),
      refundOutside: (chargeId, options, username) =>
        payments.refundOutside(findBot(world, username), chargeId, options),
    },
    action: (chatId, options = {}) => {
      const action = openChat(world, chatId, options.bot)?.action
      return action && action.until > world.now() ? action.name : undefined
    },
    answers: world.answers,
    calls: world.calls,
    faults: world.faults,
    pendingUpdates: (bot) => findBot(world, bot).updates.all().map(updateJson),
    getFile: (fileId, bot) => {
      const handle = findBot(world, bot).files.byId(fileId)
      if (!handle) throw new Error('no such file_id')
      return handleContent(handle)
    },
    waitFor: (predicate, options = {}) => waitForChange(world, () => predicate(control), options),
  }
  return control
}
