import type { ByteReader } from './byte-reader.ts'
import { filmSeconds, type Streams } from './streams.ts'

/** Elements of the container (RFC 9559) on the way to what is asked; all others are jumped over. */
const ID = {
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  track: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  defaultDuration: 0x23e383,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  displayWidth: 0x54b0,
  displayHeight: 0x54ba,
  displayUnit: 0x54b2,
  cluster: 0x1f43b675,
  clusterTimestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
} as const

/** Entered instead of jumped over. As nothing is asked about their ends, those need not be known. */
const ENTERED = new Set<number>([
  ...[ID.segment, ID.info, ID.tracks, ID.track, ID.video, ID.cluster, ID.blockGroup],
])
const NUMBERS = new Set<number>([
  ...[ID.timestampScale, ID.trackNumber, ID.trackType, ID.defaultDuration, ID.pixelWidth],
  ...[ID.pixelHeight, ID.displayWidth, ID.displayHeight, ID.displayUnit, ID.clusterTimestamp],
  ID.blockDuration,
])

const VIDEO = 1
const AUDIO = 2
const HEADER_BYTES = 12
const MAX_TRACKS = 64
const MS = 1_000_000

interface Track {
  number: number
  type: number
  /** Of one frame, in ticks of the clock; undefined when it is not said. */
  frameNs: number | undefined
  first: number | undefined
  /** Of the block that plays last, in ticks. */
  last: number
  /** Between the last two blocks: what the last one plays when nothing else says so. */
  step: number
  lastTicks: number | undefined
}

/** A number of variable length; with its marker, as ids are written, or without, as sizes are. */
function readVint(bytes: Buffer, at: number, keepsMarker: boolean) {
  const first = bytes[at] ?? 0
  const length = Math.clz32(first) - 23
  if (length > 8 || at + length > bytes.length) return undefined
  let value = keepsMarker ? first : first & (0xff >> length)
  let isUnknown = value === 0xff >> length
  for (let i = 1; i < length; i += 1) {
    const byte = bytes[at + i] ?? 0
    isUnknown &&= byte === 0xff
    value = value * 256 + byte
  }
  return { value, length, isUnknown }
}

const readNumber = (bytes: Buffer): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0)

/** One segment: what its head says and its clusters hold. */
function createSegment() {
  const tracks: Track[] = []
  let scale = MS
  let duration: number | undefined
  let clusterTicks = 0
  let block: Track | undefined
  const sides = { width: 0, height: 0, shownWidth: 0, shownHeight: 0, unit: 0 }
  const asTicks = (ns: number) => ns / scale

  function takeNumber(id: number, value: number): void {
    const track = tracks.at(-1)
    if (id === ID.timestampScale) scale = value || MS
    else if (id === ID.clusterTimestamp) clusterTicks = value
    else if (id === ID.blockDuration && block !== undefined) block.lastTicks = value
    else if (track === undefined) return
    else if (id === ID.trackNumber) track.number = value
    else if (id === ID.trackType) track.type = value
    else if (id === ID.defaultDuration) track.frameNs = value
    else if (id === ID.pixelWidth) sides.width ||= value
    else if (id === ID.pixelHeight) sides.height ||= value
    else if (id === ID.displayWidth) sides.shownWidth ||= value
    else if (id === ID.displayHeight) sides.shownHeight ||= value
    else if (id === ID.displayUnit) sides.unit ||= value
  }

  function takeBlock(bytes: Buffer): void {
    const number = readVint(bytes, 0, false)
    if (number === undefined || bytes.length < number.length + 3) return
    block = tracks.find((track) => track.number === number.value)
    if (block === undefined) return
    const at = clusterTicks + bytes.readInt16BE(number.length)
    if (block.first === undefined || at < block.first) block.first = at
    if (at < block.last) return
    if (at > block.last && block.lastTicks !== undefined) block.step = at - block.last
    block.last = at
    const frames = laced(bytes, number.length + 2)
    block.lastTicks = frames * (block.frameNs === undefined ? block.step : asTicks(block.frameNs))
  }

  const secondsOf = (type: number) =>
    Math.max(
      0,
      ...tracks
        .filter((track) => track.type === type && track.first !== undefined)
        .map(({ first = 0, last, step, lastTicks }) => last - first + (lastTicks || step)),
    ) *
    (scale / 1e9)

  return {
    beginTrack(): void {
      if (tracks.length === MAX_TRACKS) tracks.pop()
      tracks.push({
        ...{ number: 0, type: 0, frameNs: undefined, first: undefined },
        ...{ last: -Infinity, step: 0, lastTicks: undefined },
      })
    },
    takeNumber,
    takeBlock,
    takeDuration(bytes: Buffer): void {
      if (bytes.length === 4) duration = bytes.readFloatBE(0)
      if (bytes.length === 8) duration = bytes.readDoubleBE(0)
    },
    /** Pictures are shown at their display size where that is in pixels. */
    finish(): Streams {
      const isShown = sides.unit === 0 && sides.shownWidth > 0 && sides.shownHeight > 0
      const width = isShown ? sides.shownWidth : sides.width
      const height = isShown ? sides.shownHeight : sides.height
      return {
        hasVideo: tracks.some(({ type }) => type === VIDEO),
        hasAudio: tracks.some(({ type }) => type === AUDIO),
        seconds: filmSeconds(secondsOf(VIDEO), secondsOf(AUDIO)),
        claimed: duration === undefined ? undefined : duration * (scale / 1e9),
        ...(width > 0 && height > 0 && { width, height }),
      }
    },
  }
}

/** How many frames a block holds, by its flags and the byte behind them. */
const laced = (bytes: Buffer, at: number): number =>
  (bytes[at] ?? 0) & 0x06 ? (bytes[at + 1] ?? 0) + 1 : 1

const longer = (a: Streams | undefined, b: Streams): Streams =>
  a === undefined || (b.seconds ?? 0) > (a.seconds ?? 0) ? b : a

/**
 * Length, sides and tracks of a Matroska or WebM file by all its clusters, wherever an index says
 * they are. Of several segments, which no player plays one after the other, the longest counts.
 */
export async function readMatroska(reader: ByteReader): Promise<Streams | undefined> {
  let segment: ReturnType<typeof createSegment> | undefined
  let found: Streams | undefined
  for (let at = 0; at < reader.size; ) {
    const head = reader.peek(at, HEADER_BYTES) ?? (await reader.read(at, HEADER_BYTES))
    const id = readVint(head, 0, true)
    const size = id && readVint(head, id.length, false)
    if (id === undefined || size === undefined || id.length > 4) break
    const start = at + id.length + size.length
    if (id.value === ID.segment) {
      if (segment !== undefined) found = longer(found, segment.finish())
      segment = createSegment()
    }
    if (ENTERED.has(id.value)) {
      if (id.value === ID.track) segment?.beginTrack()
      at = start
      continue
    }
    if (size.isUnknown) break
    if (segment !== undefined) await take(segment, id.value, start, size.value)
    at = start + size.value
  }
  return segment === undefined ? found : longer(found, segment.finish())

  async function take(
    to: NonNullable<typeof segment>,
    id: number,
    start: number,
    size: number,
  ): Promise<void> {
    const isBlock = id === ID.simpleBlock || id === ID.block
    if (!isBlock && !NUMBERS.has(id) && id !== ID.duration) return
    const length = Math.min(size, isBlock ? 16 : 8)
    const body = reader.peek(start, length) ?? (await reader.read(start, length))
    if (isBlock) to.takeBlock(body)
    else if (id === ID.duration) to.takeDuration(body)
    else to.takeNumber(id, readNumber(body))
  }
}
