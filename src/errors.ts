/**
 * What can go wrong, in one table: the code is stable, stored and shown in logs and `docs/errors.md`;
 * `retry` says who may try again; `status` is the HTTP answer where the error reaches a request.
 */
export const ERRORS = {
  'config.invalid': {
    retry: 'never',
    status: 500,
    text: 'The environment is incomplete or wrong.',
  },
  'machine.unstorable': {
    retry: 'never',
    status: 500,
    text: 'A machine does what its actors would lose in storage.',
  },
  'effect.unhandled': {
    retry: 'never',
    status: 500,
    text: 'The parts of the engine do not fit together.',
  },
  'effect.malformed': {
    retry: 'never',
    status: 500,
    text: 'The parameters of an effect are not what its handler takes.',
  },
  'catalogue.invalid': { retry: 'never', status: 500, text: 'A model file breaks the rules.' },
  'database.unavailable': { retry: 'later', status: 503, text: 'PostgreSQL gives no answer.' },
  'database.pooled': {
    retry: 'never',
    status: 503,
    text: 'Connections to the database share their sessions.',
  },
  'database.foreign': {
    retry: 'never',
    status: 503,
    text: 'The database belongs to another bot.',
  },
  'database.refused': { retry: 'never', status: 500, text: 'A constraint refused the change.' },
  'actor.unknown': { retry: 'never', status: 404, text: 'No actor has this id.' },
  'actor.conflict': {
    retry: 'later',
    status: 503,
    text: 'Other instances kept changing the actor.',
  },
  'actor.poisoned': { retry: 'never', status: 500, text: 'The machine threw on this event.' },
  'actor.newer': {
    retry: 'later',
    status: 503,
    text: 'A newer version of the program has moved the actor; its instances go on with it.',
  },
  'actor.unfit': { retry: 'never', status: 500, text: 'No version of the machine fits the actor.' },
  'support.unstaffed': {
    retry: 'later',
    status: 503,
    text: 'There is no chat of the staff yet, and nobody who would read it.',
  },
  'runtime.overloaded': { retry: 'later', status: 503, text: 'Too many events are waiting.' },
  'runtime.draining': { retry: 'later', status: 503, text: 'This process is shutting down.' },
  'telegram.refused': { retry: 'never', status: 502, text: 'Telegram answered with an error.' },
  'telegram.blocked': { retry: 'never', status: 403, text: 'The user has blocked the bot.' },
  'telegram.flooded': { retry: 'later', status: 429, text: 'Telegram asks to wait.' },
  'telegram.conflict': { retry: 'later', status: 409, text: 'Somebody else is polling this bot.' },
  'telegram.unauthorized': {
    retry: 'later',
    status: 401,
    text: 'Telegram does not know the token.',
  },
  'telegram.unavailable': { retry: 'later', status: 503, text: 'Telegram could not be reached.' },
  'telegram.unknown': { retry: 'never', status: 504, text: 'No answer; the call may have worked.' },
  'kie.credits': { retry: 'later', status: 402, text: 'The provider account has no credits left.' },
  'kie.unauthorized': { retry: 'later', status: 401, text: 'The provider refuses our key.' },
  'kie.limited': { retry: 'later', status: 433, text: 'The key has reached its spending limit.' },
  'kie.busy': { retry: 'later', status: 429, text: 'The provider asks to slow down.' },
  'kie.refused': { retry: 'never', status: 422, text: 'The provider refuses the request.' },
  'kie.unavailable': { retry: 'later', status: 503, text: 'The provider could not be reached.' },
  'kie.overrun': {
    retry: 'never',
    status: 200,
    text: 'The provider consumed more credits than were quoted.',
  },
  'model.failing': {
    retry: 'later',
    status: 503,
    text: 'The model failed time after time; it is tried again after a while.',
  },
  'model.paused': { retry: 'later', status: 503, text: 'An admin paused the model.' },
  'model.changed': {
    retry: 'later',
    status: 503,
    text: 'The provider changed the model, and an admin paused it.',
  },
  'kie.unknown': { retry: 'never', status: 504, text: 'No answer; the task may exist.' },
  'broadcast.gone': {
    retry: 'never',
    status: 404,
    text: 'The message of a broadcast is gone from the chat of the admin who wrote it.',
  },
  'broadcast.stuck': {
    retry: 'later',
    status: 500,
    text: 'A step of a broadcast was given up; an admin resumes it.',
  },
  'payment.unknown': {
    retry: 'never',
    status: 200,
    text: 'Stars came for no invoice that we know; credited to the payer at the present rate.',
  },
  'payment.foreign': {
    retry: 'never',
    status: 200,
    text: 'Somebody paid the invoice of another user; credited to the payer.',
  },
  'payment.amount': {
    retry: 'never',
    status: 200,
    text: 'Another number of Stars came than was asked for; credited in proportion.',
  },
  'payment.missed': {
    retry: 'never',
    status: 200,
    text: 'No update told of a payment; found in the list of Telegram and credited.',
  },
  'payment.currency': {
    retry: 'never',
    status: 200,
    text: 'A payment came in a currency that we never ask for; it was not credited.',
  },
  'payment.unbooked': {
    retry: 'never',
    status: 500,
    text: 'A payment could not be booked; it is kept among the dead letters.',
  },
  'payment.unexplained': {
    retry: 'never',
    status: 500,
    text: 'We credited a payment that the list of Telegram does not have.',
  },
  'refund.unasked': {
    retry: 'never',
    status: 200,
    text: 'Telegram gave Stars back unasked; the money was taken from the account.',
  },
  'refund.debt': {
    retry: 'never',
    status: 200,
    text: 'Telegram gave Stars back unasked, but the money was spent: the user owes the rest.',
  },
  'refund.failed': {
    retry: 'never',
    status: 502,
    text: 'Telegram refused to give Stars back; the money is on the account again.',
  },
  'refund.asked': {
    retry: 'never',
    status: 200,
    text: 'A user asks for a payment back; look into /admin.',
  },
  'review.waiting': {
    retry: 'never',
    status: 200,
    text: 'A receipt of a bank transfer waits for a decision; look into /admin.',
  },
  'media.unusable': { retry: 'never', status: 415, text: 'The file is not what it should be.' },
  'media.damaged': {
    retry: 'never',
    status: 415,
    text: 'The file ends too early or can’t be read.',
  },
  'media.too-large': { retry: 'never', status: 413, text: 'The file is larger than allowed.' },
  'media.no-room': {
    retry: 'later',
    status: 503,
    text: 'This machine has no room for files on their way.',
  },
  'media.unavailable': { retry: 'later', status: 502, text: 'The file could not be fetched.' },
} as const satisfies Record<string, ErrorFacts>

