import type { Bot, StoredMessage } from './model.ts'
import { senderOf } from './sender-names.ts'

interface Named {
  readonly first_name?: string
  readonly name?: string
}

const nameOf = (value: unknown): string => {
  const { first_name, name } = (value ?? {}) as Named
  return first_name ?? name ?? ''
}

/** What a service message tells, as Telegram's apps write it; undefined for ordinary messages. */
export function serviceWords(bot: Bot, message: StoredMessage): string | undefined {
  const { extra } = message
  const { name } = senderOf(bot, message)
  const added = extra.new_chat_members as readonly unknown[] | undefined
  if (added) {
    const names = added.map(nameOf).join(', ')
    return names === name ? `${name} joined the group` : `${name} added ${names}`
  }
  if (extra.left_chat_member) return `${name} removed ${nameOf(extra.left_chat_member)}`
  if (extra.forum_topic_created)
    return `The topic “${nameOf(extra.forum_topic_created)}” was created`
  if (extra.migrate_to_chat_id) return 'This group was upgraded to a supergroup'
  if (extra.migrate_from_chat_id) return 'This supergroup was a group before'
  return undefined
}
