import { type Context, Telegraf } from 'telegraf'
import type { ZodType } from 'zod'
import type { ApiResult } from '../../actors/telegram/api.ts'
import type { TelegramInput } from '../../machines/conversation/input.ts'
import {
  type ForeignInput,
  fromCallbackQuery,
  fromEditedMessage,
  fromMessage,
  fromMyChatMember,
  ignored,
  type PaymentInput,
  type Translation,
} from './translate.ts'
import { callbackQuerySchema, chatMemberSchema, messageSchema } from './update-schema.ts'

type Raw = Record<string, unknown> & { update_id: number }

export interface Dispatcher {
  /** What the update means; never rejects. */
  translate(update: unknown): Promise<Translation>
  /**
   * Translates and hands an input on. Resolves only after `onInput` has resolved, which means
   * committed, and rejects with whatever it rejects with; storing malformed updates is the caller's.
   */
  handle(update: unknown): Promise<Translation>
}

/**
 * Telegraf as dispatcher and context only: it routes an update by its kind. It never calls Telegram
 * (it has no token), never polls, and its default handlers, which print private text and confirm
 * lost updates, are replaced.
 */
export function createDispatcher({
  botInfo,
  onInput,
  onPayment,
  onForeign = () => {},
  deskChatId = () => undefined,
}: {
  botInfo: Pick<ApiResult<'getMe'>, keyof NonNullable<Telegraf['botInfo']>>
  onInput: (input: TelegramInput) => Promise<void>
  onPayment: (payment: PaymentInput) => Promise<void>
  /** Somebody spoke to the bot in a chat that is no person's; nothing about it is committed. */
  onForeign?: (foreign: ForeignInput) => void
  /** The chat of the staff: what is said there is an input like any other. */
  deskChatId?: () => number | undefined
}): Dispatcher {
  const desk = (): { deskChatId?: number } => {
    const id = deskChatId()
    return id === undefined ? {} : { deskChatId: id }
  }
  const bot = new Telegraf('', {
    handlerTimeout: Number.POSITIVE_INFINITY,
    telegram: { webhookReply: false },
  })
  bot.botInfo = botInfo
  bot.catch((error) => {
    throw error
  })
  const translations = new WeakMap<object, Translation>()
  const route = (translate: (update: Raw) => Translation) => (ctx: Context) => {
    translations.set(ctx.update, translate(ctx.update as unknown as Raw))
  }

  bot.on(
    'message',
    route((update) => {
      const message = parse(messageSchema, update.message)
      const keys = Object.keys(update.message as object)
      return fromMessage(update.update_id, message, keys, { ...botInfo, ...desk() })
    }),
  )
  bot.on(
    'edited_message',
    route((update) =>
      fromEditedMessage(update.update_id, parse(messageSchema, update.edited_message)),
    ),
  )
  bot.on(
    'callback_query',
    route((update) =>
      fromCallbackQuery(
        update.update_id,
        parse(callbackQuerySchema, update.callback_query),
        desk(),
      ),
    ),
  )
  bot.on(
    'my_chat_member',
    route((update) =>
      fromMyChatMember(update.update_id, parse(chatMemberSchema, update.my_chat_member), desk()),
    ),
  )
  // `Object.keys`, because `ctx.updateType` throws on an update of no kind.
  bot.use(
    route((update) => ignored(Object.keys(update).find((key) => key !== 'update_id') ?? 'empty')),
  )

  const translate = async (update: unknown): Promise<Translation> => {
    if (!isUpdate(update)) return malformed(update, 'It has no update_id.')
    try {
      await bot.handleUpdate(update as unknown as Parameters<typeof bot.handleUpdate>[0])
      return translations.get(update) ?? ignored('unrouted')
    } catch (error) {
      return malformed(update, error instanceof Error ? error.message : 'It cannot be read.')
    }
  }
  return {
    translate,
    async handle(update) {
      const translation = await translate(update)
      if (translation.kind === 'input') await onInput(translation.input)
      if (translation.kind === 'payment') await onPayment(translation.payment)
      if (translation.kind === 'foreign') onForeign(translation.foreign)
      return translation
    },
  }
}

const isUpdate = (value: unknown): value is Raw =>
  typeof value === 'object' &&
  value !== null &&
  'update_id' in value &&
  Number.isSafeInteger(value.update_id)

function parse<T>(schema: ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value)
  if (success) return data
  const [issue] = error.issues
  throw new TypeError(`${issue?.path.join('.')}: ${issue?.message}`)
}

const malformed = (update: unknown, reason: string): Translation => ({
  kind: 'malformed',
  updateId: isUpdate(update) ? update.update_id : null,
  reason,
  raw: stringify(update),
})

/** JSON text has every control character and lone surrogate escaped: it can always be stored. */
function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined'
  } catch {
    // Nested deeper than the stack.
    return 'too deep'
  }
}
