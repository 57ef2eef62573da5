/** What the fake answers instead of a result; carries the wire form of a Bot API error. */
export class BotApiError extends Error {
  public override name = 'BotApiError'
  readonly status: number
  readonly parameters: Record<string, number> | undefined

  constructor(status: number, description: string, parameters?: Record<string, number>) {
    super(description)
    this.status = status
    this.parameters = parameters
  }
}

/** Lower-cases the first letter as the real server does, unless the text is a CODE_LIKE_THIS. */
const decapitalise = (text: string): string =>
  /^.[_A-Z]/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)

/** A 400 with the server's prefix and capitalisation rule. */
export const badRequest = (text: string): BotApiError =>
  new BotApiError(400, `Bad Request: ${decapitalise(text)}`)

/** A 403 with the server's prefix. */
export const forbidden = (text: string): BotApiError => new BotApiError(403, `Forbidden: ${text}`)

/** A 409 with the server's prefix. */
export const conflict = (text: string): BotApiError => new BotApiError(409, `Conflict: ${text}`)

/** The flood-wait answer; the server adds a Retry-After header to it. */
export const tooManyRequests = (retryAfter: number): BotApiError =>
  new BotApiError(429, `Too Many Requests: retry after ${retryAfter}`, { retry_after: retryAfter })
