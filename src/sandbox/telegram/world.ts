import { EventEmitter } from 'node:events'
import type { FaultTable } from './faults.ts'
import { createFileHandles, createFileStore } from './files.ts'
import type { Bot, BotAbilities, FakeUser, PrivateChat, World } from './model.ts'
import { createStarEntry } from './stars.ts'
import { createAllowedUpdates, createUpdateQueue } from './updates.ts'

interface WorldDeps {
  readonly now: () => number
  readonly sleep: World['sleep']
  readonly faults: FaultTable
}

/** Everything the fake knows, empty. */
export function createWorld({ now, sleep, faults }: WorldDeps): World {
  const events: World['events'] = new EventEmitter()
  events.setMaxListeners(0)
  return {
    now,
    sleep,
    faults,
    events,
    bots: new Map(),
    users: new Map(),
    files: createFileStore(),
    calls: [],
    answers: [],
  }
}

/** What it takes to register a bot. */
export interface NewBot {
  readonly token: string
  readonly id?: number
  readonly username: string
  readonly firstName?: string
  /** All off unless given, as with a new bot. */
  readonly abilities?: Partial<BotAbilities>
}

const ALL_OFF: BotAbilities = {
  readsGroups: false,
  inline: false,
  inlineFeedback: false,
  topics: false,
}

/** Registers a bot; its id is the number in front of the token unless given. */
export function addBot(world: World, { token, id, username, firstName, abilities }: NewBot): Bot {
  const botId = id ?? Number.parseInt(token, 10)
  const bot: Bot = {
    id: botId,
    token,
    username,
    firstName: firstName ?? username,
    abilities: { ...ALL_OFF, ...abilities },
    // Real ids start anywhere; a start that differs from 1 catches code that counts from zero.
    updates: createUpdateQueue({ now: world.now, firstId: 700_000_001 }),
    allowed: createAllowedUpdates(),
    files: createFileHandles(botId),
    chats: new Map(),
    queries: new Map(),
    inlineQueries: new Map(),
    checkouts: new Map(),
    stars: createStarEntry(),
    settings: new Map(),
    webhook: undefined,
    loggedOut: false,
  }
  world.bots.set(botId, bot)
  return bot
}

/** The bot that this token belongs to; one that was taken back is nobody's. */
export const botByToken = (world: World, token: string): Bot | undefined =>
  [...world.bots.values()].find((bot) => bot.token === token)

/** The private chat of a bot with a known user, made on first use. */
export function chatOf(bot: Bot, user: FakeUser, started = true): PrivateChat {
  const known = bot.chats.get(user.id)
  if (known?.kind === 'private') return known
  const chat: PrivateChat = {
    kind: 'private',
    id: user.id,
    user,
    messages: new Map(),
    topics: new Map(),
    nextMessageId: 1,
    started,
    blocked: false,
    action: undefined,
  }
  bot.chats.set(user.id, chat)
  return chat
}

/** Unix seconds, the unit of every date in the Bot API. */
export const seconds = (ms: number): number => Math.floor(ms / 1000)

/** The bot of that username, or the first one that was added. */
export function findBot(world: World, username?: string): Bot {
  const bots = [...world.bots.values()]
  const bot = username === undefined ? bots[0] : bots.find((one) => one.username === username)
  if (!bot) throw new Error(username === undefined ? 'no bot was added' : `no bot ${username}`)
  return bot
}

/** What may be told about a user. */
export interface UserFacts {
  readonly firstName?: string
  readonly languageCode?: string
  readonly username?: string
  readonly stars?: number
}

/** Enough for every invoice, so that only tests of poverty have to think of it. */
const FULL_WALLET = 1_000_000

/** Adds a user or updates what is known about one. */
export function putUser(world: World, id: number, facts: UserFacts = {}): FakeUser {
  const user: FakeUser = world.users.get(id) ?? {
    id,
    firstName: `User ${id}`,
    languageCode: 'en',
    username: undefined,
    stars: FULL_WALLET,
  }
  user.firstName = facts.firstName ?? user.firstName
  user.languageCode = facts.languageCode ?? user.languageCode
  user.username = facts.username ?? user.username
  user.stars = facts.stars ?? user.stars
  world.users.set(id, user)
  return user
}
