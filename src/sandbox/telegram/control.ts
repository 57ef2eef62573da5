import type { FormattedText } from './entities.ts'
import type { FaultTable } from './faults.ts'
import { handleContent } from './file-content.ts'
import { type PendingUpdate, updateJson } from './updates.ts'
import type { FileOptions, UserActions } from './user-actions.ts'
import {
  type Bot,
  type CallbackAnswer,
  type CallRecord,
  type Chat,
  chatOf,
  type FakeUser,
  type StoredMessage,
  type World,
} from './world.ts'

/** A message as tests look at it: what the user sees plus how it came to be. */
export interface SeenMessage {
  readonly id: number
  readonly from: 'user' | 'bot'
  readonly text: string | undefined
  readonly entities: FormattedText['entities']
  readonly caption: string | undefined
  readonly media:
    | {
        readonly kind: string
        readonly fileId: string
        readonly bytes: Buffer
        readonly fileName: string
        readonly mime: string
      }
    | undefined
  readonly groupId: string | undefined
  readonly replyTo: number | undefined
  readonly keyboard: { readonly text: string; readonly data?: string; readonly url?: string }[][]
  readonly replyKeyboard: Record<string, unknown> | undefined
  readonly extra: Record<string, unknown>
  readonly edits: number
  readonly deleted: boolean
}

export interface UserOptions {
  readonly firstName?: string
  readonly languageCode?: string
  readonly username?: string
  /** The bot this user talks to, by username; the first one by default. */
  readonly bot?: string
  /** False for a user who has never pressed Start; true by default. */
  readonly started?: boolean
}

export interface PhotoOptions {
  readonly caption?: string
  readonly asDocument?: boolean
  readonly fileName?: string
}

/** One person with a phone. */
export interface ControlledUser {
  readonly id: number
  sendText(text: string, options?: { replyTo?: number }): SeenMessage
  sendCommand(name: string, argument?: string): SeenMessage
  tap(messageId: number, target: string, options?: { stale?: boolean }): string
  resendTap(queryId: string): string
  sendPhoto(bytes: Buffer, options?: PhotoOptions): Promise<SeenMessage>
  sendFile(bytes: Buffer, options: FileOptions): Promise<SeenMessage>
  sendAlbum(files: readonly Buffer[], options?: FileOptions): Promise<SeenMessage[]>
  sendRaw(update: Record<string, unknown>): void
  block(): void
  unblock(): void
  chat(options?: { deleted?: boolean }): SeenMessage[]
}

export interface Control {
  user(id: number, options?: UserOptions): ControlledUser
  /** The messages the user sees now, in order; with `deleted` also those that are gone. */
  chat(userId: number, options?: { deleted?: boolean; bot?: string }): SeenMessage[]
  /** What the chat header says the bot is doing, such as `upload_photo`. */
  action(userId: number, options?: { bot?: string }): string | undefined
  readonly answers: readonly CallbackAnswer[]
  readonly calls: readonly CallRecord[]
  readonly faults: FaultTable
  pendingUpdates(bot?: string): Record<string, unknown>[]
  /** Bytes behind a file_id of the bot. */
  getFile(fileId: string, bot?: string): Buffer
  /** Resolves with the first truthy value of the predicate, looked at after every change. */
  waitFor<T>(
    predicate: (control: Control) => T,
    options?: { timeoutMs?: number },
  ): Promise<NonNullable<T>>
}

const buttonView = ({
  text,
  callback_data: data,
  url,
}: {
  text: string
  callback_data?: string
  url?: string
}) => ({
  text,
  ...(data !== undefined && { data }),
  ...(url !== undefined && { url }),
})

function seen(bot: Bot, message: StoredMessage): SeenMessage {
  const { media } = message
  return {
    id: message.id,
    from: message.from,
    text: message.text?.text,
    entities: message.text?.entities ?? message.caption.entities,
    caption: message.caption.text || undefined,
    media: media && {
      kind: media.kind,
      fileId: bot.files.of(media.file, media.kind).fileId,
      bytes: media.file.bytes,
      fileName: media.file.fileName,
      mime: media.file.mime,
    },
    groupId: message.groupId,
    replyTo: message.replyTo,
    keyboard: (message.keyboard ?? []).map((row) => row.map(buttonView)),
    replyKeyboard: message.replyKeyboard,
    extra: message.extra,
    edits: message.edits,
    deleted: message.deleted,
  }
}

