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
}

/** A network between us and the database that fails when told to. */
export async function createProxy(t: TestContext, url: string): Promise<Proxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let rule: { text: string; cut: 'before' | 'after' } | undefined
  let away = false

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
    client.on('data', (data) => {
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
  }
}
