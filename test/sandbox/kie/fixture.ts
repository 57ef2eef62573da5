import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { type FakeKie, type FakeKieOptions, startFakeKie } from '../../../src/sandbox/kie/server.ts'

export const API_KEY = 'test-key'
export const fox = { prompt: 'A red fox', aspect_ratio: '16:9' }

/** KIE's envelope. */
export interface Reply<T = Record<string, unknown>> {
  code: number
  msg: string
  data: T
}

/** A fake that is closed after the test; tasks run at once unless told otherwise. */
export async function startKie(
  t: TestContext,
  options: Partial<FakeKieOptions> = {},
): Promise<FakeKie> {
  const kie = await startFakeKie({
    apiKey: API_KEY,
    timing: { queueMs: 0, generateMs: 0 },
    callbackPolicy: { timeoutMs: 2_000, retryPausesMs: [5, 10, 15] },
    ...options,
  })
  t.after(() => kie.close())
  return kie
}

const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' }

export const post = (kie: FakeKie, path: string, body: unknown): Promise<Response> =>
  fetch(kie.url + path, { method: 'POST', headers, body: JSON.stringify(body) })

export const get = (kie: FakeKie, path: string): Promise<Response> =>
  fetch(kie.url + path, { headers })

export async function reply<T = Record<string, unknown>>(
  response: Promise<Response>,
): Promise<Reply<T>> {
  return (await (await response).json()) as Reply<T>
}

/** createTask of z-image unless told otherwise. */
export const create = (kie: FakeKie, body: Record<string, unknown> = {}) =>
  reply<{ taskId: string }>(
    post(kie, '/api/v1/jobs/createTask', { model: 'z-image', input: fox, ...body }),
  )

export const recordInfo = (kie: FakeKie, taskId: string) =>
  reply<Record<string, unknown>>(get(kie, `/api/v1/jobs/recordInfo?taskId=${taskId}`))

/** Creates a task and waits until it is final. */
export async function finished(kie: FakeKie, body: Record<string, unknown> = {}): Promise<string> {
  const { code, msg, data } = await create(kie, body)
  if (code !== 200) throw new Error(`createTask answered ${code}: ${msg}`)
  await kie.control.waitFor(({ tasks }) =>
    tasks.some((task) => task.taskId === data.taskId && task.completeTime !== undefined),
  )
  return data.taskId
}

/** The addresses inside a task's resultJson. */
export async function resultUrls(kie: FakeKie, taskId: string): Promise<string[]> {
  const { data } = await recordInfo(kie, taskId)
  return (JSON.parse(String(data.resultJson)) as { resultUrls: string[] }).resultUrls
}

/** A request that the bot's callback address got. */
export interface Received {
  path: string
  headers: IncomingHttpHeaders
  text: string
}

/** The bot's side of callbacks; answers with `statuses` one after the other, then 200. */
export async function startReceiver(t: TestContext, statuses: number[] = []) {
  const received: Received[] = []
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    received.push({ path: req.url ?? '', headers: req.headers, text })
    res.writeHead(statuses.shift() ?? 200).end('{"ok":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cb?job=1&sig=secret`
  return { url, received }
}
