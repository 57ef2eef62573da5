import { hkdfSync } from 'node:crypto'
import { ConfigError } from '../errors.ts'
import { FIELDS } from './fields.ts'
import type { Field } from './kinds.ts'
import { editDistance, nearest } from './nearest.ts'

type Fields = typeof FIELDS
type Values = { readonly [K in keyof Fields]: Fields[K] extends Field<infer T> ? T : never }

/** The environment, read once. In webhook mode `webhookBaseUrl` is set. */
export interface Config extends Values {
  /** The number before the colon of the bot token. */
  readonly botId: number
  readonly webhookSecretPath: string
  readonly webhookSecretToken: string
  /** Those of them that are this bot's and not its token of now. */
  readonly formerBotTokens: readonly string[]
  /** Signs the callback URL of every job. */
  readonly callbackKey: string
  /** What signed the callback URLs of jobs from before the token was rotated. */
  readonly formerCallbackKeys: readonly string[]
  /** Makes people's ids unreadable where they must be compared or logged, but not known. */
  readonly personKey: string
  /** The same of before the token was rotated. */
  readonly formerPersonKeys: readonly string[]
}

/** Every name that `parseConfig` knows. */
export const CONFIG_NAMES: readonly string[] = Object.values(FIELDS).map(({ name }) => name)

const HINT = 'To try the bot without any of these: npm run sandbox'
/** Names that nobody else uses; of others only those are looked at that are nearly ours. */
const FOREIGN = /^(KIE|TELEGRAM|WEBHOOK)_/
/** Names of the environment that look like ours and are somebody else's. */
const STRANGERS: ReadonlySet<string> = new Set(['TEST_DATABASE_URL', 'RENDER_EXTERNAL_URL'])

/**
 * Reads the environment. Throws a ConfigError with a line for each name that is missing or wrong;
 * wrong optional values become warnings and their defaults, but for what prices follow from: that is
 * an error too. `implausible` are those of the warnings that hint at a slip of the pen. None ever shows
 * a secret. In the sandbox `databaseUrl` may be empty: its embedded server gives the URL.
 */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  { sandbox = false }: { sandbox?: boolean } = {},
): { config: Config; warnings: string[]; implausible: string[] } {
  const read = (name: string | undefined) => (name && env[name]?.trim()) || undefined
  const isWebhook = read(FIELDS.botMode.name) === 'webhook'
  const errors: string[] = []
  const warnings = unknownNames(env)
  const implausible: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, field] of Object.entries<Field<unknown>>(FIELDS)) {
    const isRequired =
      field.need === 'always' ||
      (field.need === 'webhook' && isWebhook) ||
      (field.need === 'production' && !sandbox)
    const source = read(field.name) ? field.name : field.alias
    const given = read(source)
    const parsed = field.schema.safeParse(given ?? field.fallback ?? '')
    if (parsed.success) {
      values[key] = parsed.data
      if (!isPlausible(field, parsed.data)) implausible.push(beyond(field, given))
    } else if (isRequired || field.price) {
      errors.push(given ? `${source} is wrong: expected ${field.expects}.` : missing(field, env))
    } else {
      values[key] = field.fallback === undefined ? undefined : field.schema.parse(field.fallback)
      if (given) warnings.push(ignored(field, given))
    }
  }
  if (errors.length > 0) throw new ConfigError([...errors, HINT])
  const config = complete(values as unknown as Values, warnings)
  return { config, warnings: [...warnings, ...implausible], implausible }
}

const isPlausible = ({ plausible }: Field<unknown>, value: unknown) =>
  plausible === undefined || typeof value !== 'number' || within(plausible, value)

const within = ([least, most]: readonly [number, number], value: number) =>
  value >= least && value <= most

const beyond = ({ name, plausible = [0, 0] }: Field<unknown>, given: string | undefined) =>
  `${name}=${given} is unusual: expected ${plausible[0]} to ${plausible[1]}. Is it a slip?`

function missing({ name, description }: Field<unknown>, env: object): string {
  const strangers = Object.keys(env).filter((other) => !CONFIG_NAMES.includes(other))
  const found = nearest(name, strangers)
  return `${name} is missing: ${description}${found ? ` (Is it ${found}? Rename it.)` : ''}`
}

function ignored(field: Field<unknown>, given: string): string {
  const { name, expects, fallback, derived, hint } = field
  const used = fallback === undefined ? (derived ?? 'nothing') : fallback
  const more = hint === undefined ? '' : ` ${hint(given)}`
  return `${name} is wrong: expected ${expects}.${more} Using ${used} instead.`
}

