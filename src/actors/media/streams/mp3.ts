import type { ByteReader } from './byte-reader.ts'
import { countFrames, type Frame } from './frames.ts'
import type { Streams } from './streams.ts'

/** Kilobits per second by version (1, 2) and layer (1 to 3): ISO/IEC 11172-3 and 13818-3. */
const BITRATES: Readonly<Record<string, readonly number[]>> = {
  '1.1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1.2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1.3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2.1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2.2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2.3': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
const RATES = [44_100, 48_000, 32_000]
/** By the two bits of the version: 2.5, reserved, 2, 1. */
const RATE_DIVISORS = [4, 0, 2, 1]

/** The frame of MPEG audio, layers 1 to 3, whose header lies here. */
export function readMp3Frame(bytes: Buffer, at: number): Frame | undefined {
  if (bytes.length < at + 4) return undefined
  const header = bytes.readUInt32BE(at)
  if (header >>> 21 !== 0x7ff) return undefined
  const divisor = RATE_DIVISORS[(header >>> 19) & 3] ?? 0
  const layer = 4 - ((header >>> 17) & 3)
  const rate = (RATES[(header >>> 10) & 3] ?? 0) / divisor
  if (layer === 4 || divisor === 0 || rate === 0) return undefined
  const version = divisor === 1 ? 1 : 2
  const bitrate = BITRATES[`${version}.${layer}`]?.[((header >>> 12) & 15) - 1]
  if (bitrate === undefined) return undefined
  const padding = (header >>> 9) & 1
  const samples = layer === 1 ? 384 : layer === 3 && version === 2 ? 576 : 1_152
  const size =
    layer === 1
      ? (Math.floor((12_000 * bitrate) / rate) + padding) * 4
      : Math.floor((samples * 125 * bitrate) / rate) + padding
  // Sync, version, layer and rate: what no frame of one file changes.
  return { bytes: size, seconds: samples / rate, kind: (header & 0xffff_0c00) | 0x1_0000 }
}

const HAS_FRAMES = 1
const HAS_BYTES = 2

/** The notes that encoders leave in a first frame without sound. */
async function readNotes(reader: ByteReader, at: number, { bytes, seconds }: Frame) {
  const frame = await reader.read(at, Math.min(bytes, 256))
  const xing = Math.max(frame.indexOf('Xing', 0, 'latin1'), frame.indexOf('Info', 0, 'latin1'))
  if (xing > 0 && xing <= 40 && frame.length >= xing + 16) {
    const flags = frame.readUInt32BE(xing + 4)
    if (!(flags & HAS_FRAMES)) return { claimed: undefined, covered: undefined }
    const claimed = frame.readUInt32BE(xing + 8) * seconds
    return { claimed, covered: flags & HAS_BYTES ? frame.readUInt32BE(xing + 12) : undefined }
  }
  if (frame.indexOf('VBRI', 0, 'latin1') === 36 && frame.length >= 54) {
    return { claimed: frame.readUInt32BE(50) * seconds, covered: frame.readUInt32BE(46) }
  }
  return undefined
}

/**
 * Length of an MP3 by all its frames. The note of a first frame speaks of the file that it was made
 * for: of a joined one it tells the first part, of a cut one the whole.
 */
export async function readMp3(reader: ByteReader): Promise<Streams | undefined> {
  const { seconds, first } = await countFrames(reader, readMp3Frame)
  if (first === undefined) return undefined
  const notes = await readNotes(reader, first.at, first.frame)
  if (notes === undefined) return { hasVideo: false, hasAudio: true, seconds }
  const { claimed, covered } = notes
  return {
    hasVideo: false,
    hasAudio: true,
    seconds: seconds - first.frame.seconds,
    claimed,
    isClaimOfAll: covered !== undefined && Math.abs(covered - reader.size) <= reader.size / 50,
  }
}
