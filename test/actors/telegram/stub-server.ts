import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export const TOKEN = '123456:AAF-very-secret-token_0123456789abcd'

export interface StubRequest {
  readonly method: string
  readonly url: string
  readonly type: string
  readonly body: string
  readonly port: number
}

/** A web server in the place of api.telegram.org; `answer` plays the Bot API. */
export async function startStub(
  t: TestContext,
  answer: (request: StubRequest, response: http.ServerResponse) => void,
) {
  const requests: StubRequest[] = []
  const server = http.createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const request = {
      method: req.url?.split('/').at(-1) ?? '',
      url: req.url ?? '',
      type: req.headers['content-type'] ?? '',
      body: Buffer.concat(chunks).toString(),
      port: req.socket.remotePort ?? 0,
    }
    requests.push(request)
    answer(request, res)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { server, requests, root: `http://127.0.0.1:${port}` }
}

/** Answers in the Bot API's envelope. */
export function reply(response: http.ServerResponse, status: number, body: object | string) {
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
  })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

export const ok = (response: http.ServerResponse, result: unknown) =>
  reply(response, 200, { ok: true, result })

export const refuse = (
  response: http.ServerResponse,
  status: number,
  description: string,
  parameters?: object,
) => reply(response, status, { ok: false, error_code: status, description, parameters })
