import type { ByteReader } from './byte-reader.ts'

const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9

/** Markers without a length: the start of the image, restarts, and one for arithmetic coding. */
const isBare = (marker: number): boolean =>
  (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01 || marker === 0xff

/** Whether a JPEG goes on to its end mark; what stands behind it doesn't matter. */
async function isJpegWhole(reader: ByteReader): Promise<boolean> {
  for (let at = 2; at < reader.size; ) {
    const head = reader.peek(at, 4) ?? (await reader.read(at, 4))
    const marker = head[1] ?? 0
    if (head[0] !== 0xff) {
      const next = await findMarker(reader, at)
      if (next === undefined) return false
      at = next
    } else if (marker === END_OF_IMAGE) return true
    else if (isBare(marker)) at += marker === 0xff ? 1 : 2
    else if (head.length < 4) return false
    else {
      at += 2 + Math.max(2, head.readUInt16BE(2))
      if (marker !== START_OF_SCAN) continue
      const next = await findMarker(reader, at)
      if (next === undefined) return false
      at = next
    }
  }
  return false
}

/** The next marker behind compressed pixels, in which a byte of ones is followed by zero. */
async function findMarker(reader: ByteReader, from: number): Promise<number | undefined> {
  for (let at = from; at < reader.size; ) {
    const piece = await reader.read(at, 16_384)
    if (piece.length < 2) return undefined
    const found = piece.indexOf(0xff)
    if (found < 0) at += piece.length
    else if (found === piece.length - 1) at += found
    else {
      const marker = piece[found + 1] ?? 0
      if (marker !== 0 && !isBare(marker)) return at + found
      at += found + (marker === 0xff ? 1 : 2)
    }
  }
  return undefined
}

/** Whether a PNG goes on to its last chunk. */
async function isPngWhole(reader: ByteReader): Promise<boolean> {
  for (let at = 8; at + 12 <= reader.size; ) {
    const head = reader.peek(at, 8) ?? (await reader.read(at, 8))
    if (head.toString('latin1', 4, 8) === 'IEND') return true
    at += 12 + head.readUInt32BE(0)
  }
  return false
}

/** Whether a WebP is as long as its first chunk says. */
async function isWebpWhole(reader: ByteReader): Promise<boolean> {
  const head = await reader.read(0, 8)
  return head.length === 8 && head.readUInt32LE(4) + 8 <= reader.size + 1
}

const CHECKS: Readonly<Record<string, (reader: ByteReader) => Promise<boolean>>> = {
  'image/jpeg': isJpegWhole,
  'image/png': isPngWhole,
  'image/webp': isWebpWhole,
}

/** Whether a picture was cut on its way to us; of kinds that nobody takes it is not asked. */
export const isCut = async (reader: ByteReader, mime: string): Promise<boolean> =>
  CHECKS[mime] !== undefined && !(await CHECKS[mime](reader))
