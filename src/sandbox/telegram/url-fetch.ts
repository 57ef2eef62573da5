import { badRequest } from './api-error.ts'

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i

/** Only this machine: nothing of the fake ever leaves it. */
export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname)

const failed = () => badRequest('Failed to get HTTP URL content')

async function get(url: string, hops = 5): Promise<Response> {
  if (!URL.canParse(url)) throw badRequest('Wrong HTTP URL specified')
  const target = new URL(url)
  if (!isLoopback(target) || hops === 0) throw failed()
  const response = await fetch(target, { redirect: 'manual', signal: AbortSignal.timeout(10_000) })
  const location = response.headers.get('location')
  if (response.status < 300 || response.status >= 400 || location === null) return response
  await response.body?.cancel()
  return get(new URL(location, target).href, hops - 1)
}

async function limited(response: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > limit) throw failed()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Downloads what a bot passed by URL, loopback only; web pages and failures are refused. */
export async function fetchLoopback(url: string, limit: number) {
  const response = await get(url).catch((error: unknown) => {
    throw error instanceof TypeError || (error as Error).name === 'TimeoutError' ? failed() : error
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw failed()
  }
  if (/^text\/html/i.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel()
    throw badRequest('Wrong type of the web page content')
  }
  const fileName = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '')
  return { bytes: await limited(response, limit), fileName }
}