function unknownNames(env: object): string[] {
  return Object.keys(env)
    .filter((name) => !CONFIG_NAMES.includes(name) && !STRANGERS.has(name))
    .flatMap((name) => {
      const meant = FOREIGN.test(name)
        ? nearest(name, CONFIG_NAMES)
        : CONFIG_NAMES.find((known) => isSlip(name, known))
      if (meant === undefined && !FOREIGN.test(name)) return []
      return `${name} is not a known name${meant ? `; did you mean ${meant}?` : '.'}`
    })
}

/** One name mistyped as the other: one letter more, less or another, two in a long name, or swapped. */
function isSlip(name: string, known: string): boolean {
  const letters = (text: string) => [...text].sort().join('')
  const distance = editDistance(name, known)
  if (distance <= (known.length < 8 ? 1 : 2)) return true
  return distance === 2 && letters(name) === letters(known)
}

function complete(values: Values, warnings: string[]): Config {
  const { botToken } = values
  const secretOf = (field: Field<unknown>, value: string | undefined) => {
    if (value && !sharesSecret(value, botToken)) return value
    if (value) warnings.push(`${field.name} holds the bot token. Using a derived one instead.`)
    return derive(botToken, field.name)
  }
  if (values.crashAt && !values.testMode) {
    warnings.push(`${FIELDS.crashAt.name} is ignored without TEST_MODE=1.`)
  }
  const formerBotTokens = formerTokens(values, warnings)
  return {
    ...values,
    formerBotTokens,
    formerCallbackKeys: formerBotTokens.map((token) => derive(token, 'callback')),
    formerPersonKeys: formerBotTokens.map((token) => derive(token, 'person')),
    databaseUrl: values.databaseUrl ?? '',
    webhookSecretPath: secretOf(FIELDS.webhookSecretPath, values.webhookSecretPath),
    webhookSecretToken: secretOf(FIELDS.webhookSecretToken, values.webhookSecretToken),
    callbackKey: derive(botToken, 'callback'),
    personKey: derive(botToken, 'person'),
    botId: Number.parseInt(botToken, 10),
    crashAt: values.testMode ? values.crashAt : undefined,
  }
}

/** Another bot's token would let that bot's operator forge callbacks; the present one is none of before. */
function formerTokens({ botToken, formerBotTokens = [] }: Values, warnings: string[]): string[] {
  const { name } = FIELDS.formerBotTokens
  const botOf = (token: string) => Number.parseInt(token, 10)
  return formerBotTokens.filter((token) => {
    const isOwn = botOf(token) === botOf(botToken)
    if (!isOwn) warnings.push(`${name} holds a token of another bot, which is left out.`)
    if (token === botToken) warnings.push(`${name} holds the token of now, which is left out.`)
    return isOwn && token !== botToken
  })
}

/** The path shows up in the logs of proxies, so it must not give the token away. */
const sharesSecret = (value: string, botToken: string) =>
  value.includes(botToken.split(':')[1] as string)

/** The same on every instance and after every start, and useless for finding the token (RFC 5869). */
function derive(botToken: string, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', botToken, 'trt', purpose, 32)).toString('base64url')
}

/** Below this length a password may be an ordinary word that stands in harmless lines too. */
const DISTINCTIVE_LENGTH = 12

/** Every value that must never be printed, for the log's redaction. */
export function secretsOf(config: Config): string[] {
  const { password = '' } = URL.canParse(config.databaseUrl) ? new URL(config.databaseUrl) : {}
  const values = Object.entries<Field<unknown>>(FIELDS)
    .filter(([, { secret }]) => secret)
    .flatMap(([key]) => config[key as keyof Config])
  return [
    ...values,
    config.callbackKey,
    config.personKey,
    ...config.formerCallbackKeys,
    ...config.formerPersonKeys,
    ...config.formerBotTokens.map((token) => token.split(':')[1]),
    config.botToken.split(':')[1],
    ...(password.length < DISTINCTIVE_LENGTH ? [] : [password, decodeURIComponent(password)]),
  ].filter((value) => typeof value === 'string' && value !== '') as string[]
}

/** Which secrets are set, by their names, each as `****`: for the log of a start. */
export const maskedSecrets = (config: Config): Record<string, string> =>
  Object.fromEntries(
    Object.entries<Field<unknown>>(FIELDS).flatMap(([key, { name, secret }]) =>
      secret && [config[key as keyof Config]].flat().some(Boolean) ? [[name, '****']] : [],
    ),
  )
