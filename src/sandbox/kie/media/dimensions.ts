/** Width and height in pixels. */
export interface Dimensions {
  readonly width: number
  readonly height: number
}

/** Reads the size out of a PNG, JPEG or WebP header; undefined when it is none of them. */
export function dimensionsOf(bytes: Uint8Array): Dimensions | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (data.length < 30) return undefined
  if (data.readUInt32BE(0) === 0x89504e47)
    return { width: data.readUInt32BE(16), height: data.readUInt32BE(20) }
  if (data.readUInt16BE(0) === 0xffd8) return jpegSize(data)
  if (data.toString('latin1', 8, 12) === 'WEBP') return webpSize(data)
  return undefined
}

function jpegSize(data: Buffer): Dimensions | undefined {
  let at = 2
  while (at + 9 < data.length && data[at] === 0xff) {
    const marker = data[at + 1] as number
    // Start-of-frame markers carry the size; C4, C8 and CC lie in their range but are other things.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: data.readUInt16BE(at + 5), width: data.readUInt16BE(at + 7) }
    at += 2 + data.readUInt16BE(at + 2)
  }
  return undefined
}

function webpSize(data: Buffer): Dimensions | undefined {
  switch (data.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: data.readUInt16LE(26) & 0x3fff, height: data.readUInt16LE(28) & 0x3fff }
    case 'VP8L': {
      const bits = data.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { width: data.readUIntLE(24, 3) + 1, height: data.readUIntLE(27, 3) + 1 }
    default:
      return undefined
  }
}
