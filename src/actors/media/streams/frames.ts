import type { ByteReader } from './byte-reader.ts'

/** One frame of a stream without an index. */
export interface Frame {
  readonly bytes: number
  readonly seconds: number
  /** Frames of one stream agree in this: version, layer, rate. */
  readonly kind: number
}

/** Reads a frame's header; undefined when there is none at this place. */
export type ReadFrame = (bytes: Buffer, at: number) => Frame | undefined

export interface FrameCount {
  readonly seconds: number
  readonly frames: number
  /** Where the first frame lies. */
  readonly first: { readonly at: number; readonly frame: Frame } | undefined
}

/** Enough for the header of any frame or tag. */
const HEADER_BYTES = 10
const SEARCH_BYTES = 16_384

/** Bytes of a tag that begins here: ID3v2 (front), APEv2 and ID3v1 (end), or between joined files. */
function tagBytes(head: Buffer): number {
  if (head.length < HEADER_BYTES) return 0
  const name = head.toString('latin1', 0, 3)
  if (name === 'TAG') return 128
  if (name !== 'ID3' || ((head[6] ?? 0) | (head[7] ?? 0) | (head[8] ?? 0) | (head[9] ?? 0)) > 127)
    return 0
  const size = head.subarray(6, 10).reduce((sum, byte) => sum * 128 + byte, 0)
  return 10 + size + ((head[5] ?? 0) & 0x10 ? 10 : 0)
}

/**
 * Counts every frame of a stream. Where there is none it looks for the next two that follow each
 * other, as players do, so that what hides behind damage or a second file is counted, too.
 */
export async function countFrames(reader: ByteReader, readFrame: ReadFrame): Promise<FrameCount> {
  let seconds = 0
  let frames = 0
  let first: FrameCount['first']
  let kind: number | undefined
  let at = 0
  while (at < reader.size) {
    const head = reader.peek(at, HEADER_BYTES) ?? (await reader.read(at, HEADER_BYTES))
    const frame = readFrame(head, 0)
    const isNext = frame !== undefined && at + frame.bytes <= reader.size
    if (isNext && (frame.kind === kind || (await isFollowed(at, frame)))) {
      first ??= { at, frame }
      kind = frame.kind
      seconds += frame.seconds
      frames += 1
      at += frame.bytes
      continue
    }
    const skipped = tagBytes(head)
    at = skipped > 0 ? at + skipped : await search(at + 1)
    kind = undefined
  }
  return { seconds, frames, first }

  /** One header alone may be chance; two in the right distance are not. */
  async function isFollowed(from: number, { bytes, kind }: Frame): Promise<boolean> {
    const end = from + bytes
    if (end === reader.size) return frames > 0
    const next = await reader.read(end, HEADER_BYTES)
    return readFrame(next, 0)?.kind === kind || tagBytes(next) > 0
  }

  /** The next place where a frame's header or a tag stands. */
  async function search(from: number): Promise<number> {
    for (let at = from; at + HEADER_BYTES <= reader.size; ) {
      const piece = await reader.read(at, SEARCH_BYTES)
      const last = piece.length - HEADER_BYTES
      if (last < 0) break
      for (let i = 0; i <= last; i += 1) {
        const isTag = piece[i] === 0x49 && piece[i + 1] === 0x44
        if (isTag || (piece[i] === 0xff && readFrame(piece, i) !== undefined)) return at + i
      }
      at += last + 1
    }
    return reader.size
  }
}
