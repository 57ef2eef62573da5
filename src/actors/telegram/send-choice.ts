import type { MediaFacts } from '../media/measure.ts'

/** Kinds of messages that carry a file. */
export type SendKind = 'photo' | 'video' | 'animation' | 'audio' | 'voice' | 'document'

const MB = 1024 * 1024

/** Most that a bot may upload: https://core.telegram.org/bots/api#sending-files. */
export const UPLOAD_BYTES = 50 * MB

/** Limits of a photo: https://core.telegram.org/bots/api#sendphoto. */
const PHOTO = { bytes: 10 * MB, sides: 10_000, ratio: 20 }

const PHOTO_TYPES = new Set(['image/jpeg', 'image/png', 'image/webp'])

/** What Telegram's apps play; other films are better off as a file. */
const FILM_TYPES = new Set(['video/mp4', 'video/x-m4v', 'video/quicktime'])

function fitsPhoto({ mime, size, width, height }: MediaFacts): boolean {
  if (!PHOTO_TYPES.has(mime) || size > PHOTO.bytes) return false
  if (width === undefined || height === undefined) return true
  const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height))
  return width + height <= PHOTO.sides && ratio <= PHOTO.ratio
}

/**
 * How a file is best seen, by what it is and by what Telegram takes. A film without sound is a
 * moving picture only where the model makes such (`movingPictures`).
 */
export function chooseKind(file: MediaFacts, { movingPictures = false } = {}): SendKind {
  if (file.kind === 'animation') return 'animation'
  if (file.kind === 'image') return fitsPhoto(file) ? 'photo' : 'document'
  if (file.kind === 'video' && FILM_TYPES.has(file.mime))
    return movingPictures && file.silent === true ? 'animation' : 'video'
  if (file.kind === 'audio') return /^audio\/(ogg;.*)?opus/.test(file.mime) ? 'voice' : 'audio'
  return 'document'
}

/** Kinds that may share an album; what is not here goes alone. */
const ALBUMS = new Map<string, string>([
  ['photo', 'pictures'],
  ['video', 'pictures'],
  ['audio', 'audio'],
  ['document', 'documents'],
])

/** Most messages in an album: https://core.telegram.org/bots/api#sendmediagroup. */
const ALBUM_ITEMS = 10

interface Candidate {
  readonly kind: string
  readonly size: number
}

/** Whether one more file may join the files of an album: same sort, at most ten, one upload. */
export function fitsAlbum(album: readonly Candidate[], next: Candidate): boolean {
  const sort = ALBUMS.get(next.kind)
  const bytes = album.reduce((sum, { size }) => sum + size, next.size)
  return (
    sort !== undefined &&
    album.length < ALBUM_ITEMS &&
    bytes <= UPLOAD_BYTES &&
    album.every(({ kind }) => ALBUMS.get(kind) === sort)
  )
}
