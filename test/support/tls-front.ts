import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net, { type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import tls from 'node:tls'
import { promisify } from 'node:util'

export interface TlsFront {
  /** The same database, spoken to by TLS only; `localhost` is its certified name. */
  url: string
  /** The file of its certificate, which nobody but itself has signed. */
  certificate: string
}

/** PostgreSQL's way to begin TLS: eight bytes of question, one of answer, then the handshake. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** A front of the database with a certificate of its own, as hosters have it. */
export async function createTlsFront(t: TestContext, url: string): Promise<TlsFront> {
  const dir = await mkdtemp(path.join(tmpdir(), 'trt-tls-'))
  t.after(() => rm(dir, { recursive: true }))
  const [keyFile, certificate] = [path.join(dir, 'key.pem'), path.join(dir, 'cert.pem')]
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', keyFile, '-out', certificate, '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost'],
  ])
  const identity = { key: await readFile(keyFile), cert: await readFile(certificate) }
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  const server = net.createServer((socket) => {
    track(socket)
    socket.once('data', (first: Buffer) => {
      if (!first.equals(SSL_REQUEST)) return void socket.destroy()
      socket.write('S')
      const inner = new tls.TLSSocket(socket, { isServer: true, ...identity })
      const upstream = net.connect(Number(target.port), target.hostname)
      for (const one of [inner, upstream]) track(one)
      inner.pipe(upstream).pipe(inner)
      inner.on('close', () => upstream.destroy())
      upstream.on('close', () => inner.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const own = new URL(url)
  own.hostname = 'localhost'
  own.port = String((server.address() as AddressInfo).port)
  return { url: own.href, certificate }
}
