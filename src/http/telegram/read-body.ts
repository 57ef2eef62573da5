import type { IncomingMessage } from 'node:http'

/** Why a body was not read. */
export type BodyFault = 'too-large' | 'aborted'

/**
 * The whole body, or why not. Chunks are joined before decoding: a character cut by a chunk border
 * would be lost otherwise. Stops listening at the first byte over the limit; the request is left
 * open, because destroying it would take the answer with it (Node drops the rest by itself).
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | BodyFault> {
  if (Number(request.headers['content-length']) > maxBytes) return Promise.resolve('too-large')
  // Whoever went away while the program was still starting says nothing more, not even that.
  if (request.destroyed) return Promise.resolve('aborted')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let total = 0
    const take = (chunk: Buffer) => {
      total += chunk.length
      if (total > maxBytes) end('too-large')
      else chunks.push(chunk)
    }
    const whole = () => end(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    const aborted = () => end('aborted')
    function end(result: Buffer | BodyFault): void {
      request.off('data', take).off('end', whole).off('error', aborted).off('close', aborted)
      request.pause()
      resolve(result)
    }
    request.on('data', take).on('end', whole).on('error', aborted).on('close', aborted)
  })
}
