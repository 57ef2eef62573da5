import { crc32 } from 'node:zlib'

/** Keyword of the PNG text, and beginning of the JPEG comment, that name a picture's task. */
const KEYWORD = 'Task'
/** Signature and header of a PNG: what comes before its first other chunk. */
const PNG_HEAD = 33
const JPEG_HEAD = 2

/**
 * A picture with the name of what made it in its metadata (PNG `tEXt`, JPEG comment), as real
 * generators do; other kinds stay as they are. So two pictures are never the same bytes by chance.
 */
export function marked(bytes: Uint8Array, mime: string, name: string): Uint8Array {
  const text = Buffer.from(`${KEYWORD}\0${name};`, 'latin1')
  if (mime === 'image/png') return inserted(bytes, PNG_HEAD, chunk('tEXt', text))
  if (mime !== 'image/jpeg') return bytes
  const head = Buffer.from([0xff, 0xfe, 0, 0])
  head.writeUInt16BE(text.length + 2, 2)
  return inserted(bytes, JPEG_HEAD, Buffer.concat([head, text]))
}

/** The name that `marked` put into a picture. */
export function markOf(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 512))
  return /Task\0([\w/-]+);/.exec(head.toString('latin1'))?.[1]
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}

const inserted = (bytes: Uint8Array, at: number, piece: Buffer): Uint8Array =>
  Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
