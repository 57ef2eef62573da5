import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import {
  type FakeTelegram,
  type FakeTelegramOptions,
  startFakeTelegram,
} from '../../../../src/sandbox/telegram/server.ts'
import { waitFor } from '../../../support/wait.ts'

export const TOKEN = '4242:AAF-test-token_for-the-fake-server'

// biome-ignore lint/suspicious/noExplicitAny: answers of a foreign protocol, looked at by tests.
type Loose = any

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly ok: boolean
  readonly result: Loose
  readonly description: string
  readonly parameters: { retry_after?: number } | undefined
}

export type Params = Record<string, unknown>

/** Calls a method with a JSON body. */
export async function callJson(base: string, method: string, params: Params = {}): Promise<Answer> {
  const response = await fetch(`${base}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(params),
  })
  const body = (await response.json()) as Answer
  return { ...body, status: response.status, headers: response.headers }
}

/** Calls a method with multipart parts; Blobs become files. */
export async function callForm(base: string, method: string, params: Params): Promise<Answer> {
  const form = new FormData()
  for (const [name, value] of Object.entries(params)) {
    if (value instanceof File) form.append(name, value, value.name)
    else form.append(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  const response = await fetch(`${base}/${method}`, { method: 'POST', body: form })
  const body = (await response.json()) as Answer
  return { ...body, status: response.status, headers: response.headers }
}

/** A file part. */
export const filePart = (bytes: Buffer, name = 'file.bin', type = 'application/octet-stream') =>
  new File([new Uint8Array(bytes)], name, { type })

export interface Started {
  readonly fake: FakeTelegram
  readonly control: FakeTelegram['control']
  /** `${url}/bot${token}` */
  readonly base: string
  readonly api: (method: string, params?: Params) => Promise<Answer>
  readonly form: (method: string, params: Params) => Promise<Answer>
  /** Runs after the test, last registered first and before the fake closes. */
  readonly defer: (cleanup: () => unknown) => void
  /** The result of a call that must succeed. */
  readonly ok: (method: string, params?: Params) => Promise<Loose>
}

/** A fake with one bot, closed after the test. */
export async function startFake(
  t: TestContext,
  options: FakeTelegramOptions = {},
): Promise<Started> {
  const fake = await startFakeTelegram(options)
  const cleanups: (() => unknown)[] = [() => fake.close()]
  t.after(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup()
  })
  fake.addBot({ token: TOKEN, id: 4242, username: 'fake_test_bot', firstName: 'Fake' })
  const base = `${fake.url}/bot${TOKEN}`
  const api = (method: string, params: Params = {}) => callJson(base, method, params)
  return {
    fake,
    control: fake.control,
    base,
    api,
    defer: (cleanup) => void cleanups.push(cleanup),
    form: (method, params) => callForm(base, method, params),
    ok: async (method, params) => {
      const answer = await api(method, params)
      assert.equal(answer.ok, true, answer.description)
      return answer.result
    },
  }
}

/** Asserts an error answer by code and text. */
export function refused(answer: Answer, status: number, description: string): void {
  assert.deepEqual([answer.status, answer.description], [status, description])
}

export interface Delivered {
  readonly headers: IncomingHttpHeaders
  readonly update: Loose
  readonly reply: (status: number, headers?: Record<string, string>, body?: string) => void
  readonly response: ServerResponse
}

/** A webhook whose replies the test decides. */
export async function startWebhook(t: TestContext, onUpdate: (delivered: Delivered) => void) {
  const received: Delivered[] = []
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const part of req) chunks.push(part as Buffer)
    const delivered: Delivered = {
      headers: req.headers,
      update: JSON.parse(Buffer.concat(chunks).toString('utf8')),
      response: res,
      reply: (status, headers = {}, body = '') => void res.writeHead(status, headers).end(body),
    }
    received.push(delivered)
    onUpdate(delivered)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/hook`, received }
}

/** Resolves when the condition holds. */
export const until = (
  condition: () => boolean | Promise<boolean>,
  what = 'the condition',
): Promise<unknown> => waitFor(condition, { what })
