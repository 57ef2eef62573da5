import { crc32, deflateSync } from 'node:zlib'

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/** A real grey PNG; `padding` bytes are added in an ignored chunk. */
export function pngImage(width = 8, height = 8, padding = 0): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const rows = deflateSync(Buffer.alloc((width + 1) * height, 0x80))
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    ...(padding > 0 ? [chunk('prVt', Buffer.alloc(padding))] : []),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Enough of a JPEG to be recognised and measured. */
export function jpegHeader(width: number, height: number): Buffer {
  const app0 = Buffer.from('ffe000104a46494600010100000100010000', 'hex')
  const frame = Buffer.from('ffc0000b080000000001011100', 'hex')
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  return Buffer.concat([Buffer.from('ffd8', 'hex'), app0, frame, Buffer.from('ffd9', 'hex')])
}

/** Enough of an extended WebP to be recognised and measured. */
export function webpHeader(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(30)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(22, 4)
  bytes.write('WEBPVP8X', 8, 'latin1')
  bytes.writeUInt32LE(10, 16)
  bytes.writeUIntLE(width - 1, 24, 3)
  bytes.writeUIntLE(height - 1, 27, 3)
  return bytes
}

/** The first bytes of an MP4, padded to a size. */
export function mp4Header(size = 64): Buffer {
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32BE(24, 0)
  bytes.write('ftypisom', 4, 'latin1')
  bytes.write('isommp42', 16, 'latin1')
  return bytes
}

/** The first bytes of an MP3 with an ID3 tag, padded to a size. */
export function mp3Header(size = 64): Buffer {
  const bytes = Buffer.alloc(size)
  bytes.write('ID3', 0, 'latin1')
  bytes[3] = 3
  Buffer.from('fffb9064', 'hex').copy(bytes, 10)
  return bytes
}

/** The first bytes of an Ogg Opus stream, padded to a size. */
export function oggHeader(size = 64): Buffer {
  const bytes = Buffer.alloc(size)
  bytes.write('OggS', 0, 'latin1')
  bytes.write('OpusHead', 28, 'latin1')
  return bytes
}

/** The smallest GIF there is. */
export const gifImage = (): Buffer =>
  Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
