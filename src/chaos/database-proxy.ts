import net, { type AddressInfo, type Socket } from 'node:net'

/** What may be done to the connections of an instance to its database. */
export interface DatabaseProxy {
  /** The database's address by way of this proxy. */
  urlFor(database: string): string
  /** Where new connections lead. */
  target(url: string): void
  /** Cuts connections of these names; undefined: all. Returns how many there were. */
  cut(names?: readonly string[]): number
  /** Passes on the first half of the server's next answer to each, then cuts. */
  halve(names?: readonly string[]): void
  /** Both directions wait so long from now on; 0: no more. New connections, too. */
  delay(ms: number, names?: readonly string[]): void
  /** Nothing passes any more, and nobody is told; `restore` ends it by cutting what fell silent. */
  silence(names?: readonly string[]): void
  /** New connections of these names are refused. */
  refuse(names?: readonly string[]): void
  /** Everything passes again. */
  restore(): void
  close(): Promise<void>
}

interface Link {
  client: Socket
  upstream: Socket
  name: string
  halving: boolean
  silent: boolean
}

const SSL_REQUEST = 80_877_103

/**
 * A network between one instance and PostgreSQL. It reads the startup message for the connection's
 * application_name, so that faults can be aimed at pool, writers, session or election.
 */
export async function startDatabaseProxy(server: string): Promise<DatabaseProxy> {
  let target = new URL(server)
  const links = new Set<Link>()
  let refused: (name: string) => boolean = () => false
  let slow: { ms: number; fits: (name: string) => boolean } = { ms: 0, fits: () => false }

  const fits = (names?: readonly string[]) => (name: string) =>
    names === undefined || names.includes(name)
  const chosen = (names?: readonly string[]) => [...links].filter(({ name }) => fits(names)(name))

  const listener = net.createServer((client) => {
    client.on('error', () => {})
    client.once('data', (first) => {
      const name = applicationName(first)
      if (refused(name)) return void client.resetAndDestroy()
      const upstream = net.connect(Number(target.port), target.hostname)
      const link: Link = { client, upstream, name, halving: false, silent: false }
      links.add(link)
      client.setNoDelay(true)
      upstream.setNoDelay(true)
      for (const socket of [client, upstream]) {
        socket.on('error', () => {})
        socket.on('close', () => end(link))
      }
      upstream.write(first)
      client.on('data', (data) => pass(link, upstream, data))
      upstream.on('data', (data) => {
        if (!link.halving) return pass(link, client, data)
        client.write(data.subarray(0, Math.ceil(data.length / 2)), () => end(link))
      })
    })
  })

  function pass(link: Link, to: Socket, data: Buffer): void {
    if (link.silent) return
    if (slow.ms === 0 || !slow.fits(link.name)) return void to.write(data)
    setTimeout(() => {
      if (!link.silent && !to.destroyed) to.write(data)
    }, slow.ms)
  }

  function end(link: Link): void {
    links.delete(link)
    link.client.destroy()
    link.upstream.destroy()
  }

  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo

  return {
    urlFor(database) {
      const url = new URL(database)
      url.hostname = '127.0.0.1'
      url.port = String(port)
      return url.href
    },
    target(url) {
      target = new URL(url)
    },
    cut(names) {
      const hit = chosen(names)
      for (const link of hit) end(link)
      return hit.length
    },
    halve(names) {
      for (const link of chosen(names)) link.halving = true
    },
    delay(ms, names) {
      slow = { ms, fits: fits(names) }
    },
    silence(names) {
      for (const link of chosen(names)) link.silent = true
    },
    refuse(names) {
      refused = fits(names)
    },
    restore() {
      refused = () => false
      slow = { ms: 0, fits: () => false }
      for (const link of links) if (link.silent) end(link)
    },
    close() {
      for (const link of links) end(link)
      return new Promise<void>((resolve) => listener.close(() => resolve()))
    },
  }
}

/** From the startup message: length, protocol version, then names and values, each ended by 0. */
function applicationName(message: Buffer): string {
  if (message.length < 8 || message.readUInt32BE(4) === SSL_REQUEST) return ''
  const words = message.subarray(8).toString('utf8').split('\0')
  const at = words.indexOf('application_name')
  return at === -1 ? '' : (words[at + 1] ?? '')
}
