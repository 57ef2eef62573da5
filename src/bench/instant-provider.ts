import type { IncomingMessage, ServerResponse } from 'node:http'
import { request } from 'undici'
import { render } from '../sandbox/kie/media/render.ts'

/** An order at the provider, from the callback that reports its result. */
export interface Reported {
  chatId: number
  /** When the callback left, on the clock of `performance.now()`. */
  at: number
}

export interface InstantProvider {
  /** Answers a request to the provider; false for any other. */
  listen(request: IncomingMessage, body: string, response: ServerResponse): boolean
  /** Tasks made so far. */
  tasks(): number
}

/** As long as a fast model takes: the order's own step after the create is done by then. */
const WORK_MS = 300

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512">
  <rect width="512" height="512" fill="#3b6ea5"/><circle cx="256" cy="256" r="180" fill="#f2c14e"/></svg>`

/**
 * A provider that makes the same picture for everybody and calls back shortly after. Whose order it is
 * stands in the words of it: `#<chat>`.
 */
export async function createInstantProvider(
  ownUrl: () => string,
  onCallback: (reported: Reported) => void,
): Promise<InstantProvider> {
  const picture = (await render(PICTURE)).asPng()
  const made = new Map<string, object>()

  async function callBack(address: string, taskId: string, chatId: number): Promise<void> {
    const resultJson = JSON.stringify({ resultUrls: [`${ownUrl()}/results/${taskId}.png`] })
    const data = { taskId, state: 'success', resultJson, creditsConsumed: 0.8 }
    made.set(taskId, data)
    onCallback({ chatId, at: performance.now() })
    const answer = await request(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: 200, msg: 'success', data }),
    })
    await answer.body.dump()
  }

  function answer(response: ServerResponse, data: object): void {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ code: 200, msg: 'success', data }))
  }

  return {
    tasks: () => made.size,
    listen({ url = '' }, body, response) {
      if (url.startsWith('/results/')) {
        response.setHeader('content-type', 'image/png')
        response.end(picture)
      } else if (url === '/api/v1/jobs/createTask') {
        const taskId = `bench-${made.size}-${Math.random().toString(36).slice(2)}`
        made.set(taskId, { taskId, state: 'generating' })
        const { callBackUrl } = JSON.parse(body) as { callBackUrl: string }
        const chatId = Number(/#(\d+)/.exec(body)?.[1])
        setTimeout(() => void callBack(callBackUrl, taskId, chatId).catch(() => {}), WORK_MS)
        answer(response, { taskId })
      } else if (url.startsWith('/api/v1/jobs/recordInfo')) {
        const taskId = new URL(url, ownUrl()).searchParams.get('taskId') ?? ''
        answer(response, made.get(taskId) ?? {})
      } else return false
      return true
    },
  }
}