interface ControlDeps {
  readonly world: World
  readonly actions: UserActions
}

/** Adds a user or updates what is known about one. */
export function putUser(world: World, id: number, options: UserOptions = {}): FakeUser {
  const user = world.users.get(id) ?? {
    id,
    firstName: `User ${id}`,
    languageCode: 'en',
    username: undefined,
  }
  user.firstName = options.firstName ?? user.firstName
  user.languageCode = options.languageCode ?? user.languageCode
  user.username = options.username ?? user.username
  world.users.set(id, user)
  return user
}

/** The bot of that username, or the first one that was added. */
export function findBot(world: World, username?: string): Bot {
  const bots = [...world.bots.values()]
  const bot = username === undefined ? bots[0] : bots.find((one) => one.username === username)
  if (!bot) throw new Error(username === undefined ? 'no bot was added' : `no bot ${username}`)
  return bot
}

const openChat = (world: World, userId: number, username?: string): Chat | undefined =>
  findBot(world, username).chats.get(userId)

/** The in-process side of the fake: people, what they see, and what the bot did. */
export function createControl({ world, actions }: ControlDeps): Control {
  function chat(userId: number, options: { deleted?: boolean; bot?: string } = {}) {
    const bot = findBot(world, options.bot)
    const messages = [...(bot.chats.get(userId)?.messages.values() ?? [])]
    return messages
      .filter((message) => options.deleted || !message.deleted)
      .map((message) => seen(bot, message))
  }

  function user(id: number, options: UserOptions = {}): ControlledUser {
    const person = putUser(world, id, options)
    const bot = findBot(world, options.bot)
    chatOf(bot, person, options.started ?? true)
    const view = (message: StoredMessage) => seen(bot, message)
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
      sendPhoto: async (bytes, { asDocument, ...rest } = {}) =>
        view(
          await actions.sendFile(bot, person, bytes, {
            ...rest,
            kind: asDocument ? 'document' : 'photo',
          }),
        ),
      sendFile: async (bytes, fileOptions) =>
        view(await actions.sendFile(bot, person, bytes, fileOptions)),
      sendAlbum: async (files, fileOptions = {}) =>
        (await actions.sendAlbum(bot, person, files, fileOptions)).map(view),
      sendRaw: (update) => actions.sendRaw(bot, person, update),
      block: () => actions.setBlocked(bot, person, true),
      unblock: () => actions.setBlocked(bot, person, false),
      chat: (chatOptions = {}) => chat(id, { ...chatOptions, bot: bot.username }),
    }
  }

  function waitFor<T>(predicate: (state: Control) => T, { timeoutMs = 5000 } = {}) {
    const { promise, resolve, reject } = Promise.withResolvers<NonNullable<T>>()
    let scheduled = false
    const look = () => {
      scheduled = false
      try {
        const value = predicate(control)
        if (value) resolve(value as NonNullable<T>)
      } catch (error) {
        reject(error)
      }
    }
    // Once per turn of the loop, however many changes it had.
    const onChange = () => {
      if (scheduled) return
      scheduled = true
      setImmediate(look)
    }
    const timer = setTimeout(() => {
      const last = world.calls
        .slice(-5)
        .map(({ method, ok, error }) => `${method} ${ok ? 'ok' : error}`)
      reject(new Error(`waited ${timeoutMs} ms in vain; last calls: ${last.join(', ') || 'none'}`))
    }, timeoutMs)
    world.events.on('change', onChange)
    look()
    return promise.finally(() => {
      clearTimeout(timer)
      world.events.off('change', onChange)
    })
  }

  const control: Control = {
    user,
    chat,
    action: (userId, options = {}) => {
      const action = openChat(world, userId, options.bot)?.action
      return action && action.until > world.now() ? action.name : undefined
    },
    answers: world.answers,
    calls: world.calls,
    faults: world.faults,
    pendingUpdates: (bot) =>
      findBot(world, bot)
        .updates.all()
        .map((update: PendingUpdate) => updateJson(update)),
    getFile: (fileId, bot) => {
      const handle = findBot(world, bot).files.byId(fileId)
      if (!handle) throw new Error('no such file_id')
      return handleContent(handle)
    },
    waitFor,
  }
  return control
}
