import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Draws } from './draws.ts'
import type { Fleet, Slot } from './fleet.ts'

/** How unkind the front is, as probabilities for each request; 0: not at all. */
export interface Mischief {
  /** The request is carried out, and the answer lost: the sender repeats. */
  lostAnswer: number
  /** Two instances get it at the same moment. */
  doubled: number
  /** It comes again, long after it was answered. */
  replayed: number
  /** It waits before it is passed on. */
  late: number
}

/** What stands in front of all instances and deals requests out to any of them. */
export interface Front {
  readonly url: string
  /** Updates that were answered with 200: from then on they are ours. */
  readonly acknowledged: ReadonlyMap<number, Acknowledged>
  /** What came back, by status; 599: nothing. */
  readonly statuses: ReadonlyMap<number, number>
  disturb(mischief: Partial<Mischief>): void
  close(): Promise<void>
}

export interface Acknowledged {
  readonly at: number
  readonly kind: string
  /** Of whom it is. */
  readonly userId: number | undefined
}

const CALM: Mischief = { lostAnswer: 0, doubled: 0, replayed: 0, late: 0 }
const ANSWER_WITHIN_MS = 15_000
const LOOK_EVERY_MS = 500
const LATE_MS = 3_000
const NO_ANSWER = 599

/**
 * Like a host's load balancer: asks /ready twice a second, spreads requests at random over those that
 * said yes, and answers 502 or 504 for an instance that does not.
 */
export async function startFront(fleet: Fleet, draws: Draws): Promise<Front> {
  let mischief = CALM
  let ready: readonly Slot[] = []
  const acknowledged = new Map<number, Acknowledged>()
  const statuses = new Map<number, number>()
  const closing = new AbortController()

  async function look(): Promise<void> {
    const found = await Promise.all(
      fleet.slots.map(async (slot) => {
        const signal = AbortSignal.timeout(1_000)
        const answer = await fetch(`${slot.url}/ready`, { signal }).catch(() => undefined)
        await answer?.body?.cancel()
        return answer?.status === 200
      }),
    )
    ready = fleet.slots.filter((_, i) => found[i])
  }
  let looking: Promise<void> | undefined
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined
    })
  }, LOOK_EVERY_MS)

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    if (draws.chance(mischief.late)) await sleep(draws.next() * LATE_MS)
    const copies = draws.chance(mischief.doubled) ? 2 : 1
    const answers = await Promise.all(
      Array.from({ length: copies }, () => pass(request, body, target())),
    )
    const best = answers.find((status) => status === 200) ?? (answers[0] as number)
    if (draws.chance(mischief.replayed)) void replay(request, body).catch(() => {})
    if (best === 200 && draws.chance(mischief.lostAnswer)) return void request.socket.destroy()
    if (best === 200) acknowledge(request, body)
    response.writeHead(best === NO_ANSWER ? 504 : best, best === 503 ? { 'retry-after': '1' } : {})
    response.end()
  }

  const target = (): Slot => draws.pick(ready.length > 0 ? ready : fleet.slots)

  async function replay(request: IncomingMessage, body: Buffer): Promise<void> {
    await sleep(1_000 + draws.next() * 20_000, undefined, { signal: closing.signal })
    await pass(request, body, target())
  }

  async function pass(request: IncomingMessage, body: Buffer, to: Slot): Promise<number> {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(
        ([name, value]) => typeof value === 'string' && /^(x-|content-type|user-agent)/.test(name),
      ),
    ) as Record<string, string>
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)])
    const status = await fetch(`${to.url}${request.url}`, {
      ...{ method: request.method ?? 'POST', headers, signal },
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    })
      .then(async (answer) => {
        await answer.body?.cancel()
        return answer.status
      })
      .catch(() => NO_ANSWER)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    return status
  }

  function acknowledge(request: IncomingMessage, body: Buffer): void {
    if (!request.url?.startsWith('/webhook/')) return
    const { update_id: id, ...update } = JSON.parse(body.toString()) as Record<string, unknown>
    const [kind = '', content] = Object.entries(update)[0] ?? []
    const { from, successful_payment: paid } = (content ?? {}) as {
      from?: { id: number }
      successful_payment?: unknown
    }
    const what = paid === undefined ? kind : 'payment'
    acknowledged.set(id as number, { at: Date.now(), kind: what, userId: from?.id })
  }

  const server = createServer((request, response) => {
    forward(request, response).catch(() => request.socket.destroy())
  })
  server.keepAliveTimeout = 65_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    acknowledged,
    statuses,
    disturb(given) {
      mischief = { ...CALM, ...given }
    },
    async close() {
      closing.abort()
      clearInterval(timer)
      await looking
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
