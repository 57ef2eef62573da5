/** What a file turned out to be. */
export type MediaKind = 'image' | 'video' | 'audio'

/** A given file as the chat describes it, or a link to one; all but `kind` may be missing. */
export interface MediaFile {
  /** `image`, `video`, `audio`, a kind of Telegram message such as `photo`, or `link`. */
  readonly kind: string
  readonly mime?: string | undefined
  readonly fileName?: string | undefined
  readonly size?: number | undefined
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly duration?: number | undefined
  readonly fileId?: string | undefined
  readonly uniqueId?: string | undefined
  readonly url?: string | undefined
}

/** Types that the chat implies; Telegram recompresses photos to JPEG and voices to Ogg. */
const impliedMime: Readonly<Record<string, string>> = {
  photo: 'image/jpeg',
  voice: 'audio/ogg',
  video: 'video/mp4',
  animation: 'video/mp4',
  video_note: 'video/mp4',
}

/** Other names under which clients send the same type. */
const aliases: Readonly<Record<string, string>> = {
  'image/apng': 'image/png',
  'image/vnd.mozilla.apng': 'image/png',
  'image/x-png': 'image/png',
  'image/heif': 'image/heic',
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/x-mp3': 'audio/mpeg',
  'audio/mpeg3': 'audio/mpeg',
  'audio/x-mpeg': 'audio/mpeg',
  'audio/x-mpeg-3': 'audio/mpeg',
  'audio/mpg': 'audio/mpeg',
  'audio/m4a': 'audio/mp4',
  'audio/mp4a-latm': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-wav': 'audio/wav',
  'audio/x-pn-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-flac': 'audio/flac',
  'audio/x-aac': 'audio/aac',
  'audio/aacp': 'audio/aac',
  'audio/vnd.dlna.adts': 'audio/aac',
  'audio/x-hx-aac-adts': 'audio/aac',
  'audio/opus': 'audio/ogg',
  'application/ogg': 'audio/ogg',
  'audio/x-ms-asf': 'audio/x-ms-wma',
  'video/mov': 'video/quicktime',
  'video/x-m4v': 'video/mp4',
  'video/matroska': 'video/x-matroska',
  'video/vnd.avi': 'video/avi',
  'video/x-msvideo': 'video/avi',
}

const byExtension: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heic',
  avif: 'image/avif',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  svg: 'image/svg+xml',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  m4v: 'video/mp4',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  avi: 'video/avi',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  flac: 'audio/flac',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  wma: 'audio/x-ms-wma',
  pdf: 'application/pdf',
  zip: 'application/zip',
  txt: 'text/plain',
}

/** What apps say when they mean something; any other claim says nothing. */
const known = new Set(Object.values(byExtension))

/** Containers that hold films or sound alone; apps name them by either. */
const containers = new Set(['mp4', 'quicktime', 'x-matroska', 'webm', 'ogg'])

const names: Readonly<Record<string, string>> = {
  'image/jpeg': 'JPG',
  'video/quicktime': 'MOV',
  'video/x-matroska': 'MKV',
  'audio/mpeg': 'MP3',
  'audio/mp4': 'M4A',
  'audio/x-ms-wma': 'WMA',
}

/** One spelling per type, so that an accept list and a file can be compared. */
export function canonicalMime(mime: string): string {
  const [bare = ''] = mime.toLowerCase().split(';')
  return aliases[bare.trim()] ?? bare.trim()
}

/** The file's type as far as the chat tells it. */
export function mimeOf(file: MediaFile): string | undefined {
  const mime = file.mime && canonicalMime(file.mime)
  if (mime && mime !== 'application/octet-stream') return mime
  return impliedMime[file.kind] ?? mimeByName(file)
}

function mimeByName({ fileName }: MediaFile): string | undefined {
  return byExtension[fileName?.split('.').at(-1)?.toLowerCase() ?? '']
}

/**
 * Whether what the sender's app says of the type may stand without a look into the file: it is a
 * type that we know, and the file's name says nothing else. Photos were made by Telegram itself.
 */
export function isClaimClear(file: MediaFile): boolean {
  if (file.kind === 'photo' || file.kind === 'sticker' || file.kind === 'video_note') return true
  const mime = mimeOf(file)
  const named = mimeByName(file)
  return mime !== undefined && known.has(mime) && (named === undefined || named === mime)
}

/** Whether the claimed container may as well hold the other of film and sound. */
export function mayHold(file: MediaFile, kind: MediaKind): boolean {
  const [claimed, container = ''] = mimeOf(file)?.split('/') ?? []
  return kind !== 'image' && claimed !== 'image' && containers.has(container)
}

/** What the file is; a document is what its type says, a sticker is nothing of use. */
export function mediaKindOf(file: MediaFile): MediaKind | undefined {
  if (file.kind === 'sticker' || file.kind === 'link') return undefined
  if (file.kind === 'image' || file.kind === 'video' || file.kind === 'audio') return file.kind
  const [kind] = mimeOf(file)?.split('/') ?? []
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : undefined
}

/** Types as people call them: "JPG, PNG, WEBP". */
export function typeNames(accept: readonly string[]): string {
  const all = accept.map((m) => canonicalMime(m))
  return [...new Set(all.map((m) => names[m] ?? m.split('/')[1]?.toUpperCase()))].join(', ')
}
