import type { ByteReader } from './byte-reader.ts'
import { countFrames, type Frame } from './frames.ts'
import type { Streams } from './streams.ts'

/** Samples per second by the index of the header: ISO/IEC 14496-3, table 1.18. */
const RATES = [
  ...[96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050],
  ...[16_000, 12_000, 11_025, 8_000, 7_350],
]
const SAMPLES_PER_BLOCK = 1_024

/** The AAC frame whose ADTS header lies here. */
export function readAdtsFrame(bytes: Buffer, at: number): Frame | undefined {
  if (bytes.length < at + 7 || bytes[at] !== 0xff) return undefined
  const second = bytes[at + 1] ?? 0
  // Twelve bits of sync, then a layer that is always 0.
  if ((second & 0xf6) !== 0xf0) return undefined
  const third = bytes[at + 2] ?? 0
  const rate = RATES[(third >> 2) & 15]
  const size = bytes.readUInt32BE(at + 3) // two bits of the channels and 13 of the length lie here
  const length = (size >>> 13) & 0x1fff
  if (rate === undefined || length < 7) return undefined
  const blocks = ((bytes[at + 6] ?? 0) & 3) + 1
  return { bytes: length, seconds: (blocks * SAMPLES_PER_BLOCK) / rate, kind: (third >> 2) & 15 }
}

/** Length of raw AAC: it has no header at all, so by all its frames. */
export async function readAdts(reader: ByteReader): Promise<Streams | undefined> {
  const { seconds, frames } = await countFrames(reader, readAdtsFrame)
  return frames === 0 ? undefined : { hasVideo: false, hasAudio: true, seconds }
}
