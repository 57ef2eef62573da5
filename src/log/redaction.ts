const REDACTED = '[redacted]'
const MAX_DEPTH = 8
const MAX_ITEMS = 50
const MAX_CAUSES = 5
/** Shorter ones would blank out ordinary words; real secrets are longer. */
const MIN_SECRET_LENGTH = 6

/** What people wrote, who they are, and what opens doors; compared without case, `_` and `-`. */
const PRIVATE_KEYS = new Set(
  `token bottoken secret secrettoken password apikey authorization cookie setcookie callbackkey
   xtelegrambotapisecrettoken xkiecallbacktoken xwebhooksignature sig databaseurl connectionstring
   prompt negativeprompt text caption lyrics query words search input inputs payload body update
   firstname lastname username phonenumber email`.split(/\s+/),
)

const isPrivate = (key: string) => PRIVATE_KEYS.has(key.toLowerCase().replace(/[_-]/g, ''))

/** Secrets that nobody listed: bot tokens, and the credentials in any URL. */
const PATTERNS: readonly [RegExp, string][] = [
  [/(?<!\d)\d{6,}:[\w-]{30,}/g, REDACTED],
  [/(:\/\/)[^\s/@"]*:[^\s/@"]*@/g, `$1${REDACTED}@`],
]

/** Removes the given secrets from a line, as they are and as URLs and JSON spell them. */
export function createScrubber(secrets: readonly string[]): (line: string) => string {
  const spellings = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      encodeURI(secret),
      JSON.stringify(secret).slice(1, -1),
    ])
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length)
  return (line) => {
    let clean = line
    for (const secret of longestFirst) clean = clean.replaceAll(secret, REDACTED)
    for (const [pattern, instead] of PATTERNS) clean = clean.replace(pattern, instead)
    return clean
  }
}

/** A copy that is safe to log: private keys blanked at any depth, errors as plain objects. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_DEPTH) return '[deep]'
  if (value instanceof Error) return describeError(value, depth)
  if (value instanceof Uint8Array) return `[${value.length} bytes]`
  if (Array.isArray(value)) return redactArray(value, depth)
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return redact(value.toJSON(), depth + 1)
  }
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    isPrivate(key) && inner !== undefined && inner !== null ? REDACTED : redact(inner, depth + 1),
  ])
  return Object.fromEntries(entries)
}

function redactArray(values: readonly unknown[], depth: number): unknown[] {
  const shown = values.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1))
  return values.length > MAX_ITEMS ? [...shown, `[${values.length - MAX_ITEMS} more]`] : shown
}

/** Only chosen fields: errors of libraries carry requests and rows, with what users wrote. */
function describeError(error: Error, depth: number, causes = 0): Record<string, unknown> {
  const { code, constraint, retryAfterMs } = error as Error & Record<string, unknown>
  const deeper = (inner: unknown) =>
    inner instanceof Error ? describeError(inner, depth, causes + 1) : redact(inner, depth + 1)
  const goesOn = causes < MAX_CAUSES
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    stack: error.stack,
    ...(error.cause === undefined || !goesOn ? {} : { cause: deeper(error.cause) }),
    ...(error instanceof AggregateError && goesOn
      ? { errors: error.errors.slice(0, MAX_CAUSES).map(deeper) }
      : {}),
  }
}

/** Where a line names a person: ids of dialogues and targets, and fields that hold such a number. */
const PERSON_IDS = [
  /(\bconversation:\d+:)(\d+)\b/g,
  /(\b(?:user|telegram|chat):)(\d+)\b/g,
  /("(?:user|userId|user_id|chat|chatId|chat_id|admin|adminId|personId|by)":)(\d+)\b/g,
]

/** Puts a name that tells nothing in the place of people's ids; the same person has the same name. */
export const createPersonHider =
  (nameOf: (userId: number) => string) =>
  (line: string): string =>
    PERSON_IDS.reduce(
      (text, ids) =>
        text.replace(ids, (_, before: string, id: string) => {
          const name = nameOf(Number(id))
          return before.endsWith('":') ? `${before}"${name}"` : before + name
        }),
      line,
    )
