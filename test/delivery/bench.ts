import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import {
  createDeliverHandler,
  type DeliverDeps,
  type DeliverParams,
} from '../../src/actors/effects/deliver.ts'
import { createDownload } from '../../src/actors/media/download.ts'
import { createTelegramApi, type TelegramApi } from '../../src/actors/telegram/api.ts'
import { TelegramRefusal } from '../../src/actors/telegram/errors.ts'
import { createFloodGate } from '../../src/actors/telegram/flood.ts'
import { RetryableError } from '../../src/errors.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { startFakeTelegram } from '../../src/sandbox/telegram/server.ts'
import { createDb } from '../../src/store/db.ts'
import { createClock } from '../support/clock.ts'
import type { TestDatabase } from '../support/database.ts'

export const CHAT = 501
const TOKEN = '777:AAF-token-of-the-delivery-tests_0123456789'
const PAUSE_MS = 30_000

/** What a file server answers to the first, second, … request; the last answer stays. */
export type Answer = Uint8Array | number | string | ((response: ServerResponse) => void)

/** Serves results under made-up addresses without any extension. */
export async function startFiles(t: TestContext) {
  const answers = new Map<string, Answer[]>()
  const requests: string[] = []
  const server = createServer(({ url = '' }, response) => {
    requests.push(url)
    const queue = answers.get(url) ?? [404]
    const answer = (queue.length > 1 ? queue.shift() : queue[0]) as Answer
    if (typeof answer === 'function') answer(response)
    else if (typeof answer === 'number') response.writeHead(answer).end('gone')
    else response.writeHead(200, { 'content-type': 'text/html' }).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    requests,
    /** The address of a file with these answers. */
    put(...queue: Answer[]): string {
      const url = `/f${answers.size}`
      answers.set(url, queue)
      return root + url
    },
  }
}

interface Options {
  /** Methods that Telegram refuses without a look. */
  refuses?: readonly string[]
  deps?: Partial<DeliverDeps>
}

/** A refusing Telegram in front of the fake one, which never refuses good files. */
const refusing = (api: TelegramApi, methods: readonly string[]): TelegramApi => ({
  ...api,
  call: (method, payload, options) => {
    if (methods.includes(method)) throw new TelegramRefusal(`${method}: SOMETHING_IS_WRONG`)
    return api.call(method, payload, options)
  },
})

/** The deliver handler between a file server, the fake Telegram and a database; time is made. */
export async function startBench(t: TestContext, { pool }: TestDatabase, options: Options = {}) {
  const files = await startFiles(t)
  const clock = createClock()
  const telegram = await startFakeTelegram({ now: clock.now })
  telegram.addBot({ token: TOKEN, id: 777, username: 'bench_bot', firstName: 'Bench' })
  const plain = createTelegramApi({ token: TOKEN, apiRoot: telegram.url, timeoutMs: 2_000 })
  const tempDir = await mkdtemp(path.join(tmpdir(), 'delivery-test-'))
  t.after(async () => {
    plain.close()
    await telegram.close()
    await rm(tempDir, { recursive: true })
  })
  const user = telegram.control.user(CHAT)
  const api = refusing(plain, options.refuses ?? [])
  const flood = createFloodGate({
    now: clock.now,
    after(ms, call) {
      clock.advance(ms)
      queueMicrotask(call)
      return () => {}
    },
  })
  const events: { type: string; code?: string }[] = []
  const db = createDb(pool)
  const deps: DeliverDeps = {
    staff: { adminIds: [] },
    runtime: {
      send: async ({ event }) => {
        events.push(event)
        return { outcome: 'duplicate' }
      },
    },
    db,
    api,
    flood,
    now: clock.now,
    crashAt: () => {},
    view: SAMPLE_VIEW,
    download: createDownload({ tempDir, maxBytes: 2 ** 30, allowLoopback: true }),
    ...options.deps,
  }
  const deliver = createDeliverHandler(deps)
  const actor = `job:${path.basename(tempDir)}`
  const started = clock.now()
  let attempt = 0

  /** One try, as the queue makes it; what failed retryably comes back as the error. */
  async function tryOnce(
    result: { urls?: string[]; text?: string | null },
    params: Partial<DeliverParams> = {},
  ): Promise<RetryableError | undefined> {
    attempt += 1
    const order: DeliverParams = {
      chatId: CHAT,
      language: 'en',
      modelId: 'z-image',
      priceKopecks: 1_000,
      courtesy: false,
      result: { urls: result.urls ?? [], text: result.text ?? null },
      ...params,
    }
    const job = { actor, seq: 9, index: 0, at: started, attempt, renewed: 0, params: order }
    try {
      await deliver(job, new AbortController().signal)
      return undefined
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error
      return error
    }
  }

  return {
    ...telegram.control,
    actor,
    tempDir,
    api,
    flood,
    clock,
    files,
    events,
    user,
    tryOnce,
    attempts: () => attempt,
    /** Tries again and again, at once but with the time that would have passed. */
    async run(
      result: { urls?: string[]; text?: string | null },
      params: Partial<DeliverParams> = {},
    ): Promise<void> {
      for (let i = 0; i < 150; i += 1) {
        const error = await tryOnce(result, params)
        if (error === undefined) return
        clock.advance(error.retryAfterMs ?? PAUSE_MS)
      }
      throw new Error('never ends')
    },
    /** The kinds of messages in the chat, in order. */
    kinds: () => user.chat().map((m) => m.media?.kind ?? 'text'),
    async records() {
      const rows = await db
        .selectFrom('sends')
        .selectAll()
        .where('key', 'like', `${actor}:%`)
        .orderBy('started_at')
        .orderBy('key')
        .execute()
      return rows.map((row) => ({ ...row, message_ids: row.message_ids.map(Number) }))
    },
    sends: () => telegram.control.calls.filter((call) => call.method !== 'sendChatAction'),
    /** Files that are still open, although they have no name any more. */
    async leftOpen(): Promise<string[]> {
      const links = await readdir('/proc/self/fd').catch(() => [])
      const targets = links.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''))
      const open = (await Promise.all(targets)).filter((target) => target.startsWith(tempDir))
      return [...open, ...(await readdir(tempDir))]
    },
  }
}

export type Bench = Awaited<ReturnType<typeof startBench>>
