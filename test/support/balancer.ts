import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** What stands in front of several instances, and is not kind to them. */
export interface Balancer {
  readonly url: string
  /** Status of every answer of an instance. */
  readonly statuses: readonly number[]
  /** Where requests go from now on. */
  send(targets: readonly string[]): void
}

/**
 * Deals requests out in turn. Every third update reaches two instances at the same moment; of every
 * fifth one the first answer gets lost, so that the sender repeats it.
 */
export async function startBalancer(t: TestContext): Promise<Balancer> {
  let targets: readonly string[] = []
  let turn = 0
  const statuses: number[] = []
  const lost = new Set<number>()

  async function forward(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { update_id: id } = JSON.parse(body.toString()) as { update_id: number }
    turn += 1
    const turns = id % 3 === 0 ? [turn, turn + 1] : [turn]
    const answers = await Promise.all(
      turns.map((n) => pass(`${targets[n % targets.length]}${request.url}`, request, body)),
    )
    statuses.push(...answers)
    if (id % 5 === 0 && !lost.has(id)) {
      lost.add(id)
      request.socket.destroy()
    } else response.writeHead(answers[0] as number).end()
  }

  const server = createServer((request, response) => {
    forward(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    statuses,
    send: (to) => {
      targets = to
    },
  }
}

async function pass(url: string, { headers }: IncomingMessage, body: Buffer): Promise<number> {
  const secret = String(headers['x-telegram-bot-api-secret-token'])
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
    body: new Uint8Array(body),
  })
  await answer.body?.cancel()
  return answer.status
}
