import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Far longer than a client keeps an idle connection: on a busy machine a server that closes first
 * would cut requests that are already on their way, which looks like a fault of the network.
 */
const KEEP_ALIVE_MS = 65_000

export interface Listening {
  server: Server
  /** Without a slash at its end. */
  url: string
  /** Ends all connections. */
  close(): Promise<void>
}

/** Serves on a port (0: any free one); rejects when the port is taken. */
export async function listen(
  listener: RequestListener,
  { host = '127.0.0.1', port = 0 }: { host?: string | undefined; port?: number | undefined } = {},
): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    server,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
