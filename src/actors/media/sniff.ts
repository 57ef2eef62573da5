import { fileTypeFromBuffer } from 'file-type'
import { type PixelSize, readPixelSize } from './pixel-size.ts'

/** How Telegram treats a file; `other` goes as a document. */
export type MediaKind = 'image' | 'video' | 'audio' | 'animation' | 'other'

export interface MediaType extends Partial<PixelSize> {
  readonly kind: MediaKind
  readonly mime: string
  readonly ext: string
}

/** So many first bytes decide: a JPEG may carry a long preview before its size. */
export const HEAD_BYTES = 262_144

const UNKNOWN: MediaType = { kind: 'other', mime: 'application/octet-stream', ext: 'bin' }
const SVG: MediaType = { kind: 'other', mime: 'image/svg+xml', ext: 'svg' }

const PICTURES = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/avif',
  'image/heic',
  'image/bmp',
  'image/tiff',
])

const WAV: MediaType = { kind: 'audio', mime: 'audio/wav', ext: 'wav' }
/** WAV of more than 4 GB, or by programs that are ready for it. */
const WIDE_WAV = /^(?:RF64|BW64).{4}WAVE/s

/** Types that every reader of another one takes: a moving PNG shows its first picture. */
const SAME: Readonly<Record<string, { mime: string; ext: string }>> = {
  'image/apng': { mime: 'image/png', ext: 'png' },
}

const kindOf = (mime: string): MediaKind => {
  if (mime === 'image/gif') return 'animation'
  if (PICTURES.has(mime)) return 'image'
  if (mime.startsWith('video/')) return 'video'
  return mime.startsWith('audio/') ? 'audio' : 'other'
}

const TEXT_PROBE_BYTES = 1_024

/** Bytes that no text has: control characters other than tab, line feed, form feed, return, escape. */
const isText = (head: Uint8Array): boolean =>
  head
    .subarray(0, TEXT_PROBE_BYTES)
    .every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 12 || byte === 13)

const startOf = (head: Uint8Array): string =>
  Buffer.from(head.subarray(0, TEXT_PROBE_BYTES)).toString('utf8')

const sniffText = (head: Uint8Array): MediaType | undefined =>
  /<svg[\s>]/i.test(startOf(head)) && !/<html[\s>]/i.test(startOf(head)) ? SVG : undefined

/**
 * What a file is, by its first bytes and never by its name or header; undefined for text in place
 * of media: an error page, JSON, XML.
 */
export const sniffMedia = async (head: Uint8Array): Promise<MediaType | undefined> => {
  // A broken header must not look like a fault of ours.
  const found = await fileTypeFromBuffer(head).catch(() => undefined)
  if (found === undefined && WIDE_WAV.test(Buffer.from(head.subarray(0, 12)).toString('latin1')))
    return WAV
  if (found === undefined || found.mime === 'application/xml')
    return isText(head) ? sniffText(head) : UNKNOWN
  const { mime, ext } = SAME[found.mime] ?? found
  return { kind: kindOf(mime), mime, ext, ...readPixelSize(head, mime) }
}
