import type { Bot, GroupChat, GroupFacts, GroupKind, MemberStatus } from './model.ts'

/** What a new group is; its creator is its first member. */
export interface NewGroup {
  readonly kind?: GroupKind
  readonly title?: string
  /** Public, with this name. */
  readonly username?: string
  /** A supergroup whose messages are sorted into topics. */
  readonly isForum?: boolean
}

/** Supergroups and channels have ids below this, https://core.telegram.org/api/bots/ids */
const SUPERGROUPS_BELOW = -1_000_000_000_000

/** An unused id of that kind: -5001… for groups, -1005001… for supergroups and channels. */
function freeId(bot: Bot, kind: GroupKind): number {
  const base = kind === 'group' ? 0 : SUPERGROUPS_BELOW
  let id = base - 5001
  while (bot.chats.has(id)) id -= 1
  return id
}

/** Makes a group that the bot is no member of yet. */
export function makeGroup(bot: Bot, creator: number, options: NewGroup = {}): GroupChat {
  const { kind = 'group', title = 'Group', username, isForum = false } = options
  const chat: GroupChat = {
    id: freeId(bot, kind),
    kind,
    title,
    username,
    isForum: isForum && kind === 'supergroup',
    messages: new Map(),
    topics: new Map(),
    nextMessageId: 1,
    action: undefined,
    members: new Map([[creator, 'creator']]),
    botStatus: 'left',
    migratedTo: undefined,
  }
  bot.chats.set(chat.id, chat)
  return chat
}

const PRESENT: readonly MemberStatus[] = ['creator', 'administrator', 'member']

export const isMember = (status: MemberStatus | undefined): boolean =>
  status !== undefined && PRESENT.includes(status)

export const isAdmin = (status: MemberStatus | undefined): boolean =>
  status === 'creator' || status === 'administrator'

/** What names a chat in an error of the server. */
export const kindName = ({ kind }: GroupFacts): string => `${kind} chat`
