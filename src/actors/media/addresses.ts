import { BlockList, isIP, type LookupFunction } from 'node:net'
import { TerminalError } from '../../errors.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

/** Resolves a host name to all its addresses. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>

/** Not the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-. */
const RANGES: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96], // unspecified, loopback and IPv4 written as IPv6; ::ffff:a.b.c.d follows the rules above
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

const typeOf = (address: string) => (isIP(address) === 4 ? 'ipv4' : 'ipv6')

const blocked = new BlockList()
for (const [network, prefix] of RANGES) blocked.addSubnet(network, prefix, typeOf(network))

/** True for every address that is not on the public internet, and for what is no address. */
export const isPrivate = (address: string): boolean =>
  isIP(address) === 0 || blocked.check(address, typeOf(address))

const LOOPBACK_NAMES = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** True for the ways to write "this machine" in a URL. */
export const isLoopbackHost = (hostname: string): boolean => LOOPBACK_NAMES.test(hostname)

const refuse = (hostname: string) =>
  new TerminalError('media.unusable', { detail: `${hostname} is not a public address.` })

/** Refuses a URL before anything is sent: only https to a public host; loopback when it is allowed. */
export const checkUrl = (url: URL, allowLoopback: boolean): void => {
  if (allowLoopback && isLoopbackHost(url.hostname) && /^https?:$/.test(url.protocol)) return
  if (url.protocol !== 'https:')
    throw new TerminalError('media.unusable', { detail: `The link is ${url.protocol} not https:` })
  // Literal addresses are connected to without a lookup, so they are judged here.
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  if (isLoopbackHost(url.hostname) || (isIP(literal) !== 0 && isPrivate(literal)))
    throw refuse(url.hostname)
}

const resolveSafely = async (hostname: string, resolve: Resolve, allowLoopback: boolean) => {
  const addresses = await resolve(hostname)
  if (allowLoopback && isLoopbackHost(hostname)) return addresses
  if (addresses.some(({ address }) => isPrivate(address))) throw refuse(hostname)
  return addresses
}

/**
 * A lookup for node's sockets that refuses private addresses. The socket connects to the very
 * addresses that were judged, so a name that resolves differently the next time gains nothing.
 */
export const createGuardedLookup =
  (resolve: Resolve, allowLoopback: boolean): LookupFunction =>
  (hostname, options, callback) => {
    resolveSafely(hostname, resolve, allowLoopback).then(
      (addresses) => {
        const [first] = addresses
        if (first === undefined) return callback(new Error(`${hostname} has no address`), '')
        if (options.all) return callback(null, [...addresses])
        callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }
