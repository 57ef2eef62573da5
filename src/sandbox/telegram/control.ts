import type { Control, ControlledUser, UserOptions } from './control-types.ts'
import { handleContent } from './file-content.ts'
import type { Chat, StoredMessage, World } from './model.ts'
import type { PaymentActions } from './payment-actions.ts'
import { seenMessage } from './seen-message.ts'
import { updateJson } from './updates.ts'
import type { UserActions } from './user-actions.ts'
import { waitForChange } from './wait-for-change.ts'
import { chatOf, findBot, putUser } from './world.ts'

interface ControlDeps {
  readonly world: World
  readonly actions: UserActions
  readonly payments: PaymentActions
}

const openChat = (world: World, userId: number, username?: string): Chat | undefined =>
  findBot(world, username).chats.get(userId)

/** The in-process side of the fake: people, what they see, and what the bot did. */
export function createControl({ world, actions, payments }: ControlDeps): Control {
  function chat(userId: number, options: { deleted?: boolean; bot?: string } = {}) {
    const bot = findBot(world, options.bot)
    const messages = [...(bot.chats.get(userId)?.messages.values() ?? [])]
    return messages
      .filter((message) => options.deleted || !message.deleted)
      .map((message) => seenMessage(bot, message))
  }

  function user(id: number, options: UserOptions = {}): ControlledUser {
    const person = putUser(world, id, options)
    const bot = findBot(world, options.bot)
    chatOf(bot, person, options.started ?? true)
    const view = (message: StoredMessage) => seenMessage(bot, message)
    return {
      id,
      sendText: (text, { replyTo } = {}) => view(actions.sendText(bot, person, text, replyTo)),
      sendCommand: (name, argument) => {
        const command = name.startsWith('/') ? name : `/${name}`
        const text = argument === undefined ? command : `${command} ${argument}`
        return view(actions.sendText(bot, person, text))
      },
      tap: (messageId, target, { stale } = {}) =>
        actions.tap(bot, person, messageId, target, stale).id,
      resendTap: (queryId) => actions.resendTap(bot, person, queryId).id,
      sendPhoto: async (bytes, { asDocument, ...rest } = {}) => {
        const kind = asDocument ? 'document' : 'photo'
        return view(await actions.sendFile(bot, person, bytes, { ...rest, kind }))
      },
      sendFile: async (bytes, fileOptions) =>
        view(await actions.sendFile(bot, person, bytes, fileOptions)),
      sendAlbum: async (files, fileOptions = {}) =>
        (await actions.sendAlbum(bot, person, files, fileOptions)).map(view),
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
    action: (userId, options = {}) => {
      const action = openChat(world, userId, options.bot)?.action
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
