import { z } from 'zod'
import { CRASH_POINTS } from './actors/crash-points.ts'
import { nearest } from './config-names.ts'
import { ACTION_NAMES, type ActionName } from './http/console/action-names.ts'

/** When a name must be set: in every process, in webhook mode, or wherever real data is at stake. */
export type Need = 'always' | 'webhook' | 'production' | 'never'

/** One name of the environment. `expects` completes "expected …" and never shows the value. */
export interface Field<T> {
  readonly name: string
  readonly need: Need
  readonly description: string
  readonly expects: string
  readonly schema: z.ZodType<T, string>
  /** As it would stand in the environment. */
  readonly fallback?: string
  /** Another name that is read when this one is unset. */
  readonly alias?: string
  readonly secret?: true
  /** What more can be said of a wrong value, without showing anything secret. */
  readonly hint?: (value: string) => string
  /** What stands in .env.example behind "default:" when there is no fixed fallback. */
  readonly derived?: string
}

interface Kind<T> {
  readonly expects: string
  readonly schema: z.ZodType<T, string>
}

type Extras = Pick<Field<unknown>, 'alias' | 'secret' | 'derived'>

const required = <T>(
  name: string,
  need: Exclude<Need, 'never'>,
  kind: Kind<T>,
  description: string,
  extras: Extras = {},
): Field<T> => ({ name, need, description, ...kind, ...extras })

const optional = <T>(
  name: string,
  kind: Kind<T>,
  description: string,
  extras: Extras = {},
): Field<T | undefined> => ({ name, need: 'never', description, ...kind, ...extras })

const preset = <T>(
  name: string,
  fallback: string,
  kind: Kind<T>,
  description: string,
): Field<T> => ({ name, need: 'never', fallback, description, ...kind })

const text = (pattern: RegExp, expects: string): Kind<string> => ({
  expects,
  schema: z.string().regex(pattern),
})

const number = (schema: z.ZodType<number, number>, expects: string): Kind<number> => ({
  expects,
  schema: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number)
    .pipe(schema),
})

const count = (min: number, max = 1_000_000): Kind<number> =>
  number(z.int().min(min).max(max), `a whole number from ${min} to ${max}`)

const amount = number(z.number().min(0).max(1e9), 'a number such as 1.5, at least 0')
const rate = number(z.number().positive().max(1e6), 'a number such as 1.5, above 0')

const list: Kind<readonly string[]> = {
  expects: 'names with commas between',
  schema: z.string().transform((value) => value.split(',').flatMap((name) => name.trim() || [])),
}

const flag: Kind<boolean> = { expects: '1 or 0', schema: z.stringbool() }

const choice = <const T extends readonly string[]>(values: T): Kind<T[number]> => ({
  expects: values.join(', ').replace(/, ([^,]*)$/, ' or $1'),
  schema: z.enum(values),
})

const word = text(/^\S+$/, 'one word without spaces')
const loopback = /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/]|$)/

const address = (allowed: (url: URL) => boolean, expects: string): Kind<string> => ({
  expects,
  schema: z
    .string()
    .refine((value) => URL.canParse(value) && allowed(new URL(value)))
    .transform((value) => value.replace(/\/+$/, '')),
})

const isBase = (url: URL) => !url.search && !url.hash && !url.username
const serverAddress = address(
  (url) => /^https?:$/.test(url.protocol) && isBase(url),
  'a URL such as https://host',
)
const publicAddress = address(
  (url) => (url.protocol === 'https:' || loopback.test(url.href)) && isBase(url),
  'a URL such as https://bot.example (http only for localhost)',
)
const databaseAddress: Kind<string> = {
  expects: 'a URL such as postgresql://user:password@host:5432/name',
  schema: z.string().refine((url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)),
}

const ids: Kind<readonly number[]> = {
  expects: 'one Telegram user id, or several with commas between',
  schema: z
    .string()
    .transform((list) => list.split(',').map((id) => id.trim()))
    .pipe(z.array(z.string().regex(/^\d+$/).transform(Number).pipe(z.int().positive())).min(1)),
}

