import type { ControlledGroup } from './control-types.ts'
import { contentOf, originOf } from './forwarding.ts'
import { announce } from './group-actions.ts'
import type { Bot, FakeUser, GroupChat } from './model.ts'
import { seenMessage } from './seen-message.ts'
import type { PeopleActions } from './speaker.ts'

/** A group in the hands of a test; `creatorId` does what nobody else is named for. */
export function controlGroup(
  { world, groups }: Pick<PeopleActions, 'world' | 'groups'>,
  bot: Bot,
  chat: GroupChat,
  creatorId: number,
): ControlledGroup {
  const person = (id = creatorId): FakeUser => {
    const found = world.users.get(id)
    if (!found) throw new Error(`no user ${id}`)
    return found
  }
  return {
    id: chat.id,
    kind: chat.kind,
    join: (userId) => groups.join(bot, chat, person(userId)),
    addBot: (by, status) => groups.addBot(bot, chat, person(by), status),
    setBotStatus: (status, by) => groups.setBotStatus(bot, chat, person(by), status),
    removeBot: (by) => groups.removeBot(bot, chat, person(by)),
    botStatus: () => chat.botStatus,
    migrate: (by) =>
      controlGroup({ world, groups }, bot, groups.migrate(bot, chat, person(by)), creatorId),
    discuss: ({ channelId, messageId }) => {
      const channel = bot.chats.get(channelId)
      const post = channel?.messages.get(messageId)
      if (channel?.kind !== 'channel' || !post) throw new Error(`no post ${messageId}`)
      return seenMessage(
        bot,
        announce(world, bot, chat, {
          ...contentOf(post),
          from: 'user',
          author: { kind: 'chat', chat: channel, signature: '' },
          forward: originOf(post),
          automatic: true,
        }),
      )
    },
    chat: ({ deleted = false } = {}) =>
      [...chat.messages.values()]
        .filter((message) => deleted || !message.deleted)
        .map((message) => seenMessage(bot, message)),
  }
}
