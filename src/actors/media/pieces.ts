import type { FileHandle } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { RetryableError } from '../../errors.ts'

export const PIECE_BYTES = 65_536

/** Pieces of which nobody keeps a part: they were made here and handed out once. */
const ours = new WeakSet<Uint8Array>()

/**
 * Gives back the memory of a piece at once. V8 looks at memory outside its heap only every 64 MB,
 * which is what streaming would cost otherwise. To be called by the only one who knows the piece;
 * one that shares its memory with others is left to the collector.
 */
export function freePiece({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

/** `freePiece` for whoever can't know where a piece is from: frees those of `readPieces` only. */
export function freeOurs(piece: Uint8Array): void {
  if (ours.delete(piece)) freePiece(piece)
}

/**
 * A file from its beginning, piece by piece. Reads by position: the stream classes of node:fs close
 * a handle that they share, or keep it from ever closing.
 */
export async function* readPieces(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < size; ) {
    // Memory of its own, not of the pool that small buffers share: it can be given back alone.
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, size - position))
    const { bytesRead } = await file.read(piece, 0, piece.length, position)
    if (bytesRead === 0)
      throw new RetryableError('media.unavailable', { detail: 'The file was cut.' })
    position += bytesRead
    const read = bytesRead === piece.length ? piece : piece.subarray(0, bytesRead)
    ours.add(read)
    yield read
  }
}

/** So many bytes may come in before what carried them is collected. */
const COLLECT_EVERY_BYTES = 8 * 1024 * 1024

type Collect = (options: { type: 'minor' }) => void

let collect: Collect | undefined
let received = 0

/**
 * Counts bytes that were received and has the buffers of Node's HTTP client collected in time, which
 * nobody else can reach: measured without it, four downloads at once take 150 MB. A collection of
 * the young objects alone takes less than a millisecond.
 */
export function countReceived(bytes: number): void {
  received += bytes
  if (received < COLLECT_EVERY_BYTES) return
  received = 0
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as Collect
    setFlagsFromString('--no-expose-gc')
  }
  collect({ type: 'minor' })
}
