import net, { type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import pg from 'pg'
import { fatal } from './proxy.ts'

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const int32 = (n: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(n)
  return bytes
}
const int16 = (n: number) => int32(n).subarray(2)
const zeroed = (text: string) => Buffer.from(`${text}\0`)

/** One row of one column, as text. */
const rowOf = (name: string, value: string): Buffer =>
  Buffer.concat([
    message(
      'T',
      Buffer.concat([
        ...[int16(1), zeroed(name), int32(0), int16(0)],
        ...[int32(25), int16(-1 & 0xffff), int32(-1), int16(0)],
      ]),
    ),
    message('D', Buffer.concat([int16(1), int32(value.length), Buffer.from(value)])),
  ])

/**
 * A pooler in front of the database that lends a session for one transaction at a time, or for one
 * statement, and then refuses transactions. It speaks as much of the protocol as plain questions for one
 * value need. Returns the URL.
 */
export async function createPooler(
  t: TestContext,
  url: string,
  mode: 'transaction' | 'statement',
): Promise<string> {
  // One session for those who are in no transaction, as a small pool has.
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const sockets = new Set<Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let held: pg.PoolClient | undefined
    let isOpen = false
    const ready = () => message('Z', Buffer.from(held === undefined ? 'I' : 'T'))
    async function answer(text: string): Promise<Buffer> {
      const isBegin = /^begin/i.test(text)
      if (isBegin && mode === 'statement') {
        return fatal('08P01', 'transaction blocks not allowed in statement pooling mode')
      }
      const client = held ?? (await pool.connect())
      const { rows } = await client.query<Record<string, unknown>>(text)
      if (isBegin) held = client
      else if (held === undefined) client.release()
      const [[name, value] = ['', undefined]] = Object.entries(rows[0] ?? {})
      const told = value === undefined ? Buffer.alloc(0) : rowOf(name, String(value))
      return Buffer.concat([told, message('C', zeroed(isBegin ? 'BEGIN' : 'SELECT 1')), ready()])
    }
    socket.on('data', (data) => {
      if (!isOpen) {
        isOpen = true
        const open = [message('R', int32(0)), message('K', Buffer.alloc(8)), ready()]
        socket.write(Buffer.concat(open))
      } else if (data.toString('latin1', 0, 1) === 'Q') {
        const text = data.toString('utf8', 5, data.readInt32BE(1))
        answer(text).then(
          (bytes) => socket.write(bytes),
          () => socket.destroy(),
        )
      }
    })
    socket.on('close', () => {
      sockets.delete(socket)
      held?.release(true)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await pool.end()
  })
  const own = new URL(url)
  own.hostname = '127.0.0.1'
  own.port = String((server.address() as AddressInfo).port)
  return own.href
}
