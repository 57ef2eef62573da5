export interface PixelSize {
  readonly width: number
  readonly height: number
}

const ascii = (bytes: Buffer, start: number, length: number) =>
  bytes.toString('latin1', start, start + length)

const readPng = (bytes: Buffer): PixelSize => ({
  width: bytes.readUInt32BE(16),
  height: bytes.readUInt32BE(20),
})

const readGif = (bytes: Buffer): PixelSize => ({
  width: bytes.readUInt16LE(6),
  height: bytes.readUInt16LE(8),
})

/** The three kinds of WebP: https://developers.google.com/speed/webp/docs/riff_container. */
const readWebp = (bytes: Buffer): PixelSize | undefined => {
  switch (ascii(bytes, 12, 4)) {
    case 'VP8 ':
      return {
        width: bytes.readUInt16LE(26) & 0x3fff,
        height: bytes.readUInt16LE(28) & 0x3fff,
      }
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21)
      return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
    }
    case 'VP8X':
      return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) }
    default:
      return undefined
  }
}

/** Start of frame, in all its codings; C4, C8 and CC are other segments (ITU-T T.81, table B.1). */
const isStartOfFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

const readJpeg = (bytes: Buffer): PixelSize | undefined => {
  let at = 2
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes.readUInt8(at + 1)
    if (marker === 0xff) at += 1
    else if (isStartOfFrame(marker))
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    else at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

const READERS = new Map<string, (bytes: Buffer) => PixelSize | undefined>([
  ['image/png', readPng],
  ['image/apng', readPng],
  ['image/gif', readGif],
  ['image/webp', readWebp],
  ['image/jpeg', readJpeg],
])

/** Width and height from the first bytes of a picture, without decoding it; undefined when cut. */
export const readPixelSize = (head: Uint8Array, mime: string): PixelSize | undefined => {
  try {
    const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
    const size = READERS.get(mime)?.(bytes)
    return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined
  } catch {
    return undefined // the header ends too early
  }
}
