import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import {
  closeConsoleSession,
  findConsoleSession,
  openConsoleSession,
} from '../../store/console/sessions.ts'
import type { Db } from '../../store/db.ts'
import { isFromHere, peerOf } from '../peer.ts'
import { createRateLimiter } from './rate-limiter.ts'

export interface AccessOptions {
  /** Undefined only in the sandbox, where nobody has to log in. */
  token: string | undefined
  /** Other machines may open the console, by https. */
  remote: boolean
  sandbox: boolean
  db: Db
  now: () => number
}

/** Who asks. `id` names the session in what it did; it is not the cookie and opens nothing. */
export interface Visitor {
  id: string
  who: string
}

export type Login =
  | { visitor: Visitor }
  | { error: 'console.token' | 'console.brake'; retryMs: number }

const COOKIE = 'trt_console'
const SESSION_MS = 12 * 3_600_000

export type Access = ReturnType<typeof createAccess>

/** Who may come in, by which proof, and whether a request is the page's own. */
export function createAccess({ token, remote, sandbox, db, now }: AccessOptions) {
  const rateLimiter = createRateLimiter(now)
  // The cookie's name in the database depends on the token: a new token ends every session.
  const key = Buffer.from(hkdfSync('sha256', token ?? randomBytes(32), 'trt', 'console', 32))
  const mac = (text: string) => createHmac('sha256', key).update(text).digest()
  const expected = mac(`token:${token}`)

  /**
   * Whether the console is there at all for this request. From this machine only, unless remote
   * access is on.
   */
  function isReachable(context: Context): boolean {
    if (isFromHere(context)) return true
    return remote && !sandbox && isEncrypted(context)
  }

  /** The browser says for itself from where a request comes; scripts that are not browsers may lie. */
  function isForeign(context: Context): boolean {
    const site = context.get('sec-fetch-site')
    if (site !== '' && site !== 'same-origin' && site !== 'none') return true
    if (context.method === 'GET' || context.method === 'HEAD') return false
    const origin = context.get('origin')
    const hosts = [context.get('host'), ...(remote ? [context.get('x-forwarded-host')] : [])]
    const isOwn = URL.canParse(origin) && hosts.includes(new URL(origin).host)
    return !isOwn || context.get('x-console') !== '1'
  }

  async function visitorOf(context: Context): Promise<Visitor | null> {
    if (sandbox) return { id: 'sandbox', who: 'sandbox' }
    const id = context.cookies.get(COOKIE)
    if (id === undefined || !/^[\w-]{43}$/.test(id)) return null
    const hash = mac(`session:${id}`).toString('base64url')
    const found = await findConsoleSession(db, hash, new Date(now()))
    return found === undefined ? null : { id: hash, who: found.who }
  }

  async function logIn(context: Context, given: { token: string; who: string }): Promise<Login> {
    const peer = peerOf(context)
    const retryMs = rateLimiter.waitMs(peer)
    if (retryMs > 0) return { error: 'console.brake', retryMs }
    if (token === undefined || !timingSafeEqual(mac(`token:${given.token}`), expected)) {
      return { error: 'console.token', retryMs: rateLimiter.failed(peer) }
    }
    rateLimiter.succeeded(peer)
    const id = randomBytes(32).toString('base64url')
    const hash = mac(`session:${id}`).toString('base64url')
    const expiresAt = new Date(now() + SESSION_MS)
    await openConsoleSession(db, { hash, who: given.who, expiresAt }, new Date(now()))
    setCookie(context, id, SESSION_MS / 1_000)
    return { visitor: { id: hash, who: given.who } }
  }

  async function logOut(context: Context, visitor: Visitor | null): Promise<void> {
    if (sandbox) return
    setCookie(context, '', 0)
    if (visitor !== null) await closeConsoleSession(db, visitor.id)
  }

  return { isReachable, isForeign, visitorOf, logIn, logOut }
}

function setCookie(context: Context, value: string, maxAgeS: number): void {
  const secure = isEncrypted(context) ? '; Secure' : ''
  context.append(
    'Set-Cookie',
    `${COOKIE}=${value}; Path=/console; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${secure}`,
  )
}

/** By its own socket, or as the proxy in front says; who lies about it harms only themselves. */
const isEncrypted = (context: Context): boolean =>
  'encrypted' in context.req.socket ||
  context.get('x-forwarded-proto').split(',', 1)[0]?.trim() === 'https'
