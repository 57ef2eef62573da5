import type { ClientRequest } from 'node:http'
import { freeOurs } from './pieces.ts'

/**
 * Writes a request's body, one piece after the other, each when the one before has left: so no more
 * than a piece is in memory, and it is given back at once. Rejects when the connection is closed.
 */
export async function pour(
  pieces: AsyncIterable<Uint8Array>,
  request: ClientRequest,
): Promise<void> {
  for await (const piece of pieces) {
    await new Promise<void>((resolve, reject) => {
      const isOver = () => reject(new Error('the upload was cut'))
      request.once('close', isOver)
      request.write(piece, (error) => {
        request.off('close', isOver)
        if (error) reject(error)
        else resolve()
      })
    })
    freeOurs(piece)
  }
  request.end()
}
