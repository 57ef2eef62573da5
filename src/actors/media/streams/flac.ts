import type { ByteReader } from './byte-reader.ts'
import type { Streams } from './streams.ts'

const METADATA_HEADER_BYTES = 4
const STREAM_INFO_BYTES = 34
/** Longest header of a frame: sync, sizes, a number of seven bytes, block size, rate, checksum. */
const FRAME_HEADER_BYTES = 16
const SEARCH_BYTES = 4_096

/** CRC-8 with the polynomial 0x07, as headers of frames are sealed: RFC 9639, 9.1.8. */
const CRC8 = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1
  return crc & 0xff
})

interface FrameHeader {
  readonly samples: number
  /** Of the frame, or of its first sample in streams whose frames differ in size. */
  readonly number: number
  readonly isVariable: boolean
  readonly headerBytes: number
}

/** A frame's header, if one begins here: its checksum must be right. */
function readHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length < 6 || bytes[0] !== 0xff || ((bytes[1] ?? 0) & 0xfe) !== 0xf8) return undefined
  const sizeCode = (bytes[2] ?? 0) >> 4
  const rateCode = (bytes[2] ?? 0) & 15
  if (sizeCode === 0 || rateCode === 15 || ((bytes[3] ?? 0) & 1) !== 0) return undefined
  // The number is written like a character of UTF-8, of up to seven bytes.
  const first = bytes[4] ?? 0
  const numberBytes = Math.max(1, Math.clz32(~(first << 24)))
  if (numberBytes > 7) return undefined
  let number = numberBytes === 1 ? first : first & (0xff >> (numberBytes + 1))
  for (let i = 1; i < numberBytes; i += 1) number = number * 64 + ((bytes[4 + i] ?? 0) & 63)
  let at = 4 + numberBytes
  let samples = 0
  if (sizeCode === 1) samples = 192
  else if (sizeCode < 6) samples = 144 << sizeCode
  else if (sizeCode === 6) samples = (bytes[at++] ?? 0) + 1
  else if (sizeCode === 7) {
    samples = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0) + 1
    at += 2
  } else samples = 1 << sizeCode
  if (rateCode === 12) at += 1
  else if (rateCode === 13 || rateCode === 14) at += 2
  let crc = 0
  for (let i = 0; i < at; i += 1) crc = CRC8[crc ^ (bytes[i] ?? 0)] ?? 0
  if (at >= bytes.length || crc !== bytes[at]) return undefined
  return { samples, number, isVariable: ((bytes[1] ?? 0) & 1) === 1, headerBytes: at + 1 }
}

/** Length of a FLAC by the blocks of all its frames; what its head says may be left open. */
export async function readFlac(reader: ByteReader): Promise<Streams | undefined> {
  const mark = (await reader.read(0, 4)).toString('latin1')
  if (mark !== 'fLaC') return undefined
  let at = 4
  let rate = 0
  let total = 0
  for (let isLast = false; !isLast; ) {
    const head = Buffer.from(await reader.read(at, METADATA_HEADER_BYTES + STREAM_INFO_BYTES))
    if (head.length < METADATA_HEADER_BYTES) return undefined
    const first = head.readUInt8(0)
    isLast = (first & 0x80) !== 0
    if ((first & 0x7f) === 0 && head.length === METADATA_HEADER_BYTES + STREAM_INFO_BYTES) {
      rate = head.readUIntBE(14, 3) >> 4
      total = (head.readUInt8(17) & 15) * 2 ** 32 + head.readUInt32BE(18)
    }
    at += METADATA_HEADER_BYTES + head.readUIntBE(1, 3)
  }
  if (rate === 0) return undefined
  const samples = await countSamples(reader, at)
  return {
    hasVideo: false,
    hasAudio: true,
    seconds: samples / rate,
    claimed: total > 0 ? total / rate : undefined,
  }
}

/** So many frames may be damaged in a row before what follows is taken for chance. */
const MAX_LOST = 1_000

async function countSamples(reader: ByteReader, from: number): Promise<number> {
  let samples = 0
  let last: FrameHeader | undefined
  for (let at = from; at < reader.size; ) {
    const piece = await reader.read(at, SEARCH_BYTES)
    if (piece.length === 0) break
    const found = piece.indexOf(0xff)
    if (found < 0) {
      at += piece.length
      continue
    }
    at += found
    const head = reader.peek(at, FRAME_HEADER_BYTES) ?? (await reader.read(at, FRAME_HEADER_BYTES))
    const header = readHeader(head)
    // Chance makes a header in some millions of bytes, but not one whose number is the next.
    const isNext = header !== undefined && follows(last, header)
    if (isNext) {
      samples += header.samples
      last = header
    }
    at += isNext ? header.headerBytes : 1
  }
  return samples
}

function follows(last: FrameHeader | undefined, { number, isVariable }: FrameHeader): boolean {
  if (last === undefined) return true
  const most = isVariable ? MAX_LOST * last.samples : MAX_LOST
  return isVariable === last.isVariable && number > last.number && number <= last.number + most
}
