/** An answer that is not the one asked for; `code` is the server's own word for it, if it sent one. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string | null

  constructor(status: number, message: string, code: string | null = null) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
  }
}

/** What went wrong, for people. */
export const wordsOf = (error: unknown): string =>
  error instanceof ApiError ? error.message : String(error)

const WORDS: Record<string, string> = {
  'console.login': 'Your session has ended.',
  'console.token': 'That is not the token.',
  'console.brake': 'Too many wrong tokens. Wait a minute, then try again.',
  'console.foreign': 'The bot takes this only from its own page. Load the page anew.',
  'console.denied': 'CONSOLE_ACTIONS does not list this action.',
  'console.hidden': 'What people wrote is hidden. Reveal it first.',
  'console.invalid': 'The bot could not make sense of that.',
  'console.refused': 'The actor is in a state that does not allow this.',
  'not-found': 'There is no such thing here.',
  'actor.unknown': 'There is no such actor.',
  'database.unavailable': 'The database does not answer at the moment.',
}

/** Reads JSON; throws an ApiError with words for people. */
export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await ask(url, { ...(signal ? { signal } : {}) })) as T
}

/** Sends JSON and reads the answer. */
export async function postJson<T>(url: string, body: unknown): Promise<T> {
  // The header proves that the page asked: a form of another site can't send it.
  const headers = { 'content-type': 'application/json', 'x-console': '1' }
  return (await ask(url, { method: 'POST', headers, body: JSON.stringify(body) })) as T
}

async function ask(url: string, init: RequestInit): Promise<unknown> {
  let answer: Response
  try {
    answer = await fetch(url, { ...init, headers: { accept: 'application/json', ...init.headers } })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiError(0, 'The bot does not answer.')
  }
  const body: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw failure(answer.status, body)
  return body
}

function failure(status: number, body: unknown): ApiError {
  const { error: code, detail } = (body ?? {}) as { error?: unknown; detail?: unknown }
  const words = typeof code === 'string' ? WORDS[code] : undefined
  const message = words ?? `The bot answered with ${status}.`
  const more = typeof detail === 'string' ? ` ${detail}` : ''
  return new ApiError(status, message + more, typeof code === 'string' ? code : null)
}
