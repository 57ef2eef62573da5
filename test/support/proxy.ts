import net, { type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface Proxy {
  /** The same database, by way of the proxy. */
  url: string
  /** Lets the next message that holds `text` reach the server, but cuts off its answer. */
  loseAnswerTo(text: string): void
  /** Cuts the connection instead of passing on the next message that holds `text`. */
  cutBefore(text: string): void
  /** From now on nothing passes any more on the connections that exist. */
  fallSilent(): void
  /** Cuts the connections that exist. */
  cut(): void
  /** No connection is accepted, those that exist are cut. */
  goAway(): void
  comeBack(): void
  /** Treats the next connection with this application name so; `times` of them. */
  spoil(name: string, fault: ConnectionFault, times?: number): void
  /** How many connections were spoiled. */
  spoiled(): number
}

/**
 * What becomes of a connection: cut, never answered, answered by something that is no PostgreSQL,
 * refused because there are too many, or ended as soon as it is open.
 */
export type ConnectionFault = 'reset' | 'hang' | 'garbage' | 'too-many' | 'close'

/** An error as PostgreSQL sends it before a session begins. */
export function fatal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

/** Does to a connection what the fault says. */
function spoilConnection(fault: ConnectionFault, client: Socket): void {
  if (fault === 'reset') client.resetAndDestroy()
  else if (fault === 'close') client.end()
  else if (fault === 'garbage') client.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  else if (fault === 'too-many') client.end(fatal('53300', 'sorry, too many clients already'))
}

/** A network between us and the database that fails when told to. */
export async function createProxy(t: TestContext, url: string): Promise<Proxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let rule: { text: string; cut: 'before' | 'after' } | undefined
  let away = false
  const faults: { name: string; fault: ConnectionFault }[] = []
  let spoiled = 0

  const server = net.createServer((client) => {
    if (away) return void client.destroy()
    const upstream = net.connect(Number(target.port), target.hostname)
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        cut()
      })
    }
    let losing = false
    let isFirst = true
    let isSpoiled = false
    client.on('data', (data) => {
      if (isFirst) {
        isFirst = false
        const index = faults.findIndex(({ name }) => data.includes(`application_name\0${name}\0`))
        const [found] = index < 0 ? [] : faults.splice(index, 1)
        isSpoiled = found !== undefined
        if (found !== undefined) {
          spoiled += 1
          spoilConnection(found.fault, client)
        }
      }
      if (isSpoiled) return
      const hit = rule !== undefined && data.includes(rule.text) ? rule : undefined
      if (hit !== undefined) rule = undefined
      if (hit?.cut === 'before') return cut()
      losing ||= hit !== undefined
      upstream.write(data)
    })
    upstream.on('data', (data) => (losing ? cut() : client.write(data)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const own = new URL(url)
  own.hostname = '127.0.0.1'
  own.port = String((server.address() as AddressInfo).port)

  return {
    url: own.href,
    loseAnswerTo: (text) => {
      rule = { text, cut: 'after' }
    },
    cutBefore: (text) => {
      rule = { text, cut: 'before' }
    },
    fallSilent() {
      for (const socket of sockets) socket.pause()
    },
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    goAway() {
      away = true
      for (const socket of sockets) socket.destroy()
    },
    comeBack() {
      away = false
    },
    spoil(name, fault, times = 1) {
      for (let n = 0; n < times; n += 1) faults.push({ name, fault })
    },
    spoiled: () => spoiled,
  }
}
