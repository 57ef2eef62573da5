import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { coerceError, RetryableError, TerminalError, TrtError } from '../../errors.ts'
import { checkUrl } from './addresses.ts'

export interface MediaRequestDeps {
  readonly lookup: LookupFunction
  readonly allowLoopback: boolean
}

const MAX_REDIRECTS = 3
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const HEADERS = { 'user-agent': 'trt-bot/1.0', accept: '*/*', 'accept-encoding': 'identity' }

const nameOf = (thrown: unknown): string => {
  const error = coerceError(thrown)
  return 'code' in error ? String(error.code) : error.name
}

/** Whatever went wrong on the way, as an error that may be tried again; our own verdicts stay. */
export const asUnavailable = (thrown: unknown): TrtError =>
  thrown instanceof TrtError
    ? thrown
    : new RetryableError('media.unavailable', { cause: thrown, detail: nameOf(thrown) })

const send = (url: URL, lookup: LookupFunction, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { get } = url.protocol === 'https:' ? https : http
    // No agent: a socket from a shared pool might have been opened without our lookup.
    get(url, { lookup, signal, headers: HEADERS, agent: false }, resolve).on('error', reject)
  })

const parse = (link: string, base?: URL): URL => {
  const url = URL.parse(link, base?.href)
  if (url === null) throw new TerminalError('media.unusable', { detail: 'The link is no URL.' })
  return url
}

const retryAfterOf = ({ headers }: IncomingMessage): { retryAfterMs?: number } => {
  const seconds = Number(headers['retry-after'] ?? Number.NaN)
  return seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}
}

/**
 * Opens a link for reading and resolves with a 200 response. Every redirect is checked like the link
 * itself; every other status may be tried again, because results appear and expire on their own time.
 */
export const openMedia = async (
  link: string,
  { lookup, allowLoopback }: MediaRequestDeps,
  signal: AbortSignal,
): Promise<IncomingMessage> => {
  let url = parse(link)
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    checkUrl(url, allowLoopback)
    const response = await send(url, lookup, signal).catch((thrown: unknown) => {
      throw asUnavailable(thrown)
    })
    const { statusCode = 0, headers } = response
    if (statusCode === 200) return response
    response.destroy()
    if (!REDIRECTS.has(statusCode) || headers.location === undefined)
      throw new RetryableError('media.unavailable', {
        detail: `HTTP ${statusCode}`,
        ...retryAfterOf(response),
      })
    url = parse(headers.location, url)
  }
  throw new TerminalError('media.unusable', { detail: `More than ${MAX_REDIRECTS} redirects.` })
}
