import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type Answer = (response: ServerResponse, request: SeenRequest) => void

/** A real HTTP server on port 0 that gives the same answer to everything and remembers requests. */
export const startStub = async (t: TestContext, answer: Answer) => {
  const seen: SeenRequest[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    const entry = { method, url, headers, body: Buffer.concat(chunks) }
    seen.push(entry)
    answer(response, entry)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  t.after(close)
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close }
}

export const json =
  (value: unknown, status = 200): Answer =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(value))

export const raw =
  (text: string, status: number): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(text)

/** Takes the request and drops the connection without an answer. */
export const hangUp: Answer = (response) => void response.socket?.destroy()

/** Takes the request and never answers. */
export const hang: Answer = () => undefined