const RESERVED = /^(health|ready|metrics|webhook|console|sandbox)(\/|$)/
const routePath: Kind<string> = {
  expects: 'a path such as callbacks/kie that no other route uses',
  schema: z
    .string()
    .transform((value) => value.replace(/^\/+|\/+$/g, ''))
    .refine((value) => /^[\w-]+(\/[\w-]+)*$/.test(value) && !RESERVED.test(value)),
}

const actionNames = (list: string): string[] =>
  list === '0'
    ? []
    : list
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')

/** Actions of the console by name; 0: none. */
const actionList: Kind<readonly ActionName[]> = {
  expects: `0, or some of ${ACTION_NAMES.join(', ')} with commas between`,
  schema: z
    .string()
    .transform((list) => [...new Set(actionNames(list))])
    .pipe(z.array(z.enum(ACTION_NAMES))),
}

/** Names that no action has, with what was probably meant. */
function strangeActions(list: string): string {
  const strange = actionNames(list).filter((name) => !ACTION_NAMES.some((known) => known === name))
  return strange
    .map((name) => {
      const meant = nearest(name, ACTION_NAMES)
      return `${name} is no action${meant === undefined ? '' : `; did you mean ${meant}?`}`
    })
    .join(' ')
}

/** A Telegram user name without the @, however it was written. */
const telegramName: Kind<string> = {
  expects: 'a user name such as @support',
  schema: z
    .string()
    .transform((value) => value.replace(/^(https?:\/\/)?t\.me\/|^@/, ''))
    .refine((value) => /^\w{4,32}$/.test(value)),
}

const DERIVED = 'derived from the bot token'

