import { TelegramError } from 'telegraf'
import { RetryableError, TerminalError, type TrtError, UnknownOutcomeError } from '../../errors.ts'
import { NOT_CONNECTED } from './keep-alive-agent.ts'

/** Telegram said no; `migrateToChatId` is the supergroup that replaced the chat. */
export class TelegramRefusal extends TerminalError {
  public override name = 'TelegramRefusal'
  readonly migrateToChatId: number | undefined

  constructor(detail: string, migrateToChatId?: number) {
    super('telegram.refused', { detail })
    this.migrateToChatId = migrateToChatId
  }
}

/**
 * For what is better seen twice than never: when the call may have worked it is to be repeated, which
 * an unknown outcome alone never is. Any other error stays as it is.
 */
export const orSeenTwice = (thrown: unknown): unknown =>
  thrown instanceof UnknownOutcomeError
    ? new RetryableError('telegram.unavailable', { cause: thrown })
    : thrown

/**
 * Whatever a call threw, as one of our errors. The errors of the clients are dropped, not chained:
 * they may carry the whole request (private text) and the address (the token).
 */
export function toTelegramError(thrown: unknown, method: string): TrtError {
  if (thrown instanceof TelegramError) return fromAnswer(thrown, method)
  const code = reasonOf(thrown)
  if (code?.startsWith(NOT_CONNECTED)) {
    const detail = `${method}: ${code.slice(NOT_CONNECTED.length)}.`
    return new RetryableError('telegram.unavailable', { detail })
  }
  return new UnknownOutcomeError('telegram.unknown', {
    detail: `${method}: ${code ?? 'the answer is not from the Bot API'}.`,
  })
}

/** What a client says of a failure in one word; an abort's own `code` is a number. */
function reasonOf(thrown: unknown): string | undefined {
  const { code, name } = (thrown ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : name === 'AbortError' ? 'no answer in time' : undefined
}

function fromAnswer({ response, code }: TelegramError, method: string): TrtError {
  const description = withoutQuotes(String(response.description ?? ''))
  const detail = `${method}: ${description}`
  const { retry_after: retryAfter, migrate_to_chat_id: newChatId } = response.parameters ?? {}
  // A gateway that gave up waiting says nothing about the server behind it.
  if (!Number.isInteger(code) || code === 504) {
    return new UnknownOutcomeError('telegram.unknown', { detail })
  }
  if (code >= 500) return new RetryableError('telegram.unavailable', { detail })
  if (code === 429) {
    const retryAfterMs = Math.max(1, Number(retryAfter) || 1) * 1000
    return new RetryableError('telegram.flooded', { detail, retryAfterMs })
  }
  if (code === 409) return new RetryableError('telegram.conflict', { detail })
  // The operator must act; then all goes on that was waiting.
  if (code === 401 || code === 404) return new RetryableError('telegram.unauthorized', { detail })
  if (code === 403 || CHAT_GONE.test(description)) {
    return new TerminalError('telegram.blocked', { detail })
  }
  return new TelegramRefusal(detail, newChatId)
}

const CHAT_GONE = /chat not found|PEER_ID_INVALID|USER_IS_BLOCKED|INPUT_USER_DEACTIVATED/

/** Descriptions quote pieces of the request ("Unsupported start tag \"…\""), which may be private. */
const withoutQuotes = (description: string) =>
  description
    .replace(/"[^"]*"|(?<=\s)'.*'/gs, '"…"')
    .replace(/\s+/g, ' ')
    .slice(0, 200)

const says = (pattern: RegExp) => (error: unknown) =>
  error instanceof Error && 'code' in error && pattern.test(error.message)

/** The edit would change nothing: the wish is already fulfilled. */
export const isNotModified = says(/message is not modified/)

/** The message to edit is gone or beyond editing; a new one must be sent. */
export const isMessageGone = says(
  /message to (?:edit|be edited|delete) not found|message can't be edited|MESSAGE_ID_INVALID/,
)

/** The message to copy is gone from the chat it stood in, or can't be copied. */
export const isSourceGone = says(/message to copy not found|message can't be copied/)

/** The topic to send into was deleted. */
export const isTopicGone = says(/message thread not found|TOPIC_DELETED|TOPIC_CLOSED/)

/** The tap can no longer be answered (older than about 15 s); nothing is left to do. */
export const isQueryTooOld = says(/query is too old|query ID is invalid|QUERY_ID_INVALID/)

/** The Stars are back already: what was asked for is so. */
export const isRefundedBefore = says(/CHARGE_ALREADY_REFUNDED/)

/** A webhook is set, or was set during the poll: getUpdates is refused until it is deleted. */
export const isWebhookActive = says(/webhook is active|terminated by setWebhook/)

/** The id of the supergroup that replaced the group, if that is why Telegram refused. */
export const migrateToChatId = (error: unknown): number | undefined =>
  error instanceof TelegramRefusal ? error.migrateToChatId : undefined
