import type { ByteReader } from './byte-reader.ts'

export interface Box {
  readonly type: string
  /** Where its content begins and ends in the file. */
  readonly start: number
  readonly end: number
  /** Types of the boxes that it lies in, the outermost first. */
  readonly path: readonly string[]
}

/** Boxes that hold others on the way to what is asked. */
const CONTAINERS = new Set([
  ...['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf'],
])
const MAX_DEPTH = 6
/** Two hours in fragments of half a second have some 150,000 boxes. */
const MAX_BOXES = 1_000_000

/** Header of a box: 32-bit size (1: a 64-bit one follows, 0: to the end) and four letters. */
async function readBox(
  reader: ByteReader,
  at: number,
  limit: number,
  path: readonly string[],
): Promise<Box | undefined> {
  const header = reader.peek(at, 16) ?? (await reader.read(at, 16))
  if (header.length < 8) return undefined
  const short = header.readUInt32BE(0)
  if (short === 1 && header.length < 16) return undefined
  const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? limit - at : short
  const headerBytes = short === 1 ? 16 : 8
  if (size < headerBytes) return undefined
  const end = Math.min(at + size, limit)
  return { type: header.toString('latin1', 4, 8), start: at + headerBytes, end, path }
}

/** All boxes of a file in their order, those inside others right behind them (ISO/IEC 14496-12). */
export async function* walkBoxes(
  reader: ByteReader,
  { start, end, path }: Pick<Box, 'start' | 'end' | 'path'> = {
    start: 0,
    end: reader.size,
    path: [],
  },
  budget = { boxes: MAX_BOXES },
): AsyncGenerator<Box> {
  for (let at = start; at < end && budget.boxes > 0; ) {
    budget.boxes -= 1
    const box = await readBox(reader, at, end, path)
    if (box === undefined) return
    yield box
    if (CONTAINERS.has(box.type) && path.length < MAX_DEPTH) {
      yield* walkBoxes(reader, { ...box, path: [...path, box.type] }, budget)
    }
    at = box.end
  }
}

/** The two layouts of a full box: times of 32 bits in version 0, of 64 bits in version 1. */
export const isWide = (body: Buffer): boolean => body[0] === 1

export const readTime = (body: Buffer, at: number): number =>
  isWide(body) ? Number(body.readBigUInt64BE(at)) : body.readUInt32BE(at)

/** Flags of a full box. */
export const flagsOf = (body: Buffer): number => body.readUInt32BE(0) & 0xff_ffff

/** All ones mean that the time is not known. */
export const readKnownTime = (body: Buffer, at: number): number | undefined => {
  const time = readTime(body, at)
  return time >= (isWide(body) ? 0xffff_ffff_ffff_f000 : 0xffff_ffff) ? undefined : time
}

/** The rows of a table, read in pieces of a row's size. */
export async function* readRows(
  reader: ByteReader,
  { start, end }: Pick<Box, 'start' | 'end'>,
  rowBytes: number,
  count: number,
): AsyncGenerator<Buffer> {
  for (let row = 0, at = start; row < count && at + rowBytes <= end; row += 1, at += rowBytes) {
    const bytes = reader.peek(at, rowBytes) ?? (await reader.read(at, rowBytes))
    if (bytes.length < rowBytes) return
    yield bytes
  }
}