/** Every name of the environment that the bot reads: the source of `Config` and .env.example. */
export const FIELDS = {
  botToken: required(
    'TELEGRAM_BOT_TOKEN',
    'always',
    text(/^\d+:[\w-]+$/, 'a token such as 123456:ABC-def'),
    'The token that @BotFather gave you.',
    { secret: true },
  ),
  kieApiKey: required('KIE_API_KEY', 'always', word, 'The API key from kie.ai.', { secret: true }),
  adminIds: required('ADMIN_ID', 'always', ids, 'Who may administer: Telegram user ids.'),
  botMode: required(
    'BOT_MODE',
    'always',
    choice(['webhook', 'polling']),
    'How updates come in: webhook (Telegram calls us) or polling (we ask Telegram).',
  ),
  databaseUrl: required(
    'DATABASE_URL',
    'production',
    databaseAddress,
    'PostgreSQL 15 or newer; sandbox and tests bring their own.',
    { secret: true },
  ),
  webhookBaseUrl: {
    ...optional('WEBHOOK_BASE_URL', publicAddress, 'Where the internet reaches this process.', {
      alias: 'RENDER_EXTERNAL_URL',
    }),
    need: 'webhook',
  },
  webhookSecretPath: optional(
    'WEBHOOK_SECRET_PATH',
    text(/^[\w-]{8,128}$/, '8 to 128 letters, digits, - or _'),
    'Last part of the webhook URL.',
    { secret: true, derived: DERIVED },
  ),
  webhookSecretToken: optional(
    'WEBHOOK_SECRET_TOKEN',
    text(/^[\w-]{8,256}$/, '8 to 256 letters, digits, - or _'),
    'What Telegram sends in X-Telegram-Bot-Api-Secret-Token.',
    { secret: true, derived: DERIVED },
  ),
  port: preset('PORT', '8000', count(0, 65_535), 'Port to listen on.'),
  host: preset('HOST', '0.0.0.0', word, 'Address to listen on.'),
  kieCallbackPath: preset(
    'KIE_CALLBACK_PATH',
    'callbacks/kie',
    routePath,
    'Route for the callbacks of KIE.',
  ),
  kieCallbackToken: optional(
    'KIE_CALLBACK_TOKEN',
    word,
    'Accepted in X-KIE-Callback-Token as proof of a callback.',
    { secret: true },
  ),
  kieWebhookHmacKey: optional(
    'KIE_WEBHOOK_HMAC_KEY',
    word,
    'The webhookHmacKey from the settings of kie.ai, to verify its signatures.',
    { secret: true },
  ),
  telegramApiRoot: preset(
    'TELEGRAM_API_ROOT',
    'https://api.telegram.org',
    serverAddress,
    'Another Bot API server.',
  ),
  kieApiBase: preset('KIE_API_BASE', 'https://api.kie.ai', serverAddress, 'Another KIE server.'),
  kieUploadBase: preset(
    'KIE_UPLOAD_BASE',
    'https://kieai.redpandaai.co',
    serverAddress,
    'Another server for uploads to KIE.',
  ),
  dryRun: preset('DRY_RUN', '0', flag, 'Refusals of KIE such as 402 may be mocked.'),
  testMode: preset('TEST_MODE', '0', flag, 'As DRY_RUN; also allows the switches of tests.'),
  usdRubRate: preset('USD_RUB_RATE', '78.57', rate, 'Roubles for a dollar.'),
  priceMarkup: preset('PRICE_MARKUP', '2.0', rate, 'Price = cost × this.'),
  modelsOn: preset(
    'MODELS_ON',
    '',
    list,
    'Models to sell although they are delisted or discontinued: ids or slugs, comma-separated.',
  ),
  freeDailyLimit: preset('FREE_DAILY_LIMIT', '5', count(0), 'Free generations a user has a day.'),
  freeHourlyLimit: preset(
    'FREE_HOURLY_LIMIT',
    '2',
    count(0),
    'Free generations a user has an hour.',
  ),
  freeDailyBudgetCredits: preset(
    'FREE_DAILY_BUDGET_CREDITS',
    '2000',
    amount,
    'KIE credits a day that all free generations together may cost.',
  ),
  referralBonusFree: preset(
    'REFERRAL_BONUS_FREE',
    '10',
    count(0),
    'Free generations for bringing a friend.',
  ),
  welcomeBalanceRub: preset('WELCOME_BALANCE_RUB', '0', amount, 'Roubles a new user starts with.'),
  starsPerRub: preset('STARS_PER_RUB', '1.6', rate, 'Telegram Stars for one rouble.'),
  manualTopupDetails: optional(
    'MANUAL_TOPUP_DETAILS',
    text(/^[\s\S]{10,1000}$/, '10 to 1000 characters'),
    'Bank details for top-ups by transfer; without them there is no such way.',
  ),
  rateJobsPerMin: preset(
    'RATE_JOBS_PER_MIN',
    '5',
    count(1),
    'Generations a user may start a minute.',
  ),
  rateJobsPerHour: preset(
    'RATE_JOBS_PER_HOUR',
    '20',
    count(1),
    'Generations a user may start an hour.',
  ),
  consoleToken: optional(
    'CONSOLE_TOKEN',
    text(/^\S{16,}$/, 'at least 16 characters without spaces'),
    'Opens /console; without it there is no console.',
    { secret: true },
  ),
  consoleActions: {
    ...preset(
      'CONSOLE_ACTIONS',
      '0',
      actionList,
      'What operators may do in the console, not only see.',
    ),
    hint: (value) => strangeActions(value),
  },
  consoleRemote: preset(
    'CONSOLE_REMOTE',
    '0',
    flag,
    'The console may be opened from other machines, by https.',
  ),
  logLevel: preset(
    'LOG_LEVEL',
    'info',
    choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'The least important lines to log.',
  ),
  instanceName: optional(
    'INSTANCE_NAME',
    text(/^[\w.:-]{1,64}$/, 'up to 64 letters, digits, . : - or _'),
    'What this process is called in logs and /health.',
  ),
  supportTelegram: optional('SUPPORT_TELEGRAM', telegramName, 'Whom users may write to for help.'),
  crashAt: optional(
    'TRT_CRASH_AT',
    { ...choice(CRASH_POINTS), expects: 'one of src/actors/crash-points.ts' },
    'Tests only (TEST_MODE=1): die at this point.',
  ),
} as const satisfies Record<string, Field<unknown>>
