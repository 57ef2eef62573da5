import type { ByteReader } from './byte-reader.ts'
import type { Streams } from './streams.ts'

/** What the `fmt ` chunk says. */
interface Format {
  readonly tag: number
  readonly channels: number
  readonly rate: number
  readonly blockBytes: number
  readonly bits: number
}

const PCM = 1
const MS_ADPCM = 2
const FLOAT = 3
const A_LAW = 6
const MU_LAW = 7
const IMA_ADPCM = 0x11
const GSM = 0x31
/** The true tag stands in the sub-format then. */
const EXTENSIBLE = 0xfffe

const MAX_RATE = 768_000
const MAX_CHUNKS = 10_000

function readFormat(body: Buffer): Format | undefined {
  if (body.length < 16) return undefined
  const tag = body.readUInt16LE(0)
  return {
    tag: tag === EXTENSIBLE && body.length >= 26 ? body.readUInt16LE(24) : tag,
    channels: body.readUInt16LE(2),
    rate: body.readUInt32LE(4),
    blockBytes: body.readUInt16LE(12),
    bits: body.readUInt16LE(14),
  }
}

/** Bytes and samples of the smallest piece that can be played; undefined for foreign codecs. */
function blockOf({
  tag,
  channels,
  blockBytes,
  bits,
}: Format): readonly [number, number] | undefined {
  const perChannel = blockBytes / channels
  switch (tag) {
    case PCM:
    case FLOAT:
      return [channels * Math.ceil(bits / 8), 1]
    case A_LAW:
    case MU_LAW:
      return [channels, 1]
    case MS_ADPCM: // seven bytes of header with two samples, then two samples per byte
      return [blockBytes, (perChannel - 7) * 2 + 2]
    case IMA_ADPCM: // four bytes of header with one sample, then two samples per byte
      return [blockBytes, (perChannel - 4) * 2 + 1]
    case GSM:
      return [65, 320]
    default:
      return undefined
  }
}

/** By whole blocks; the last one may be filled up, then the count of samples tells where it ends. */
function secondsOf(format: Format, bytes: number, counted: number): number | undefined {
  const [blockBytes, samples] = blockOf(format) ?? [0, 0]
  const { rate } = format
  if (!(blockBytes > 0 && samples > 0 && rate > 0 && rate <= MAX_RATE)) return undefined
  const held = (bytes / blockBytes) * samples
  return (counted <= held && held - counted < samples ? counted : held) / rate
}

/** Sizes that live recorders write because they can't know: nothing, all ones, the most there is. */
const isUnknown = (size: number): boolean => size === 0 || size >= 0x7fff_f000

/** Names of chunks are four printable characters. */
const CHUNK_NAME = /^[\x20-\x7e]{4}$/

/**
 * Length of a WAV (RIFF, RF64, BW64) by the sound that it holds, also compressed (ADPCM, A-law,
 * µ-law, GSM). Sound that goes on behind what its size says counts as well.
 */
export async function readWav(reader: ByteReader): Promise<Streams | undefined> {
  let format: Format | undefined
  let wideBytes: number | undefined
  let counted = 0
  let data: { start: number; claimed: number } | undefined
  let at = 12
  for (let chunks = 0; at + 8 <= reader.size && chunks < MAX_CHUNKS; chunks += 1) {
    const head = await reader.read(at, 8)
    const name = head.toString('latin1', 0, 4)
    if (!CHUNK_NAME.test(name)) break
    const start = at + 8
    let size = head.readUInt32LE(4)
    if (name === 'ds64') {
      const body = await reader.read(start, 16)
      if (body.length === 16) wideBytes = Number(body.readBigUInt64LE(8))
    } else if (name === 'fmt ') format ??= readFormat(await reader.read(start, 40))
    else if (name === 'fact') {
      const body = await reader.read(start, 4)
      if (body.length === 4) counted = body.readUInt32LE(0)
    } else if (name === 'data' && data === undefined) {
      if (size === 0xffff_ffff && wideBytes !== undefined) size = wideBytes
      data = { start, claimed: size }
      if (isUnknown(size) && size !== wideBytes) break
    }
    at = start + size + (size % 2)
  }
  if (format === undefined || data === undefined) return undefined
  const { start, claimed } = data
  const rest = reader.size - start
  const isClaimed = claimed > 0 && claimed <= rest
  // Where the chunks end before the file does, what follows is more of the sound.
  const isWhole = isClaimed && at >= reader.size - 8
  return {
    hasVideo: false,
    hasAudio: true,
    seconds: secondsOf(format, isWhole ? claimed : rest, counted),
    claimed: isClaimed ? secondsOf(format, claimed, counted) : undefined,
  }
}