interface ErrorFacts {
  readonly retry: 'never' | 'later'
  readonly status: number
  readonly text: string
}

export type ErrorCode = keyof typeof ERRORS

interface Details {
  cause?: unknown
  detail?: string
}

/** Base of every error made here; `message` is the table's sentence plus an optional detail. */
export class TrtError extends Error {
  public override name = 'TrtError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, { cause, detail }: Details = {}) {
    super(detail === undefined ? ERRORS[code].text : `${ERRORS[code].text} ${detail}`, { cause })
    this.code = code
  }
}

/** Answered with an error: asking again would give the same answer. */
export class TerminalError extends TrtError {
  public override name = 'TerminalError'
}

/** A server that asks for a longer pause is asked again after a day all the same. */
const MOST_PAUSE_MS = 86_400_000

/** Nothing happened at the other side; safe to repeat, not before `retryAfterMs`, a day at most. */
export class RetryableError extends TrtError {
  public override name = 'RetryableError'
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, details: Details & { retryAfterMs?: number } = {}) {
    super(code, details)
    const { retryAfterMs: asked } = details
    this.retryAfterMs = asked === undefined ? undefined : Math.min(asked, MOST_PAUSE_MS)
  }
}

/** The request left us and no answer came: the other side may or may not have acted. */
export class UnknownOutcomeError extends TrtError {
  public override name = 'UnknownOutcomeError'
}

/** The operator must change something; `lines` are printed one per line before exit 1. */
export class ConfigError extends TrtError {
  public override name = 'ConfigError'
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super('config.invalid', { detail: lines.join(' ') })
    this.lines = lines
  }
}

/**
 * Why something failed, in one line: the message and those of its causes, each once. An error of
 * several addresses (Node tries each) says what each of them said.
 */
export function reasonOf(thrown: unknown): string {
  const seen: string[] = []
  for (let error: unknown = thrown, depth = 0; error != null && depth < 5; depth += 1) {
    const one: Error = coerceError(error)
    const parts = one instanceof AggregateError ? one.errors.map(reasonOf) : [one.message]
    const { code } = one as { code?: unknown }
    const said = [...new Set(parts)].join(', ') || (typeof code === 'string' ? code : one.name)
    if (!seen.some((earlier) => earlier.includes(said))) seen.push(said)
    error = one.cause
  }
  return seen.join(' ').replace(/\s+/g, ' ').trim()
}

/** Anything thrown, as an Error; used at every boundary that catches. */
export const coerceError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))
