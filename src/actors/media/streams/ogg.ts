import type { ByteReader } from './byte-reader.ts'
import { believable, PADDING_SECONDS, type Streams } from './streams.ts'

const HEADER_BYTES = 27
const MAX_SEGMENTS = 255
/** No page holds more sound than this many packets of the longest kind, of 120 ms. */
const LONGEST_PAGE_SECONDS = 31
const BEGINS = 2
const MAX_STREAMS = 64

/** One logical stream: what its packets hold, and what positions its pages tell. */
interface Stream {
  readonly isVideo: boolean
  readonly rate: number
  /** Samples at the beginning that are not heard. */
  readonly skipped: number
  /** Seconds of one packet, by its first two bytes; undefined: the positions alone tell. */
  readonly packetSeconds: ((packet: Buffer) => number) | undefined
  /** Packets that describe the stream and hold no sound. */
  headers: number
  packets: number
  seconds: number
  first: number | undefined
  last: number
}

/** Tenths of milliseconds per frame of Opus, by the upper five bits of a packet: RFC 6716, 3.1. */
const OPUS_FRAMES = [
  ...[100, 200, 400, 600, 100, 200, 400, 600, 100, 200, 400, 600],
  ...[100, 200, 100, 200],
  ...[25, 50, 100, 200, 25, 50, 100, 200, 25, 50, 100, 200, 25, 50, 100, 200],
]

function opusSeconds(packet: Buffer): number {
  const [toc = 0, count = 0] = packet
  if (packet.length === 0) return 0
  const frames = (toc & 3) === 0 ? 1 : (toc & 3) === 3 ? count & 63 : 2
  return (frames * (OPUS_FRAMES[toc >> 3] ?? 0)) / 10_000
}

/** What a stream is, by its first packet. */
function streamOf(packet: Buffer): Stream | undefined {
  const sofar = { packets: 0, seconds: 0, first: undefined, last: 0, isVideo: false, skipped: 0 }
  const text = packet.toString('latin1', 0, 8)
  if (text === 'OpusHead' && packet.length >= 12) {
    const skipped = packet.readUInt16LE(10)
    return { ...sofar, rate: 48_000, skipped, headers: 2, packetSeconds: opusSeconds }
  }
  if (text.startsWith('\x01vorbis') && packet.length >= 30) {
    const rate = packet.readUInt32LE(12)
    // Half of the shortest block is the least that a packet adds.
    const least = 2 ** ((packet[28] ?? 0) & 15) / 2 / rate
    return { ...sofar, rate, headers: 3, packetSeconds: () => least }
  }
  if (text === 'Speex   ' && packet.length >= 72) {
    const rate = packet.readUInt32LE(36)
    const samples = packet.readUInt32LE(56) * Math.max(1, packet.readUInt32LE(64))
    const headers = 2 + Math.min(16, packet.readUInt32LE(68))
    return { ...sofar, rate, headers, packetSeconds: () => samples / rate }
  }
  if (text.startsWith('\x7fFLAC') && packet.length >= 30) {
    const rate = packet.readUIntBE(27, 3) >> 4
    return { ...sofar, rate, headers: 1, packetSeconds: undefined }
  }
  if (text.startsWith('\x80theora')) {
    return { ...sofar, isVideo: true, rate: 0, headers: 3, packetSeconds: undefined }
  }
  return undefined
}

/** What the positions say, unless the packets hold more or could not hold so much. */
function secondsOf(stream: Stream, size: number): number {
  const { isVideo, rate, skipped, seconds, first = 0, last } = stream
  if (isVideo || !(rate > 0)) return 0
  // A recording that was entered midway begins with a position that no page could have reached.
  const start = first > LONGEST_PAGE_SECONDS * rate ? first : skipped
  const told = believable((last - start) / rate, size) ?? 0
  return seconds > told + PADDING_SECONDS ? seconds : told
}

/**
 * Length of an Ogg file (Opus, Vorbis, Speex, FLAC) by its pages. Files that were joined play one
 * after the other, so their lengths add up.
 */
export async function readOgg(reader: ByteReader): Promise<Streams | undefined> {
  let streams = new Map<number, Stream>()
  let seconds = 0
  let hasVideo = false
  let hasAudio = false
  let isBeginning = false
  const endLink = () => {
    seconds += Math.max(0, ...[...streams.values()].map((stream) => secondsOf(stream, reader.size)))
    streams = new Map()
  }
  for (let at = 0; at < reader.size; ) {
    const head = await reader.read(at, HEADER_BYTES + MAX_SEGMENTS)
    if (head.length < HEADER_BYTES || head.toString('latin1', 0, 4) !== 'OggS') {
      const next = await findPage(reader, at + 1)
      if (next === undefined) break
      at = next
      continue
    }
    // A copy: the packets are read through the same page of memory.
    const lacing = Uint8Array.from(head.subarray(HEADER_BYTES, HEADER_BYTES + (head[26] ?? 0)))
    const flags = head[5] ?? 0
    const position = Number(head.readBigInt64LE(6))
    const serial = head.readUInt32LE(14)
    const body = at + HEADER_BYTES + lacing.length
    if (flags & BEGINS) {
      if (!isBeginning) endLink()
      isBeginning = true
      const stream = streamOf(await reader.read(body, 80))
      if (stream !== undefined && streams.size < MAX_STREAMS) {
        streams.set(serial, stream)
        hasVideo ||= stream.isVideo
        hasAudio ||= !stream.isVideo
      }
    } else isBeginning = false
    const stream = streams.get(serial)
    if (stream !== undefined) {
      await takePackets(stream, body, lacing, (flags & 1) === 1)
      if (position > 0) {
        stream.first ??= position
        stream.last = Math.max(stream.last, position)
      }
    }
    at = body + lacing.reduce((sum, length) => sum + length, 0)
  }
  endLink()
  return hasAudio || hasVideo ? { hasVideo, hasAudio, seconds } : undefined

  async function takePackets(
    stream: Stream,
    start: number,
    lacing: Uint8Array,
    isContinued: boolean,
  ): Promise<void> {
    let at = start
    let isFresh = !isContinued
    for (const length of lacing) {
      if (isFresh) {
        stream.packets += 1
        if (stream.packets > stream.headers && stream.packetSeconds !== undefined) {
          const most = Math.min(length, 2)
          const packet = reader.peek(at, most) ?? (await reader.read(at, most))
          stream.seconds += stream.packetSeconds(packet)
        }
      }
      at += length
      isFresh = length < 255
    }
  }
}

/** The next page behind damage. */
async function findPage(reader: ByteReader, from: number): Promise<number | undefined> {
  for (let at = from; at < reader.size; ) {
    const piece = await reader.read(at, 4_096)
    if (piece.length < 4) return undefined
    const found = piece.indexOf('OggS', 0, 'latin1')
    if (found >= 0) return at + found
    at += piece.length - 3
  }
  return undefined
}
