import type { ByteReader } from './byte-reader.ts'
import {
  type Box,
  flagsOf,
  isWide,
  readKnownTime,
  readRows,
  readTime,
  walkBoxes,
} from './mp4-boxes.ts'
import { believable, filmSeconds, type Streams } from './streams.ts'

/** Plays a part of the track, or from -1 nothing, for so long. */
interface Edit {
  /** In ticks of the track. */
  readonly from: number
  /** In ticks of the whole film. */
  readonly ticks: number
}

interface Track {
  id: number
  handler: string
  timescale: number
  width: number
  height: number
  /** Entries of the sample table: how many samples last how long. */
  tableTicks: number
  tableSamples: number
  edits: Edit[]
  /** What all fragments hold, and from when to when they say they play. */
  fragmentTicks: number
  fragmentStart: number | undefined
  fragmentEnd: number
}

interface Film {
  hasIndex: boolean
  timescale: number
  duration: number | undefined
  fragmentDuration: number | undefined
  tracks: Track[]
  /** Length of a sample where its fragment doesn't say, by track. */
  defaults: Map<number, number>
  /** The track and the default of the fragment that is being read. */
  fragment: { track: Track | undefined; sampleTicks: number }
}

const MAX_TRACKS = 64
const MAX_EDITS = 1_000
/** Pictures that are shown in another order begin up to so much later than they are stored. */
const REORDERING_SECONDS = 1
/** Handlers of what plays; chapters, subtitles and time codes don't count. */
const PICTURES = 'vide'
const SOUND = 'soun'

const FRAGMENT = {
  dataOffset: 0x1,
  firstFlags: 0x4,
  baseOffset: 0x1,
  sampleDescription: 0x2,
  sampleDuration: 0x8,
  runDuration: 0x100,
  runSize: 0x200,
  runFlags: 0x400,
  runOffset: 0x800,
} as const

const newTrack = (): Track => ({
  ...{ id: 0, handler: '', timescale: 0, width: 0, height: 0, tableTicks: 0, tableSamples: 0 },
  edits: [],
  ...{ fragmentTicks: 0, fragmentStart: undefined, fragmentEnd: 0 },
})

/** Width and height are 16.16 numbers after the matrix; a quarter turn swaps them. */
function takeHeader(track: Track, body: Buffer): void {
  track.id = body.readUInt32BE(isWide(body) ? 20 : 12)
  const matrix = isWide(body) ? 52 : 40
  const sides = [36, 40].map((at) => Math.round(body.readUInt32BE(matrix + at) / 0x10000))
  const isTurned = body.readInt32BE(matrix) === 0 && body.readInt32BE(matrix + 4) !== 0
  const [width = 0, height = 0] = isTurned ? sides.reverse() : sides
  Object.assign(track, { width, height })
}

/** Boxes of a track, read into it. */
async function takeTrackBox(reader: ByteReader, track: Track, box: Box): Promise<void> {
  const { type, start } = box
  if (type === 'tkhd') takeHeader(track, await reader.read(start, 96))
  else if (type === 'mdhd') {
    const body = await reader.read(start, 24)
    track.timescale = body.readUInt32BE(isWide(body) ? 20 : 12)
  } else if (type === 'hdlr' && box.path.at(-1) === 'mdia') {
    track.handler = (await reader.read(start, 12)).toString('latin1', 8, 12)
  } else if (type === 'stts') {
    const count = (await reader.read(start, 8)).readUInt32BE(4)
    for await (const row of readRows(reader, { ...box, start: start + 8 }, 8, count)) {
      track.tableSamples += row.readUInt32BE(0)
      track.tableTicks += row.readUInt32BE(0) * row.readUInt32BE(4)
    }
  } else if (type === 'elst') await takeEdits(reader, track, box)
}

async function takeEdits(reader: ByteReader, track: Track, box: Box): Promise<void> {
  const head = await reader.read(box.start, 8)
  const wide = isWide(head)
  const count = head.readUInt32BE(4)
  const rows = { ...box, start: box.start + 8 }
  for await (const row of readRows(reader, rows, wide ? 20 : 12, Math.min(count, MAX_EDITS))) {
    track.edits.push(
      wide
        ? { ticks: Number(row.readBigUInt64BE(0)), from: Number(row.readBigInt64BE(8)) }
        : { ticks: row.readUInt32BE(0), from: row.readInt32BE(4) },
    )
  }
}

/** Boxes of a fragment: for which track, from when, and how long each sample lasts. */
async function takeFragmentBox(reader: ByteReader, film: Film, box: Box): Promise<void> {
  const { type, start } = box
  const { fragment } = film
  if (type === 'tfhd') {
    const body = await reader.read(start, 28)
    const id = body.readUInt32BE(4)
    const flags = flagsOf(body)
    const at =
      8 + (flags & FRAGMENT.baseOffset ? 8 : 0) + (flags & FRAGMENT.sampleDescription ? 4 : 0)
    fragment.track = film.tracks.find((track) => track.id === id)
    fragment.sampleTicks =
      flags & FRAGMENT.sampleDuration ? body.readUInt32BE(at) : (film.defaults.get(id) ?? 0)
  } else if (type === 'tfdt' && fragment.track !== undefined) {
    const time = readTime(await reader.read(start, 12), 4)
    fragment.track.fragmentStart ??= time
    fragment.track.fragmentEnd = Math.max(fragment.track.fragmentEnd, time)
  } else if (type === 'trun' && fragment.track !== undefined) {
    await takeRun(reader, fragment.track, fragment.sampleTicks, box)
  }
}

