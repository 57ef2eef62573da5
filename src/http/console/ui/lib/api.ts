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

const WORDS: Record<number, string> = {
  0: 'The bot does not answer.',
  401: 'Your session has ended.',
  403: 'This console may not do that.',
  404: 'There is no such thing.',
  429: 'Too many requests; wait a moment.',
  503: 'The bot can not answer at the moment.',
}

/** Reads JSON; throws an ApiError with words for people. */
export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await ask(url, { ...(signal ? { signal } : {}) })) as T
}

/** Sends JSON and reads the answer. */
export async function postJson<T>(url: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  return (await ask(url, { method: 'POST', headers, body: JSON.stringify(body) })) as T
}

async function ask(url: string, init: RequestInit): Promise<unknown> {
  let answer: Response
  try {
    answer = await fetch(url, { ...init, headers: { accept: 'application/json', ...init.headers } })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiError(0, WORDS[0] as string)
  }
  const body: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw failure(answer.status, body)
  return body
}

function failure(status: number, body: unknown): ApiError {
  const said = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const message = text(said.message) ?? WORDS[status] ?? `The bot answered with ${status}.`
  return new ApiError(status, message, text(said.error) ?? text(said.code))
}
