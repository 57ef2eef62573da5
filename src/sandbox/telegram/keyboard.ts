import { badRequest } from './api-error.ts'
import { type Args, isObject, jsonArg } from './args.ts'
import { LIMITS } from './limits.ts'

/** One inline button as it is stored and sent back. */
export interface InlineButton {
  readonly text: string
  readonly callback_data?: string
  readonly url?: string
  readonly style?: string
  readonly copy_text?: { readonly text: string }
  readonly [extra: string]: unknown
}

/** What `reply_markup` said: an inline keyboard, or anything else, kept as it came. */
export interface ReplyMarkup {
  readonly inline: InlineButton[][] | undefined
  readonly other: Record<string, unknown> | undefined
}

const ACTIONS = [
  'url',
  'callback_data',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'copy_text',
  'callback_game',
  'pay',
  'disabled',
] as const

/** Colours of a button; the default has no name, https://core.telegram.org/bots/api#inlinekeyboardbutton */
const STYLES = new Set(['', 'default', 'primary', 'danger', 'success'])

const buttonFailure = (text: string) => badRequest(`Can't parse inline keyboard button: ${text}`)

function checkUrl(url: unknown): void {
  if (
    typeof url !== 'string' ||
    !/^(?:https?|tg|ton|tonsite):\/\/\S+$|^[\w-]+(\.[\w-]+)+\S*$/i.test(url)
  )
    throw badRequest('BUTTON_URL_INVALID')
  // Seen in production: a host without a dot, such as localhost, is no link for Telegram.
  if (/^https?:/i.test(url) && URL.canParse(url) && !new URL(url).hostname.includes('.'))
    throw badRequest(`Inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`)
}

/** Client.cpp, get_button_style: letter case does not matter. */
function checkStyle({ style, icon_custom_emoji_id: icon }: Record<string, unknown>): void {
  if (style !== undefined && typeof style !== 'string')
    throw buttonFailure('Field "style" must be of type String')
  if (!STYLES.has((style ?? '').toLowerCase()))
    throw buttonFailure('invalid button style specified')
  if (icon !== undefined && !/^\d+$/.test(String(icon)))
    throw buttonFailure('Field "icon_custom_emoji_id" must be of type Number')
}

/** https://core.telegram.org/bots/api#copytextbutton */
function checkCopyText(value: unknown): void {
  if (!isObject(value)) throw buttonFailure('Field "copy_text" must be of type Object')
  if (typeof value.text !== 'string') throw buttonFailure('Can\'t find field "text"')
  const { length } = value.text
  if (length < 1 || length > LIMITS.copyTextUnits) throw badRequest('BUTTON_COPY_TEXT_INVALID')
}

const CHAT_TYPES = ['user', 'bot', 'group', 'channel'].map((kind) => `allow_${kind}_chats`)

/** https://core.telegram.org/bots/api#switchinlinequerychosenchat; TargetDialogTypes.cpp of TDLib. */
function checkChosenChat(value: unknown): void {
  if (!isObject(value))
    throw buttonFailure('Field "switch_inline_query_chosen_chat" must be of type Object')
  if (value.query !== undefined && typeof value.query !== 'string')
    throw buttonFailure('Field "query" must be of type String')
  if (!CHAT_TYPES.some((name) => value[name] === true))
    throw badRequest('At least one chat type must be allowed')
}

/** The button as the server gives it back: a default style has no name. */
function stored(value: Record<string, unknown>): InlineButton {
  const { style, ...rest } = value
  const name = typeof style === 'string' ? style.toLowerCase() : ''
  const shown = name === '' || name === 'default' ? {} : { style: name }
  return { ...rest, ...shown } as unknown as InlineButton
}

function inlineButton(value: unknown): InlineButton {
  if (!isObject(value)) throw badRequest(BUTTON_SHAPE)
  if (typeof value.text !== 'string') throw buttonFailure('Can\'t find field "text"')
  checkStyle(value)
  if (value.text.trim() === '') throw badRequest('BUTTON_TEXT_INVALID')
  const actions = ACTIONS.filter((action) => {
    const given = value[action]
    // An empty query only names the bot; an empty URL or empty data are no action.
    return given !== undefined && (given !== '' || action.startsWith('switch_'))
  })
  if (actions.length === 0) throw buttonFailure('Text buttons are unallowed in the inline keyboard')
  // The real server silently takes the first one; the documentation allows exactly one.
  if (actions.length > 1) throw buttonFailure('exactly one action must be specified')
  if (actions[0] === 'url') checkUrl(value.url)
  if (actions[0] === 'copy_text') checkCopyText(value.copy_text)
  if (actions[0] === 'switch_inline_query_chosen_chat')
    checkChosenChat(value.switch_inline_query_chosen_chat)
  if (actions[0] === 'callback_data') {
    const data = value.callback_data
    if (typeof data !== 'string')
      throw buttonFailure('Field "callback_data" must be of type String')
    if (Buffer.byteLength(data) > LIMITS.callbackDataBytes) throw badRequest('BUTTON_DATA_INVALID')
  }
  return stored(value)
}

const BUTTON_SHAPE = "Can't parse inline keyboard button: InlineKeyboardButton must be an Object"

function inlineKeyboard(rows: unknown): InlineButton[][] {
  if (!Array.isArray(rows) || rows.some((row) => !Array.isArray(row)))
    throw badRequest(
      'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    )
  const keyboard = (rows as unknown[][])
    .map((row) => row.map(inlineButton))
    .filter((row) => row.length > 0)
  const crowded = keyboard.some((row) => row.length > LIMITS.keyboardRowButtons)
  if (crowded || keyboard.flat().length > LIMITS.keyboardButtons)
    throw badRequest('reply markup is too long')
  return keyboard
}

/** The `reply_markup` parameter, checked; an empty inline keyboard is none. */
export function replyMarkup(args: Args): ReplyMarkup {
  const value = jsonArg(args, 'reply_markup', 'reply keyboard markup')
  if (value === undefined) return { inline: undefined, other: undefined }
  if (!isObject(value)) throw badRequest('Object expected as reply markup')
  if (value.inline_keyboard === undefined) return { inline: undefined, other: value }
  const keyboard = inlineKeyboard(value.inline_keyboard)
  return { inline: keyboard.length > 0 ? keyboard : undefined, other: undefined }
}

/** The markup of an edit, where only inline keyboards are accepted. */
export function inlineMarkup(args: Args): InlineButton[][] | undefined {
  const { inline, other } = replyMarkup(args)
  if (other && Object.keys(other).length > 0) throw badRequest('inline keyboard expected')
  return inline
}
