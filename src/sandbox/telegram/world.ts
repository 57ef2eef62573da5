import { EventEmitter } from 'node:events'
import type { FormattedText } from './entities.ts'
import type { FaultTable } from './faults.ts'
import {
  createFileHandles,
  createFileStore,
  type FileHandles,
  type FileStore,
  type MediaKind,
  type StoredFile,
} from './files.ts'
import type { InlineButton } from './keyboard.ts'
import { createAllowedUpdates, createUpdateQueue, type UpdateQueue } from './updates.ts'

export interface FakeUser {
  readonly id: number
  firstName: string
  languageCode: string
  username: string | undefined
}

/** A file inside a message with what Telegram knows about it. */
export interface Media {
  readonly kind: MediaKind
  readonly file: StoredFile
  readonly width: number
  readonly height: number
  readonly duration: number
  readonly title: string
  readonly performer: string
  readonly hasSpoiler: boolean
}

export interface StoredMessage {
  readonly id: number
  readonly from: 'user' | 'bot'
  readonly date: number
  readonly groupId: string | undefined
  readonly replyTo: number | undefined
  /** Fields of a service message or of a kind that has no model here, such as an invoice. */
  readonly extra: Record<string, unknown>
  text: FormattedText | undefined
  caption: FormattedText
  media: Media | undefined
  keyboard: InlineButton[][] | undefined
  replyKeyboard: Record<string, unknown> | undefined
  editDate: number | undefined
  edits: number
  deleted: boolean
}

/** The private chat of one bot with one user. */
export interface Chat {
  readonly user: FakeUser
  readonly messages: Map<number, StoredMessage>
  nextMessageId: number
  /** The user has written to the bot or pressed Start. */
  started: boolean
  blocked: boolean
  action: { readonly name: string; readonly until: number } | undefined
}

export interface CallbackAnswer {
  readonly queryId: string
  readonly userId: number
  readonly text: string
  readonly alert: boolean
  readonly url: string
  readonly time: number
}

export interface CallbackQuery {
  readonly id: string
  readonly userId: number
  readonly messageId: number
  readonly data: string
  readonly createdAt: number
  answer: CallbackAnswer | undefined
}

export interface Webhook {
  readonly url: string
  readonly secretToken: string
  readonly maxConnections: number
  readonly ipAddress: string
  readonly hasCertificate: boolean
  lastError: { readonly at: number; readonly message: string } | undefined
}

export interface Bot {
  readonly id: number
  readonly token: string
  readonly username: string
  readonly firstName: string
  readonly updates: UpdateQueue
  readonly allowed: ReturnType<typeof createAllowedUpdates>
  readonly files: FileHandles
  readonly chats: Map<number, Chat>
  readonly queries: Map<string, CallbackQuery>
  readonly settings: Map<string, unknown>
  webhook: Webhook | undefined
  loggedOut: boolean
}

/** One received API call, as tests and the sandbox page see it. */
export interface CallRecord {
  readonly seq: number
  readonly method: string
  readonly bot: string
  readonly chatId: number | undefined
  readonly time: number
  readonly via: 'http' | 'webhook'
  readonly payload: Record<string, unknown>
  ok: boolean | undefined
  error: string | undefined
  fault: string | undefined
}

/** What happens in a chat; drives server-sent events and `waitFor`. */
export interface ChatEvent {
  readonly type: 'message' | 'edited' | 'deleted' | 'action' | 'answer'
  readonly bot: Bot
  readonly userId: number
  readonly data: StoredMessage | Record<string, unknown>
}

export interface World {
  readonly now: () => number
  /** Waits in real or test time; rejects when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly bots: Map<string, Bot>
  readonly users: Map<number, FakeUser>
  readonly files: FileStore
  readonly calls: CallRecord[]
  readonly answers: CallbackAnswer[]
  readonly faults: FaultTable
  readonly events: EventEmitter<{ chat: [ChatEvent]; change: [] }>
}

export interface WorldDeps {
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

export interface NewBot {
  readonly token: string
  readonly id?: number
  readonly username: string
  readonly firstName?: string
}

/** Registers a bot; its id is the number in front of the token unless given. */
export function addBot(world: World, { token, id, username, firstName }: NewBot): Bot {
  const botId = id ?? Number.parseInt(token, 10)
  const bot: Bot = {
    id: botId,
    token,
    username,
    firstName: firstName ?? username,
    // Real ids start anywhere; a start that differs from 1 catches code that counts from zero.
    updates: createUpdateQueue({ now: world.now, firstId: 700_000_001 }),
    allowed: createAllowedUpdates(),
    files: createFileHandles(botId),
    chats: new Map(),
    queries: new Map(),
    settings: new Map(),
    webhook: undefined,
    loggedOut: false,
  }
  world.bots.set(token, bot)
  return bot
}

/** The chat of a bot with a known user, made on first use. */
export function chatOf(bot: Bot, user: FakeUser, started = true): Chat {
  const known = bot.chats.get(user.id)
  if (known) return known
  const chat: Chat = {
    user,
    messages: new Map(),
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

/** The bot of that username. */
export const findBotByName = (world: World, username: string): Bot | undefined =>
  [...world.bots.values()].find((bot) => bot.username === username)
