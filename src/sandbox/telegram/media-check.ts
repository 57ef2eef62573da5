import { fileTypeFromBuffer } from 'file-type'
import { BotApiError, badRequest } from './api-error.ts'
import type { FileStore, MediaKind, StoredFile } from './files.ts'
import { imageFacts } from './images.ts'
import { LIMITS } from './limits.ts'

/** Bytes as they came in, before anybody looked at them. */
export interface IncomingFile {
  readonly bytes: Buffer
  readonly fileName: string
  /** What a person's app says of the type: Telegram believes it and passes it on. */
  readonly claimed?: string
}

/** What a file turned out to be: the kind that was asked for, or a document as in Telegram. */
export interface CheckedFile {
  readonly kind: MediaKind
  readonly file: StoredFile
  readonly width: number
  readonly height: number
  /** Named by the id of a file that Telegram has, instead of uploaded or fetched. */
  readonly isById?: boolean
}

function checkPhoto(bytes: Buffer) {
  if (bytes.length > LIMITS.photoBytes)
    throw badRequest(
      `File of size ${bytes.length} bytes is too big for a photo; ` +
        `the maximum size is ${LIMITS.photoBytes} bytes`,
    )
  const facts = imageFacts(bytes)
  if (!facts) throw badRequest('IMAGE_PROCESS_FAILED')
  const { width, height } = facts
  const ratio = Math.max(width, height) / Math.min(width, height)
  if (width + height > LIMITS.photoSides || ratio > LIMITS.photoRatio)
    throw badRequest('PHOTO_INVALID_DIMENSIONS')
  return facts
}

const ACCEPTED: Record<Exclude<MediaKind, 'photo' | 'document'>, RegExp> = {
  video: /^video\//,
  animation: /^(?:video\/mp4|image\/gif)$/,
  audio: /^audio\//,
  voice: /^audio\/(?:ogg|mpeg|mp4|x-m4a|aac)/,
  video_note: /^video\/mp4$/,
  sticker: /^image\/(?:webp|png)$|^video\/webm$/,
}

/** Checks a file against the rules of its kind; what is no such media arrives as a document. */
export async function checkFile(
  store: FileStore,
  kind: MediaKind,
  { bytes, fileName, claimed }: IncomingFile,
): Promise<CheckedFile> {
  if (bytes.length === 0) throw badRequest('file must be non-empty')
  if (bytes.length > LIMITS.uploadBytes) throw new BotApiError(413, 'Request Entity Too Large')
  if (kind === 'photo') {
    const { mime, width, height } = checkPhoto(bytes)
    return { kind, width, height, file: store.add(bytes, mime, '') }
  }
  const sniffed = (await fileTypeFromBuffer(bytes))?.mime ?? 'application/octet-stream'
  const mime = claimed ?? sniffed.replace(/;.*/, '')
  const facts = imageFacts(bytes)
  const size = { width: facts?.width ?? 0, height: facts?.height ?? 0 }
  const real = realKind(kind, mime)
  return { kind: real, ...size, file: store.add(bytes, mime, fileName) }
}

function realKind(kind: Exclude<MediaKind, 'photo'>, mime: string): MediaKind {
  if (kind === 'document') return mime === 'image/gif' ? 'animation' : 'document'
  return ACCEPTED[kind].test(mime) ? kind : 'document'
}
