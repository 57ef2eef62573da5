import net, { type AddressInfo, type Socket } from 'node:net'

/** What went through to PostgreSQL so far. */
export interface Counts {
  statements: number
  transactions: number
}

/** A way to PostgreSQL that counts what passes. */
export interface StatementCounter {
  /** The database's address, by this way. */
  url: string
  counts(): Counts
  close(): Promise<void>
}

/**
 * Passes connections on to the server of `databaseUrl` and counts, by the protocol's own messages
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html), statements that are asked
 * for (Query, Execute) and transactions that end (ReadyForQuery, idle). Unencrypted connections only.
 */
export async function startStatementCounter(databaseUrl: string): Promise<StatementCounter> {
  const target = new URL(databaseUrl)
  const counts: Counts = { statements: 0, transactions: 0 }
  const sockets = new Set<Socket>()
  const server = net.createServer((near) => {
    const far = net.connect(Number(target.port || 5_432), target.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    const asked = createReader(true, (type) => {
      if (type === 'Q' || type === 'E') counts.statements += 1
    })
    const answered = createReader(false, (type, first) => {
      if (type === 'Z' && first === 'I') counts.transactions += 1
    })
    near.on('data', (chunk: Buffer) => {
      asked(chunk)
      far.write(chunk)
    })
    far.on('data', (chunk: Buffer) => {
      answered(chunk)
      near.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    counts: () => ({ ...counts }),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * Reads messages out of a stream in pieces: a letter, the length of the rest, the rest, of which only
 * the first character is looked at. What a client says first has no letter.
 */
function createReader(isClient: boolean, onMessage: (type: string, first: string) => void) {
  let pending: Buffer = Buffer.alloc(0)
  let skip = 0
  let isFirst = isClient
  return (chunk: Buffer): void => {
    let data = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    pending = Buffer.alloc(0)
    for (;;) {
      const skipped = Math.min(skip, data.length)
      skip -= skipped
      data = data.subarray(skipped)
      const head = isFirst ? 4 : 6
      if (data.length === 0) return
      // Some messages end after their length, with nothing to look at.
      const isWhole = data.length >= head || (data.length === 5 && data.readUInt32BE(1) === 4)
      if (!isWhole) {
        pending = data
        return
      }
      if (isFirst) {
        isFirst = false
        skip = data.readUInt32BE(0)
        continue
      }
      onMessage(String.fromCharCode(data[0] as number), String.fromCharCode(data[5] ?? 0))
      skip = 1 + data.readUInt32BE(1)
    }
  }
}
