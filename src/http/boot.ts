import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HealthState, healthReport } from './health.ts'

// Everything that this file imports is loaded before the port is bound: node:http and nothing else.

/** The part of the health state that others know better than this server. */
export type HealthPatch = Partial<Omit<HealthState, 'version' | 'instanceId' | 'startedAt'>>

export interface BootOptions {
  readonly port: number
  readonly host: string
  readonly version: string
  readonly commit?: string | null
  readonly instanceId: string
  readonly botMode: string
  readonly kieMode?: 'real' | 'mock'
  /** How long a request waits for the app before it is told to come again. */
  readonly holdMs?: number
  /** More waiting requests than this are told so at once. */
  readonly maxHeld?: number
  /** How long a client may take to send its headers, and the whole request; who is slower is cut off. */
  readonly headersWithinMs?: number
  readonly requestWithinMs?: number
  /** How long a port that is taken is tried again. */
  readonly patienceMs?: number
  /** Waits between two tries. */
  readonly pause?: () => Promise<void>
  readonly now?: () => number
}

export interface BootServer {
  readonly port: number
  readonly server: Server
  /** Hands every request but /health to the app, those that wait first. */
  readonly attach: (handler: RequestListener) => void
  /** Facts for /health; a function is called for each report and must not wait for anything. */
  readonly setHealth: (patch: HealthPatch | (() => HealthPatch)) => void
  /** What /health shows now. */
  readonly health: () => HealthState
  /** Stops intake, lets running requests end for `graceMs`, then cuts them. */
  readonly close: (graceMs?: number) => Promise<void>
}

const HOLD_MS = 10_000
const MAX_HELD = 1_000
const GRACE_MS = 5_000
const PATIENCE_MS = 15_000
const BIND_PAUSE_MS = 100

const HEADERS_WITHIN_MS = 15_000
/** A megabyte over a slow line; longer than a request is held. */
const REQUEST_WITHIN_MS = 60_000

/** For answers to machines, which no browser may render or embed; the console says what it needs. */
const HARDENED = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** Longer than proxies keep idle connections, so that never we close one that they are about to use. */
const KEEP_ALIVE_MS = 65_000

const pathOf = ({ url = '' }: IncomingMessage) => url.split('?', 1)[0]

const sendJson = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: object,
) => {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}

interface Waiting {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly timer: NodeJS.Timeout
}

/** Requests that came before the app; their bodies stay unread in the socket. */
const createWaitingRoom = (holdMs: number, maxHeld: number) => {
  const room = new Set<Waiting>()
  const refuse = (request: IncomingMessage, response: ServerResponse) =>
    sendJson(request, response, 503, { error: 'booting' })
  const leave = (waiting: Waiting) => {
    clearTimeout(waiting.timer)
    return room.delete(waiting)
  }
  const enter = (request: IncomingMessage, response: ServerResponse) => {
    if (room.size >= maxHeld) return refuse(request, response)
    const timer = setTimeout(() => {
      if (leave(waiting)) refuse(request, response)
    }, holdMs)
    const waiting: Waiting = { request, response, timer }
    room.add(waiting)
    response.once('close', () => leave(waiting))
  }
  const empty = (handler: RequestListener) => {
    for (const waiting of [...room]) {
      leave(waiting)
      handler(waiting.request, waiting.response)
    }
  }
  return { enter, empty, refuse }
}

const listenOnce = (server: Server, port: number, host: string) =>
  new Promise<void>((resolve, reject) => {
    const settle = (error?: Error) => {
      server.off('error', settle)
      server.off('listening', settle)
      if (error === undefined) resolve()
      else reject(error)
    }
    server.once('error', settle)
    server.once('listening', settle)
    server.listen(port, host)
  })

