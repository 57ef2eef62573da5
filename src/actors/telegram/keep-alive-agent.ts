import http from 'node:http'
import https from 'node:https'

/** Prefix of the `code` of errors that happened before a connection stood: nothing was sent. */
export const NOT_CONNECTED = 'NOT_CONNECTED:'

/** Long enough for a slow mobile uplink, short enough to come before every call's own deadline. */
const CONNECT_DEADLINE_MS = 10_000

/** Idle sockets go before nginx's 75 s close them: a reset on reuse would be an unknown outcome. */
const IDLE_SOCKET_MS = 30_000

/**
 * An agent that keeps connections alive and tells failures to connect (DNS, refused, TLS, no answer
 * within the deadline) from failures after the request left, which is all that decides whether a
 * call may be repeated. The error codes alone don't: a reset occurs in both.
 */
export function createKeepAliveAgent(
  protocol: string,
  { connectDeadlineMs = CONNECT_DEADLINE_MS, idleMs = IDLE_SOCKET_MS } = {},
) {
  const secure = protocol === 'https:'
  const agent = new (secure ? https : http).Agent({
    keepAlive: true,
    timeout: idleMs,
    // Node's 250 ms per address is less than one round trip on a bad line.
    autoSelectFamilyAttemptTimeout: 1000,
  })
  const connect = agent.createConnection
  agent.createConnection = (options, callback) => {
    const socket = connect.call(agent, options, callback)
    if (!socket) return socket
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' })),
      connectDeadlineMs,
    )
    const mark = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      error.code = `${NOT_CONNECTED}${error.code ?? error.name}`
    }
    socket.once('error', mark)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      socket.off('error', mark)
    })
    socket.once('close', () => clearTimeout(timer))
    return socket
  }
  return agent
}
