import { isIPv6 } from 'node:net'
import type { Context } from 'koa'
import { isPrivate } from '../actors/media/addresses.ts'
import { matcher } from './same-secret.ts'

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/
const LOOPBACK_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i
const PROXIED = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'] as const

/**
 * Whether a request comes from this machine itself. A proxy on this machine is somebody else, and a name
 * that leads here from a foreign page (DNS rebinding) is not ours.
 */
export const isFromHere = (context: Context): boolean =>
  LOOPBACK.test(context.req.socket.remoteAddress ?? '') &&
  PROXIED.every((name) => context.get(name) === '') &&
  LOOPBACK_NAME.test(context.get('host'))

/**
 * Who asks, for counting. Behind a proxy of our own network it is whom that proxy names: the last of the
 * list, which nobody else can write. An IPv6 network counts as one.
 */
export function peerOf(context: Context): string {
  const socket = plain(context.req.socket.remoteAddress ?? '')
  const named = plain(context.get('x-forwarded-for').split(',').at(-1)?.trim() ?? '')
  return networkOf(named !== '' && isPrivate(socket) ? named : socket)
}

/** An IPv4 address written as IPv6 is the IPv4 address. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '')

/** The first 64 bits of an IPv6 address, which one household or server has; others as they are. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.split('::')
  const parts = head === '' ? [] : head.split(':')
  const rest = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Math.max(0, 8 - parts.length - rest.length) : 0
  const all = [...parts, ...Array<string>(zeros).fill('0'), ...rest]
  return all
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')
}

/** Whether the request carries this token as a bearer's; takes the same time whatever it carries. */
export const hasBearer = (context: Context, token: string): boolean =>
  matcher(`Bearer ${token}`)(context.get('authorization'))
