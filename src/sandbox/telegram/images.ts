/** A recognised picture and its size in pixels. */
export interface ImageFacts {
  readonly mime: 'image/jpeg' | 'image/png' | 'image/webp'
  readonly width: number
  readonly height: number
}

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

function png(bytes: Buffer): ImageFacts | undefined {
  if (bytes.length < 33 || !bytes.subarray(0, 8).equals(PNG)) return undefined
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined
  return { mime: 'image/png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

/** Start-of-frame markers; C4, C8 and CC are tables, not frames. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

function jpeg(bytes: Buffer): ImageFacts | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  let position = 2
  while (position + 9 < bytes.length) {
    if (bytes[position] !== 0xff) return undefined
    const marker = bytes[position + 1] as number
    if (marker === 0xff) {
      position += 1
      continue
    }
    if (isFrame(marker))
      return {
        mime: 'image/jpeg',
        height: bytes.readUInt16BE(position + 5),
        width: bytes.readUInt16BE(position + 7),
      }
    position += 2 + bytes.readUInt16BE(position + 2)
  }
  return undefined
}

function webp(bytes: Buffer): ImageFacts | undefined {
  if (bytes.length < 30 || bytes.toString('latin1', 0, 4) !== 'RIFF') return undefined
  if (bytes.toString('latin1', 8, 12) !== 'WEBP') return undefined
  const chunk = bytes.toString('latin1', 12, 16)
  if (chunk === 'VP8X')
    return {
      mime: 'image/webp',
      width: bytes.readUIntLE(24, 3) + 1,
      height: bytes.readUIntLE(27, 3) + 1,
    }
  if (chunk === 'VP8L') {
    const packed = bytes.readUInt32LE(21)
    return {
      mime: 'image/webp',
      width: (packed & 0x3fff) + 1,
      height: ((packed >> 14) & 0x3fff) + 1,
    }
  }
  if (chunk !== 'VP8 ') return undefined
  return {
    mime: 'image/webp',
    width: bytes.readUInt16LE(26) & 0x3fff,
    height: bytes.readUInt16LE(28) & 0x3fff,
  }
}

/** Type and size of a JPEG, PNG or WebP by its bytes; undefined for everything else. */
export function imageFacts(bytes: Buffer): ImageFacts | undefined {
  const facts = png(bytes) ?? jpeg(bytes) ?? webp(bytes)
  return facts && facts.width > 0 && facts.height > 0 ? facts : undefined
}
