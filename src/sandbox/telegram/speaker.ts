import type { ButtonActions } from './button-actions.ts'
import type { Speaker } from './control-types.ts'
import { contactJson, locationJson, pollJson } from './facts-json.ts'
import type { GroupActions } from './group-actions.ts'
import type { InlineActions } from './inline-actions.ts'
import type { Bot, FakeUser, StoredMessage, World } from './model.ts'
import { seenMessage } from './seen-message.ts'
import type { Place, UserActions } from './user-actions.ts'

/** Everything that people can do. */
export interface PeopleActions {
  readonly world: World
  readonly actions: UserActions
  readonly buttons: ButtonActions
  readonly inline: InlineActions
  readonly groups: GroupActions
}

/** One person's hands in one place. */
export function createSpeaker(
  { actions, buttons, inline, groups }: PeopleActions,
  bot: Bot,
  person: FakeUser,
  place: Place = {},
): Speaker {
  const view = (message: StoredMessage) => seenMessage(bot, message)
  const sendFile: Speaker['sendFile'] = async (bytes, options) =>
    view(await actions.sendFile(bot, person, bytes, options, place))
  const sendFacts = (extra: Record<string, unknown>) =>
    view(actions.sendFacts(bot, person, extra, place))
  return {
    sendText: (text, { replyTo } = {}) => view(actions.sendText(bot, person, text, replyTo, place)),
    sendCommand: (name, argument) => {
      const command = name.startsWith('/') ? name : `/${name}`
      const text = argument === undefined ? command : `${command} ${argument}`
      return view(actions.sendText(bot, person, text, undefined, place))
    },
    tap: (messageId, target, options = {}) =>
      buttons.tap(bot, person, messageId, target, { ...options, ...place }).id,
    sendPhoto: (bytes, { asDocument, ...rest } = {}) =>
      sendFile(bytes, { ...rest, kind: asDocument ? 'document' : 'photo' }),
    sendFile,
    sendAlbum: async (files, options = {}) => {
      const { kind, fileName, duration } = options
      const shared = {
        ...(kind !== undefined && { kind }),
        ...(fileName !== undefined && { fileName }),
        ...(duration !== undefined && { duration }),
      }
      const items = files.map((file) => (Buffer.isBuffer(file) ? { ...shared, bytes: file } : file))
      return (await actions.sendAlbum(bot, person, items, options, place)).map(view)
    },
    sendContact: (contact) => sendFacts(contactJson(contact)),
    sendLocation: (location) => sendFacts(locationJson(location)),
    sendPoll: (poll) => sendFacts(pollJson(poll)),
    forward: (source) => view(actions.forward(bot, person, source, place)),
    sendForwarded: (text, origin) => view(actions.sendForwarded(bot, person, text, origin, place)),
    edit: (messageId, words) => view(actions.edit(bot, person, messageId, words, place)),
    remove: (messageId) => actions.remove(bot, person, messageId, place),
    react: (messageId, ...emoji) => actions.react(bot, person, messageId, emoji, place),
    askInline: (query) => inline.ask(bot, person, query, place).id,
    inlineResults: (queryId) => bot.inlineQueries.get(queryId)?.results,
    chooseInline: (queryId, resultId) => view(inline.choose(bot, person, queryId, resultId, place)),
    openTopic: (name) => groups.openTopic(bot, actions.chatAt(bot, person, place), person, name),
  }
}
