import { ChildProcess } from 'node:child_process'
import dns from 'node:dns'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import path from 'node:path'

/**
 * Loaded into every process of a test run before anything else (`--import`, and by inheritance into
 * the processes that tests start): whatever reaches out beyond this machine fails, and is written to
 * the file that EGRESS_LOG names, which fails the run. The database's host may be elsewhere.
 */
const LOG = process.env.EGRESS_LOG ?? ''
const ALLOWED = new Set(process.env.EGRESS_HOSTS?.split(',') ?? [])

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3}|0\.0\.0\.0|::|)$/

const isHome = (host: unknown): boolean =>
  host === undefined ||
  host === null ||
  LOOPBACK.test(String(host).toLowerCase()) ||
  ALLOWED.has(String(host))

/** Says who it was, and makes the error that the culprit gets. */
function report(host: unknown): NodeJS.ErrnoException {
  const error = new Error(`egress: ${String(host)} is not on this machine`)
  const program = path.relative(process.cwd(), process.argv[1] ?? 'node')
  const stack = (error.stack ?? '').split('\n').slice(2)
  const ours = stack.filter((line) => /\/(src|test|scripts)\//.test(line)).slice(0, 5)
  if (LOG !== '') appendFileSync(LOG, `${[`${host} from ${program}`, ...ours].join('\n')}\n`)
  return Object.assign(error, { code: 'EGRESS' })
}

/** Names that never exist (RFC 6761): the answer is known without asking anybody. */
const NEVER = /\.invalid$/

function failure(host: unknown): NodeJS.ErrnoException {
  if (!NEVER.test(String(host))) return report(host)
  const error = new Error(`getaddrinfo ENOTFOUND ${host}`)
  return Object.assign(error, { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
}

type Callback = (error: Error | null, ...rest: unknown[]) => void
type Any = (...args: never[]) => unknown

/** Functions of node:dns that ask about a host; its promises fail, its callbacks are called. */
function guardNames(module: Record<string, unknown>, answersByPromise: boolean): void {
  for (const name of Object.keys(module)) {
    if (!/^(lookup|resolve\w*|reverse)$/.test(name)) continue
    const original = module[name] as Any
    module[name] = (...args: unknown[]) => {
      const [host] = args
      const isLiteral = name === 'lookup' && net.isIP(String(host)) !== 0
      if (isHome(host) || isLiteral) return original(...(args as never[]))
      const error = failure(host)
      if (answersByPromise) return Promise.reject(error)
      const callback = args.at(-1) as Callback
      process.nextTick(() => callback(error))
    }
  }
}
guardNames(dns as unknown as Record<string, unknown>, false)
guardNames(dns.promises as unknown as Record<string, unknown>, true)

interface ConnectOptions {
  path?: string
  host?: string
  lookup?: (host: string, options: object, callback: Callback) => void
}

/** The options of a connect call in any of its spellings; numbers and hosts as they were given. */
function optionsOf(args: readonly unknown[]): ConnectOptions {
  const [first, second] = args
  // Already put in order by net.connect and tls.connect.
  if (Array.isArray(first)) return first[0] as ConnectOptions
  if (typeof first === 'object' && first !== null) return first
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first }
  return typeof second === 'string' ? { host: second } : {}
}

const addressesOf = (found: unknown): unknown[] =>
  Array.isArray(found) ? found.map((one: { address: string }) => one.address) : [found]

const connect = net.Socket.prototype.connect as Any
net.Socket.prototype.connect = function guarded(this: net.Socket, ...args: unknown[]) {
  const options = optionsOf(args)
  const { host, lookup } = options
  if (options.path === undefined && host !== undefined && net.isIP(host) !== 0 && !isHome(host)) {
    const error = report(host)
    process.nextTick(() => this.destroy(error))
    return this
  }
  // A name that a test resolves by itself: what counts is the address that comes of it.
  if (lookup !== undefined && lookup !== (dns.lookup as unknown)) {
    options.lookup = (name, wanted, callback) =>
      lookup(name, wanted, (error, found, ...rest) => {
        const foreign = error ? undefined : addressesOf(found).find((address) => !isHome(address))
        if (foreign === undefined) callback(error, found, ...rest)
        else callback(report(foreign))
      })
  }
  return connect.apply(this, args as never[])
} as typeof net.Socket.prototype.connect

/** Processes that are started with an environment of their own are guarded, too. */
const prototype = ChildProcess.prototype as unknown as { spawn: Any }
const { spawn } = prototype
prototype.spawn = function guarded(this: ChildProcess, options: { envPairs?: string[] }) {
  const has = (name: string) => options.envPairs?.some((pair) => pair.startsWith(`${name}=`))
  for (const name of ['NODE_OPTIONS', 'NODE_COMPILE_CACHE', 'EGRESS_LOG', 'EGRESS_HOSTS']) {
    const value = process.env[name]
    if (value !== undefined && !has(name)) options.envPairs?.push(`${name}=${value}`)
  }
  return spawn.apply(this, [options] as never[])
}

syncBuiltinESMExports()
