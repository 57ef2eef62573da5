import { once } from 'node:events'
import net from 'node:net'

/** A port of this machine that nobody listens on now; rejects when the wanted one is taken. 0: any. */
export async function freePort(wanted = 0): Promise<number> {
  const probe = net.createServer().listen(wanted, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as net.AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
