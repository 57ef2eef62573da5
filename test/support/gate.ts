import { createServer, type Socket, Socket as TcpSocket } from 'node:net'
import type { TestContext } from 'node:test'
import { freePort } from '../../src/sandbox/free-port.ts'

/** A door in front of a server: while it is shut, the server is as good as down. */
export interface Gate {
  /** The address of the door instead of the server's. */
  readonly url: string
  open(): Promise<void>
  /** Refuses new connections and cuts the present ones. */
  shut(): Promise<void>
}

/** Shut at first. */
export async function createGate(t: TestContext, target: string): Promise<Gate> {
  const { hostname, port: targetPort } = new URL(target)
  const port = await freePort()
  const sockets = new Set<Socket>()
  const track = (socket: Socket, other: Socket) => {
    sockets.add(socket)
    socket.on('error', () => other.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
  }
  const server = createServer((inner) => {
    const outer = new TcpSocket().connect(Number(targetPort), hostname)
    track(inner, outer)
    track(outer, inner)
    inner.pipe(outer).pipe(inner)
  })
  const shut = async () => {
    if (!server.listening) return
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  t.after(shut)
  const url = new URL(target)
  url.port = String(port)
  return {
    url: url.href,
    open: () => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve)),
    shut,
  }
}
