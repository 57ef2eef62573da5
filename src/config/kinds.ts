import { z } from 'zod'
import { ACTION_NAMES, type ActionName } from './action-names.ts'
import { nearest } from './nearest.ts'

/** When a name must be set: in every process, in webhook mode, or wherever real data is at stake. */
type Need = 'always' | 'webhook' | 'production' | 'never'

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
  /** Prices follow from it: a wrong value stops the start, no default stands in for it. */
  readonly price?: true
  /** Bounds of what is plausible, for a number; beyond them the start says so. */
  readonly plausible?: readonly [number, number]
  /** What more can be said of a wrong value, without showing anything secret. */
  readonly hint?: (value: string) => string
  /** What stands in .env.example behind "default:" when there is no fixed fallback. */
  readonly derived?: string
}

interface Kind<T> {
  readonly expects: string
  readonly schema: z.ZodType<T, string>
}

type Extras = Pick<Field<unknown>, 'alias' | 'secret' | 'derived' | 'price' | 'plausible'>

/** A name without which the bot does not start where it is needed. */
export const required = <T>(
  name: string,
  need: Exclude<Need, 'never'>,
  kind: Kind<T>,
  description: string,
  extras: Extras = {},
): Field<T> => ({ name, need, description, ...kind, ...extras })

/** A name that may be unset. */
export const optional = <T>(
  name: string,
  kind: Kind<T>,
  description: string,
  extras: Extras = {},
): Field<T | undefined> => ({ name, need: 'never', description, ...kind, ...extras })

/** A name with a value of its own while it is unset. */
export const preset = <T>(
  name: string,
  fallback: string,
  kind: Kind<T>,
  description: string,
  extras: Extras = {},
): Field<T> => ({ name, need: 'never', fallback, description, ...kind, ...extras })

/** Text of this form. */
export const text = (pattern: RegExp, expects: string): Kind<string> => ({
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

/** A whole number within these bounds, both included. */
export const count = (min: number, max = 1_000_000): Kind<number> =>
  number(z.int().min(min).max(max), `a whole number from ${min} to ${max}`)

/** A number from 0 up. */
export const amount = number(z.number().min(0).max(1e9), 'a number such as 1.5, at least 0')
/** A number above 0. */
export const rate = number(z.number().positive().max(1e6), 'a number such as 1.5, above 0')

/** Names with commas between; empty ones are left out. */
export const list: Kind<readonly string[]> = {
  expects: 'names with commas between',
  schema: z.string().transform((value) => value.split(',').flatMap((name) => name.trim() || [])),
}

/** On or off. */
export const flag: Kind<boolean> = { expects: '1 or 0', schema: z.stringbool() }

/** One of these words. */
export const choice = <const T extends readonly string[]>(values: T): Kind<T[number]> => ({
  expects: values.join(', ').replace(/, ([^,]*)$/, ' or $1'),
  schema: z.enum(values),
})

/** Anything without spaces. */
export const word = text(/^\S+$/, 'one word without spaces')
const loopback = /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/]|$)/

const address = (allowed: (url: URL) => boolean, expects: string): Kind<string> => ({
  expects,
  schema: z
    .string()
    .refine((value) => URL.canParse(value) && allowed(new URL(value)))
    .transform((value) => value.replace(/\/+$/, '')),
})

const isBase = (url: URL) => !url.search && !url.hash && !url.username
/** A server that we call; without a slash at the end. */
export const serverAddress = address(
  (url) => /^https?:$/.test(url.protocol) && isBase(url),
  'a URL such as https://host',
)
/** Where others reach us: https, except on this machine. */
export const publicAddress = address(
  (url) => (url.protocol === 'https:' || loopback.test(url.href)) && isBase(url),
  'a URL such as https://bot.example (http only for localhost)',
)
/** A PostgreSQL URL. */
export const databaseAddress: Kind<string> = {
  expects: 'a URL such as postgresql://user:password@host:5432/name',
  schema: z.string().refine((url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)),
}

/** One or more ids of Telegram users. */
export const ids: Kind<readonly number[]> = {
  expects: 'one Telegram user id, or several with commas between',
  schema: z
    .string()
    .transform((list) => list.split(',').map((id) => id.trim()))
    .pipe(z.array(z.string().regex(/^\d+$/).transform(Number).pipe(z.int().positive())).min(1)),
}

/** The form of a bot token. */
const TOKEN = /^\d+:[\w-]+$/

/** The token of a bot, as @BotFather gives it. */
export const botToken = text(TOKEN, 'a token such as 123456:ABC-def')

/** One or more tokens. */
export const botTokens: Kind<readonly string[]> = {
  expects: 'a token such as 123456:ABC-def, or several with commas between',
  schema: z
    .string()
    .transform((list) => list.split(',').map((token) => token.trim()))
    .pipe(z.array(z.string().regex(TOKEN)).min(1)),
}

/** A person's chat has a positive id, a group a negative one. */
export const chatId: Kind<number> = {
  expects: 'the id of a chat, such as -1001234567890 for a group',
  schema: z
    .string()
    .regex(/^-?\d{1,16}$/)
    .transform(Number)
    .pipe(z.int()),
}

const RESERVED = /^(health|ready|metrics|webhook|console|sandbox)(\/|$)/
/** A route of our own, without slashes at its ends. */
export const routePath: Kind<string> = {
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
export const actionList: Kind<readonly ActionName[]> = {
  expects: `0, or some of ${ACTION_NAMES.join(', ')} with commas between`,
  schema: z
    .string()
    .transform((list) => [...new Set(actionNames(list))])
    .pipe(z.array(z.enum(ACTION_NAMES))),
}

/** Names that no action has, with what was probably meant. */
export function strangeActions(list: string): string {
  const strange = actionNames(list).filter((name) => !ACTION_NAMES.some((known) => known === name))
  return strange
    .map((name) => {
      const meant = nearest(name, ACTION_NAMES)
      return `${name} is no action${meant === undefined ? '' : `; did you mean ${meant}?`}`
    })
    .join(' ')
}

/** A Telegram user name without the @, however it was written. */
export const telegramName: Kind<string> = {
  expects: 'a user name such as @support',
  schema: z
    .string()
    .transform((value) => value.replace(/^(https?:\/\/)?t\.me\/|^@/, ''))
    .refine((value) => /^\w{4,32}$/.test(value)),
}
