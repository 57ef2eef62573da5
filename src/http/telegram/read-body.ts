import type { IncomingMessage } from 'node:http'

/** Why a body was not read. */
export type BodyFault = 'too-large' | 'aborted'

/**
 * The whole body, or why not. Chunks are joined before decoding: a character cut by a chunk border
 * would be lost otherwise. Stops listening at the first byte over the limit; the request is left
 * open, because destroying it would take the answer with it (Node drops the rest by itself).
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | BodyFault> {
  if (Number(request.headers['content-length']) > maxBytes) return 'too-large'
  const chunks: Buffer[] = []
  let total = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      total += (chunk as Buffer).length
      if (total > maxBytes) return 'too-large'
      chunks.push(chunk as Buffer)
    }
  } catch {
    return 'aborted'
  }
  return Buffer.concat(chunks)
}
