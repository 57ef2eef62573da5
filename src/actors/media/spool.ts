import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { countReceived, freePiece, PIECE_BYTES, readPieces } from './pieces.ts'
import { HEAD_BYTES } from './sniff.ts'

/** The bytes of a file, wherever they are kept; both may be asked as often as needed. */
export interface MediaContent {
  /** All of it, in pieces, never more than a few of them in memory. */
  stream(): Readable
  /** Fills the target from a position of the file; returns how many bytes there were. */
  readInto(target: Buffer, position: number): Promise<number>
}

export interface Spool {
  /** Takes the chunk for itself: its memory may be gone afterwards. */
  write(chunk: Uint8Array): Promise<void>
  /** The first bytes, as many as decide what a file is. */
  head(): Uint8Array
  finish(): { content: MediaContent; size: number }
  dispose(): Promise<void>
}

const inMemory = (bytes: Buffer): MediaContent => ({
  stream: () => Readable.from([bytes], { objectMode: false }),
  readInto: async (target, position) => bytes.copy(target, 0, Math.min(position, bytes.length)),
})

const onDisk = (file: FileHandle, size: number): MediaContent => ({
  stream: () =>
    Readable.from(readPieces(file, size), { objectMode: false, highWaterMark: PIECE_BYTES }),
  readInto: async (target, position) =>
    (await file.read(target, 0, target.length, position)).bytesRead,
})

/**
 * Keeps a small file in memory and moves to the disk when it grows. The file has no name from its
 * first moment on: the system frees it when it is closed or the process dies, whichever way.
 */
export function createSpool(tempDir: string, maxBytesInMemory: number): Spool {
  let chunks: Uint8Array[] = []
  let size = 0
  let head: Uint8Array = new Uint8Array()
  let file: FileHandle | undefined

  const pass = async (to: FileHandle, chunk: Uint8Array) => {
    await to.writeFile(chunk)
    freePiece(chunk)
  }
  const spill = async () => {
    const directory = await mkdtemp(path.join(tempDir, 'media-'))
    try {
      file = await open(path.join(directory, 'result'), 'wx+', 0o600)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
    for (const chunk of chunks) await pass(file, chunk)
    chunks = []
  }
  return {
    async write(chunk) {
      size += chunk.byteLength
      countReceived(chunk.byteLength)
      if (head.byteLength < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES)
      if (file !== undefined) return pass(file, chunk)
      chunks.push(chunk)
      if (size > maxBytesInMemory) await spill()
    },
    head: () => head,
    finish() {
      head = new Uint8Array()
      return { content: file ? onDisk(file, size) : inMemory(Buffer.concat(chunks)), size }
    },
    async dispose() {
      const closing = file
      file = undefined
      chunks = []
      await closing?.close()
    },
  }
}