async function takeRun(
  reader: ByteReader,
  track: Track,
  sampleTicks: number,
  box: Box,
): Promise<void> {
  const head = await reader.read(box.start, 8)
  const flags = flagsOf(head)
  const count = head.readUInt32BE(4)
  const has = (flag: number) => ((flags & flag) === 0 ? 0 : 4)
  const start = box.start + 8 + has(FRAGMENT.dataOffset) + has(FRAGMENT.firstFlags)
  const rowBytes =
    has(FRAGMENT.runDuration) +
    has(FRAGMENT.runSize) +
    has(FRAGMENT.runFlags) +
    has(FRAGMENT.runOffset)
  let ticks = 0
  if (!has(FRAGMENT.runDuration)) ticks = count * sampleTicks
  else {
    for await (const row of readRows(reader, { ...box, start }, rowBytes, count)) {
      ticks += row.readUInt32BE(0)
    }
  }
  track.fragmentTicks += ticks
  track.fragmentEnd += ticks
}

/** What a track plays, in seconds. */
function secondsOf(track: Track, film: Film, size: number): number {
  const { timescale, tableTicks, edits, fragmentTicks } = track
  const held = timescale > 0 ? (tableTicks + fragmentTicks) / timescale : 0
  if (held === 0) return 0
  if (fragmentTicks === 0) return editedSeconds(track, film, held, size)
  const { fragmentStart = 0, fragmentEnd } = track
  // Between fragments something may be missing, which players show as a pause.
  const told = believable((fragmentEnd - fragmentStart) / timescale, size) ?? 0
  // What encoders skip at the front is no cut; a longer piece is.
  const cut = Math.max(0, edits.find(({ from }) => from >= 0)?.from ?? 0) / timescale
  const played = Math.max(held, told)
  return cut > REORDERING_SECONDS && cut < played ? played - cut : played
}

/** What the edits of a track play: a part of it, or nothing for a while; not more than there is. */
function editedSeconds(track: Track, film: Film, held: number, size: number): number {
  if (film.timescale === 0) return held
  const seconds = track.edits.reduce((sum, { from, ticks }) => {
    const asked = ticks / film.timescale
    const left = held - from / track.timescale + REORDERING_SECONDS
    return sum + (from < 0 ? asked : Math.min(asked, Math.max(0, left)))
  }, 0)
  return believable(seconds, size) ?? held
}

/**
 * Reads length, size and kinds of tracks from the boxes of an MP4, MOV or M4A, wherever in the file
 * its index lies and without the media itself: sample tables as their edit lists play them, and all
 * fragments. Undefined when there is no index.
 */
export async function readMp4(reader: ByteReader): Promise<Streams | undefined> {
  const film: Film = {
    ...{ hasIndex: false, timescale: 0, duration: undefined, fragmentDuration: undefined },
    ...{ tracks: [], defaults: new Map<number, number>() },
    fragment: { track: undefined, sampleTicks: 0 },
  }
  for await (const box of walkBoxes(reader)) {
    const { type, start, path } = box
    if (type === 'moov' && path.length === 0) {
      // Of joined files players know the first.
      if (film.hasIndex) break
      film.hasIndex = true
    } else if (path[0] === 'moof') await takeFragmentBox(reader, film, box)
    else if (path[0] !== 'moov') continue
    else if (type === 'trak' && film.tracks.length < MAX_TRACKS) film.tracks.push(newTrack())
    else if (type === 'mvhd') {
      const body = await reader.read(start, 32)
      film.timescale = body.readUInt32BE(isWide(body) ? 20 : 12)
      film.duration = readKnownTime(body, isWide(body) ? 24 : 16)
    } else if (type === 'mehd') {
      film.fragmentDuration = readKnownTime(await reader.read(start, 12), 4)
    } else if (type === 'trex') {
      const body = await reader.read(start, 16)
      if (film.defaults.size < MAX_TRACKS) {
        film.defaults.set(body.readUInt32BE(4), body.readUInt32BE(12))
      }
    } else if (path[1] === 'trak') {
      const track = film.tracks.at(-1)
      if (track !== undefined) await takeTrackBox(reader, track, box)
    }
  }
  return film.hasIndex ? factsOf(film, reader.size) : undefined
}

function factsOf(film: Film, size: number): Streams {
  const longest = (handler: string) =>
    Math.max(
      0,
      ...film.tracks.filter((t) => t.handler === handler).map((t) => secondsOf(t, film, size)),
    )
  const pictures = film.tracks.find(({ handler }) => handler === PICTURES)
  const { width = 0, height = 0 } = pictures ?? {}
  const claim = film.duration || film.fragmentDuration
  return {
    hasVideo: pictures !== undefined,
    hasAudio: film.tracks.some(({ handler }) => handler === SOUND),
    seconds: filmSeconds(longest(PICTURES), longest(SOUND)),
    claimed: claim && film.timescale > 0 ? claim / film.timescale : undefined,
    ...(width > 0 && height > 0 && { width, height }),
  }
}
