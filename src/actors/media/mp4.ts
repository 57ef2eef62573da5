import type { MediaContent } from './spool.ts'

/** What the index of an MP4 says; what it doesn't say is undefined. */
export interface FilmFacts {
  readonly hasVideo: boolean
  readonly hasAudio: boolean
  readonly durationMs?: number
  readonly width?: number
  readonly height?: number
}

type Read = MediaContent['read']

interface Box {
  readonly type: string
  /** Where its content begins and ends in the file. */
  readonly start: number
  readonly end: number
}

/** Films have some dozens of boxes on the way; the limit ends files made to be walked for ever. */
const MAX_BOXES = 1_000

/** Boxes that hold others on the way to what is asked. */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'mvex'])

/** Header of a box: 32-bit size (1: a 64-bit one follows, 0: to the end) and four letters. */
async function readBox(read: Read, at: number, limit: number): Promise<Box | undefined> {
  const header = await read(at, 16)
  if (header.length < 8) return undefined
  const short = header.readUInt32BE(0)
  if (short === 1 && header.length < 16) return undefined
  const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? limit - at : short
  const headerBytes = short === 1 ? 16 : 8
  if (size < headerBytes) return undefined
  const end = Math.min(at + size, limit)
  return { type: header.toString('latin1', 4, 8), start: at + headerBytes, end }
}

async function* walk(
  read: Read,
  { start, end }: Pick<Box, 'start' | 'end'>,
  budget: { boxes: number },
): AsyncGenerator<Box> {
  for (let at = start; at < end && budget.boxes > 0; ) {
    budget.boxes -= 1
    const box = await readBox(read, at, end)
    if (box === undefined) return
    yield box
    if (CONTAINERS.has(box.type)) yield* walk(read, box, budget)
    at = box.end
  }
}

/** The two layouts of a full box: times of 32 bits in version 0, of 64 bits in version 1. */
const isWide = (body: Buffer): boolean => body[0] === 1

const readTime = (body: Buffer, at: number): number =>
  isWide(body) ? Number(body.readBigUInt64BE(at)) : body.readUInt32BE(at)

/** Width and height are 16.16 numbers after the matrix; a quarter turn swaps them. */
function readTrackSize(body: Buffer): { width: number; height: number } | undefined {
  const matrix = isWide(body) ? 52 : 40
  const width = Math.round(body.readUInt32BE(matrix + 36) / 0x10000)
  const height = Math.round(body.readUInt32BE(matrix + 40) / 0x10000)
  if (width === 0 || height === 0) return undefined
  const isTurned = body.readInt32BE(matrix) === 0 && body.readInt32BE(matrix + 4) !== 0
  return isTurned ? { width: height, height: width } : { width, height }
}

/**
 * Reads duration, size and kinds of tracks from the boxes of an MP4 (ISO/IEC 14496-12), wherever in
 * the file its index lies and without loading it. Undefined when there is no index.
 */
export async function readMp4(
  { read }: Pick<MediaContent, 'read'>,
  size: number,
): Promise<FilmFacts | undefined> {
  let found = false
  let timescale = 0
  let duration = 0
  let trackSize: { width: number; height: number } | undefined
  let filmSize: { width: number; height: number } | undefined
  const kinds = new Set<string>()
  try {
    for await (const { type, start } of walk(read, { start: 0, end: size }, { boxes: MAX_BOXES })) {
      if (type === 'moov') found = true
      else if (type === 'mvhd') {
        const body = await read(start, 32)
        timescale = body.readUInt32BE(isWide(body) ? 20 : 12)
        duration = readTime(body, isWide(body) ? 24 : 16)
      } else if (type === 'mehd') duration ||= readTime(await read(start, 12), 4)
      else if (type === 'tkhd') trackSize = readTrackSize(await read(start, 96))
      else if (type === 'hdlr' && found) {
        const kind = (await read(start, 12)).toString('latin1', 8, 12)
        kinds.add(kind)
        if (kind === 'vide') filmSize ??= trackSize
      }
    }
  } catch {
    return undefined // a box that is shorter than it must be
  }
  if (!found) return undefined
  const durationMs = timescale > 0 ? Math.round((duration / timescale) * 1000) : 0
  return {
    hasVideo: kinds.has('vide'),
    hasAudio: kinds.has('soun'),
    ...(durationMs > 0 ? { durationMs } : {}),
    ...filmSize,
  }
}
