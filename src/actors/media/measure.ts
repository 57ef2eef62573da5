import { parseBlob } from 'music-metadata'
import { readMp4 } from './mp4.ts'
import type { MediaType } from './sniff.ts'
import type { MediaContent } from './spool.ts'

/** What a file is and how large and long; what its bytes don't say is undefined. */
export interface MediaFacts extends MediaType {
  readonly size: number
  readonly durationMs?: number
  /** A film without a sound track. */
  readonly silent?: boolean
}

interface Finished {
  readonly content: MediaContent
  readonly size: number
}

interface Streams {
  readonly hasVideo: boolean
  readonly hasAudio: boolean
  readonly durationMs?: number
  readonly width?: number
  readonly height?: number
}

const FILMS = new Set(['video/mp4', 'video/x-m4v', 'video/quicktime'])

/** Sounds in the box format of films. */
const BOXED_SOUNDS = new Set(['audio/mp4', 'audio/x-m4a'])

/** A cover in a song may have megabytes, what is read at once for measuring never has more. */
const MAX_PIECE_BYTES = 8 * 1024 * 1024
/** Ends files made to be read for ever; a real one takes some hundreds at most. */
const MAX_READS = 20_000

/**
 * A kept file for the library, which asks a Blob for nothing but slices of it. So a file that lies
 * on the disk without a name is measured without being loaded.
 */
function asBlob({ content, size }: Finished, type: string): Blob {
  let reads = 0
  const slice = (start: number, end: number) => ({
    async arrayBuffer(): Promise<ArrayBuffer> {
      reads += 1
      const length = end - start
      if (reads > MAX_READS || length > MAX_PIECE_BYTES) throw new Error('too much to read')
      return Uint8Array.from(await content.read(start, length)).buffer
    },
  })
  return { size, type, slice } as unknown as Blob
}

/** Music, speech and Matroska films; undefined when the library can't make anything of it. */
async function readSound(file: Finished, mime: string): Promise<Streams | undefined> {
  try {
    const { format } = await parseBlob(asBlob(file, mime), { duration: true, skipCovers: true })
    const { hasVideo = false, hasAudio = false, trackInfo } = format
    const { displayWidth, displayHeight, pixelWidth, pixelHeight } =
      trackInfo.find(({ video }) => video !== undefined)?.video ?? {}
    const [width, height] = [displayWidth ?? pixelWidth, displayHeight ?? pixelHeight]
    const lengths = [format.duration, ...trackInfo.map(({ duration }) => duration)]
    const seconds = Math.max(0, ...lengths.map((length) => length ?? 0))
    return {
      hasVideo,
      hasAudio,
      ...(seconds > 0 && Number.isFinite(seconds) && { durationMs: Math.round(seconds * 1000) }),
      ...(width && height && { width, height }),
    }
  } catch {
    return undefined
  }
}

/** Films by our own reader: the library doesn't turn what was filmed upright. */
const streamsOf = (type: MediaType, file: Finished): Promise<Streams | undefined> | undefined => {
  if (FILMS.has(type.mime) || BOXED_SOUNDS.has(type.mime)) return readMp4(file.content, file.size)
  const hasLength = type.kind === 'audio' || type.kind === 'video'
  return hasLength ? readSound(file, type.mime) : undefined
}

/**
 * Adds what the inside of a file says: length, sides, sound. A film without pictures is a sound
 * file, whatever its first bytes promised. Reads little of the file, and never throws.
 */
export async function measureMedia(type: MediaType, file: Finished): Promise<MediaFacts> {
  const { size } = file
  const streams = await streamsOf(type, file)
  if (streams === undefined) return { ...type, size }
  const { hasVideo, hasAudio, ...measures } = streams
  if (type.kind === 'audio') return { ...type, ...measures, size }
  if (hasVideo || !hasAudio) return { ...type, silent: !hasAudio, ...measures, size }
  const sound = type.mime.endsWith('webm')
    ? ({ kind: 'audio', mime: 'audio/webm', ext: 'weba' } as const)
    : FILMS.has(type.mime)
      ? ({ kind: 'audio', mime: 'audio/mp4', ext: 'm4a' } as const)
      : ({ kind: 'audio', mime: 'audio/x-matroska', ext: 'mka' } as const)
  return { ...sound, ...measures, size }
}
