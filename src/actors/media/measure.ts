import type { MediaType } from './sniff.ts'
import type { MediaContent } from './spool.ts'
import { readAdts } from './streams/adts.ts'
import { type ByteReader, createByteReader } from './streams/byte-reader.ts'
import { readFlac } from './streams/flac.ts'
import { readMatroska } from './streams/matroska.ts'
import { readMp3 } from './streams/mp3.ts'
import { readMp4 } from './streams/mp4.ts'
import { readOgg } from './streams/ogg.ts'
import { isCut } from './streams/picture-end.ts'
import { believable, lengthOf, type Streams } from './streams/streams.ts'
import { readWav } from './streams/wav.ts'

/** What a file is and how large and long; what its bytes don't say is undefined. */
export interface MediaFacts extends MediaType {
  readonly size: number
  /** What it plays, by the media itself and by its claim if that is longer: what is paid for. */
  readonly durationMs?: number
  /** What its header claims, when that means anything. */
  readonly claimedMs?: number
  /** A film without a sound track. */
  readonly silent?: boolean
  /** It can't be opened, or ends before it should; never said of kinds that are not looked into. */
  readonly damaged?: true
}

interface Finished {
  readonly content: Pick<MediaContent, 'readInto'>
  readonly size: number
}

type ReadStreams = (reader: ByteReader) => Promise<Streams | undefined>

const READERS: Readonly<Record<string, ReadStreams>> = {
  'video/mp4': readMp4,
  'video/x-m4v': readMp4,
  'video/quicktime': readMp4,
  'video/3gpp': readMp4,
  'audio/mp4': readMp4,
  'audio/x-m4a': readMp4,
  'audio/mpeg': readMp3,
  'audio/aac': readAdts,
  'audio/wav': readWav,
  'audio/ogg': readOgg,
  'video/ogg': readOgg,
  'audio/flac': readFlac,
  'audio/x-flac': readFlac,
  'video/webm': readMatroska,
  'audio/webm': readMatroska,
  'video/matroska': readMatroska,
  'video/x-matroska': readMatroska,
  'audio/x-matroska': readMatroska,
}

/** What a film without pictures is. */
const SOUNDS: readonly (readonly [RegExp, Pick<MediaType, 'mime' | 'ext'>])[] = [
  [/webm$/, { mime: 'audio/webm', ext: 'weba' }],
  [/matroska$/, { mime: 'audio/x-matroska', ext: 'mka' }],
  [/ogg$/, { mime: 'audio/ogg', ext: 'ogg' }],
  [/./, { mime: 'audio/mp4', ext: 'm4a' }],
]

/** The name of a type without its parameters. */
const bare = (mime: string): string => (mime.split(';')[0] ?? '').trim()

const inMs = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.round(seconds * 1_000)

function factsOf(type: MediaType, streams: Streams, size: number): MediaFacts {
  const { hasVideo, hasAudio, width, height } = streams
  const durationMs = inMs(lengthOf(streams, size))
  const claimedMs = inMs(believable(streams.claimed, size))
  const measures = {
    size,
    ...(durationMs !== undefined && durationMs > 0 && { durationMs }),
    ...(claimedMs !== undefined && claimedMs > 0 && { claimedMs }),
  }
  const isFilm = type.kind === 'video' && (hasVideo || !hasAudio)
  if (isFilm) {
    return { ...type, ...measures, silent: !hasAudio, ...(width && height && { width, height }) }
  }
  if (type.kind !== 'video') return { ...type, ...measures }
  const [, sound] = SOUNDS.find(([pattern]) => pattern.test(bare(type.mime))) ?? []
  return { ...measures, kind: 'audio', ...(sound as Pick<MediaType, 'mime' | 'ext'>) }
}

async function measure(type: MediaType, reader: ByteReader): Promise<MediaFacts> {
  const { size } = reader
  if (type.kind === 'image') {
    return { ...type, size, ...((await isCut(reader, type.mime)) && { damaged: true }) }
  }
  const read = READERS[bare(type.mime)]
  if (read === undefined) return { ...type, size }
  const streams = await read(reader)
  return streams === undefined ? { ...type, size, damaged: true } : factsOf(type, streams, size)
}

/**
 * Adds what the inside of a file says: length, sides, sound, whether it is whole. Lengths are
 * measured, not believed: by every frame or every entry of the index. A film without pictures is a
 * sound file, whatever its first bytes promised. Holds no more than a page of the file in memory;
 * never throws for what a file contains: one that can't be read within limits is damaged.
 */
export async function measureMedia(type: MediaType, file: Finished): Promise<MediaFacts> {
  const reader = createByteReader(file.content, file.size)
  try {
    return await measure(type, reader)
  } catch {
    return { ...type, size: file.size, damaged: true }
  } finally {
    reader.close()
  }
}