/** What the operator has to change, by what the system says. */
const BIND_ERRORS: Readonly<Record<string, (port: number, host: string) => string>> = {
  EADDRINUSE: (port) =>
    `Port ${port} is taken by another process: end that one, or set PORT to another.`,
  EACCES: (port) => `Port ${port} may not be used by this user: set PORT to one above 1023.`,
  EADDRNOTAVAIL: (_, host) => `HOST is wrong: this machine has no address ${host}.`,
  ENOTFOUND: (_, host) => `HOST is wrong: ${host} is no address of this machine.`,
  EAI_AGAIN: (_, host) => `HOST is wrong: ${host} is no address of this machine.`,
}

/** The port could not be bound; `message` is one sentence for the operator. */
export class BindError extends Error {
  public override name = 'BindError'
}

const pauseToBind = () => new Promise<void>((resolve) => setTimeout(resolve, BIND_PAUSE_MS))

/** Tries again while the port is taken: the process before this one may still be ending. */
const listen = async (server: Server, options: BootOptions) => {
  const { port, host, patienceMs = PATIENCE_MS, pause = pauseToBind } = options
  const until = performance.now() + patienceMs
  for (;;) {
    try {
      return await listenOnce(server, port, host)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE' || performance.now() > until) {
        const sentence = BIND_ERRORS[code]?.(port, host)
        throw sentence === undefined ? error : new BindError(sentence, { cause: error })
      }
      await pause()
    }
  }
}

const createHealth = (initial: HealthState) => {
  let state = initial
  let provide = (): HealthPatch => ({})
  return {
    read: (): HealthState => {
      try {
        state = { ...state, ...provide() }
      } catch {
        // /health must answer even when those who should know are broken.
        return { ...state, status: 'degraded' }
      }
      return state
    },
    set: (patch: HealthPatch | (() => HealthPatch)) => {
      if (typeof patch === 'function') provide = patch
      else state = { ...state, ...patch }
    },
  }
}

/**
 * Binds the port before anything else is loaded. Answers /health for the whole life of the process,
 * /ready with 503 until the app is there, and keeps other requests waiting for it. Rejects with a
 * BindError when the port can't be had.
 */
export const startBootServer = async (options: BootOptions): Promise<BootServer> => {
  const { now = Date.now, version, commit = null, instanceId, botMode, kieMode = 'real' } = options
  const health = createHealth({
    ...{ version, commit, instanceId, botMode, kieMode, startedAt: now(), storageMode: 'unknown' },
    ...{ status: 'ok', mode: 'booting', active: false, lockAcquired: false, schemaReady: false },
    ...{ queue: {}, workers: {}, problems: {}, blocked: false },
  })
  const room = createWaitingRoom(options.holdMs ?? HOLD_MS, options.maxHeld ?? MAX_HELD)
  let app: RequestListener | undefined
  let closing = false

  const { headersWithinMs = HEADERS_WITHIN_MS, requestWithinMs = REQUEST_WITHIN_MS } = options
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: headersWithinMs,
    requestTimeout: requestWithinMs,
    // How often Node looks for those who are too slow.
    connectionsCheckingInterval: Math.min(headersWithinMs, 5_000),
  }
  const server = createServer(limits, (request, response) => {
    for (const [name, value] of Object.entries(HARDENED)) response.setHeader(name, value)
    // Node closes connections that are idle when the server closes, not those that become so later.
    response.once('close', () => {
      if (closing) setImmediate(() => server.closeIdleConnections())
    })
    if (closing) response.setHeader('connection', 'close')
    const path = pathOf(request)
    if (path === '/health')
      return sendJson(request, response, 200, healthReport(health.read(), now()))
    if (app !== undefined) return void app(request, response)
    if (closing || path === '/ready') return room.refuse(request, response)
    room.enter(request, response)
  })
  await listen(server, options)

  return {
    port: (server.address() as AddressInfo).port,
    server,
    attach: (handler) => {
      app = handler
      room.empty(handler)
    },
    setHealth: health.set,
    health: health.read,
    close: async (graceMs = GRACE_MS) => {
      closing = true
      if (app === undefined) room.empty(room.refuse)
      const cut = setTimeout(() => server.closeAllConnections(), graceMs)
      await new Promise((resolve) => server.close(resolve))
      clearTimeout(cut)
    },
  }
}
