import { isAdmin, isMember } from './groups.ts'
import type { Bot, GroupChat, StoredMessage } from './model.ts'

/** Fields of messages that only tell what happened to a chat. */
const SERVICE =
  /^(?:new_chat_members|left_chat_member|group_chat_created|supergroup_chat_created|channel_chat_created|forum_topic_|migrate_|new_chat_title|pinned_message)/

const isService = ({ extra }: StoredMessage): boolean =>
  Object.keys(extra).some((field) => SERVICE.test(field))

const wordsOf = ({ text, caption }: StoredMessage): string => text?.text ?? caption.text

/** `/name` is for every bot, `/name@bot` for that one. */
function isCommandFor(words: string, username: string): boolean {
  const command = /^\/\w{1,64}(?:@(\w+))?(?=\s|$)/.exec(words)
  return command !== null && (command[1] ?? username).toLowerCase() === username.toLowerCase()
}

const mentions = (words: string, username: string): boolean =>
  new RegExp(`(?:^|[^\\w/])@${username}(?!\\w)`, 'i').test(words)

/**
 * Whether a message of a group reaches the bot. In privacy mode, which is on unless the bot's owner
 * switched it off, only commands that are no other bot's, replies to the bot, mentions of it, what
 * was sent through it and service messages do; an administrator hears everything
 * (https://core.telegram.org/bots/features#privacy-mode).
 */
export function isHeard(bot: Bot, chat: GroupChat, message: StoredMessage): boolean {
  if (!isMember(chat.botStatus)) return false
  if (bot.abilities.readsGroups || chat.kind === 'channel' || isAdmin(chat.botStatus)) return true
  const answered = message.replyTo === undefined ? undefined : chat.messages.get(message.replyTo)
  const words = wordsOf(message)
  return (
    isService(message) ||
    message.viaBot ||
    answered?.from === 'bot' ||
    isCommandFor(words, bot.username) ||
    mentions(words, bot.username)
  )
}
