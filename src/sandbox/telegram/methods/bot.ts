import { badRequest } from '../api-error.ts'
import { type Args, isObject, jsonArg, requiredArg, textArg } from '../args.ts'
import { LIMITS } from '../limits.ts'
import type { MethodCall, Methods } from '../method.ts'
import { botJson } from '../sender-json.ts'

const getMe = ({ bot }: MethodCall) => ({
  ...botJson(bot),
  can_join_groups: true,
  can_read_all_group_messages: bot.abilities.readsGroups,
  supports_inline_queries: bot.abilities.inline,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: bot.abilities.topics,
  allows_users_to_create_topics: bot.abilities.topics,
})

function scopeKey(args: Args): string {
  const scope = jsonArg(args, 'scope', 'BotCommandScope') ?? { type: 'default' }
  if (!isObject(scope) || typeof scope.type !== 'string')
    throw badRequest("Can't parse BotCommandScope: unsupported type specified")
  return `commands:${JSON.stringify(scope)}:${textArg(args, 'language_code')}`
}

function command(value: unknown) {
  if (!isObject(value)) throw badRequest("Can't parse BotCommand: expected an Object")
  const name = String(value.command ?? '').replace(/^\//, '')
  const description = String(value.description ?? '')
  if (!/^[a-z0-9_]{1,32}$/.test(name)) throw badRequest('BOT_COMMAND_INVALID')
  if (description === '' || description.length > 256)
    throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID')
  return { command: name, description }
}

function setMyCommands({ bot, args }: MethodCall): boolean {
  requiredArg(args, 'commands')
  const list = jsonArg(args, 'commands', 'commands')
  if (!Array.isArray(list)) throw badRequest('Expected an Array of BotCommand')
  if (list.length > LIMITS.commands) throw badRequest('BOT_COMMANDS_TOO_MUCH')
  bot.settings.set(scopeKey(args), list.map(command))
  return true
}

function setting(name: string, key: string, limit: number, tooLong: string): Methods {
  const slot = (args: Args) => `${key}:${textArg(args, 'language_code')}`
  return {
    [`set${name}`]: ({ bot, args }) => {
      if (textArg(args, key).length > limit) throw badRequest(tooLong)
      bot.settings.set(slot(args), textArg(args, key))
      return true
    },
    [`get${name}`]: ({ bot, args }) => ({ [key]: bot.settings.get(slot(args)) ?? '' }),
  }
}

export const botMethods: Methods = {
  getMe,
  setMyCommands,
  getMyCommands: ({ bot, args }) => bot.settings.get(scopeKey(args)) ?? [],
  deleteMyCommands: ({ bot, args }) => {
    bot.settings.delete(scopeKey(args))
    return true
  },
  ...setting('MyName', 'name', 64, 'BOT_TITLE_INVALID'),
  ...setting('MyDescription', 'description', LIMITS.descriptionUnits, 'DESCRIPTION_TOO_LONG'),
  ...setting(
    'MyShortDescription',
    'short_description',
    LIMITS.shortDescriptionUnits,
    'ABOUT_TOO_LONG',
  ),
  setChatMenuButton: ({ bot, args }) => {
    bot.settings.set('menu_button', jsonArg(args, 'menu_button', 'menu button'))
    return true
  },
  getChatMenuButton: ({ bot }) => bot.settings.get('menu_button') ?? { type: 'default' },
  /** Only closes this server's instance of the bot; the next call opens it again. */
  close: () => true,
  logOut: ({ bot }) => {
    bot.loggedOut = true
    bot.updates.clear()
    return true
  },
}
