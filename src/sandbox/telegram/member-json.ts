import type { Bot, Chat, FakeUser, MemberStatus } from './model.ts'
import { botJson, userJson } from './sender-json.ts'

type Json = Record<string, unknown>

const isBot = (who: FakeUser | Bot): who is Bot => 'token' in who

/** Rights as Telegram's apps give them to a new administrator. */
const rights = (isChannel: boolean): Json => ({
  can_be_edited: false,
  can_manage_chat: true,
  can_change_info: true,
  can_delete_messages: true,
  can_invite_users: true,
  can_restrict_members: true,
  can_promote_members: false,
  can_manage_video_chats: true,
  can_post_stories: true,
  can_edit_stories: true,
  can_delete_stories: true,
  is_anonymous: false,
  ...(isChannel
    ? { can_post_messages: true, can_edit_messages: true }
    : { can_pin_messages: true, can_manage_topics: false }),
})

/** https://core.telegram.org/bots/api#chatmember */
export function memberJson(who: FakeUser | Bot, chat: Chat, status: MemberStatus): Json {
  const user = isBot(who) ? botJson(who) : userJson(who)
  if (status === 'creator') return { user, status, is_anonymous: false }
  if (status === 'administrator') return { user, status, ...rights(chat.kind === 'channel') }
  return { user, status, ...(status === 'kicked' && { until_date: 0 }) }
}
