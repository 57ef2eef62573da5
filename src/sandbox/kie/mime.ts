import { open } from 'node:fs/promises'
import { fileTypeFromFile } from 'file-type'

/** Names that mean the same format, brought to the one that the catalogue uses. */
const sameAs: Record<string, string> = {
  'image/apng': 'image/png',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'audio/m4a': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
  'video/vnd.avi': 'video/avi',
  'video/matroska': 'video/x-matroska',
}

/** A MIME type without parameters, under its usual name. */
export function plainMime(mime: string): string {
  const bare = (mime.split(';')[0] as string).trim().toLowerCase()
  return sameAs[bare] ?? bare
}

/** WAV with sizes of 64 bits (EBU Tech 3306), which the library doesn't know. */
async function startsAsWideWav(file: string): Promise<boolean> {
  const opened = await open(file)
  try {
    const { buffer } = await opened.read(Buffer.alloc(12), 0, 12, 0)
    return /^RF64.{4}WAVE$/s.test(buffer.toString('latin1'))
  } finally {
    await opened.close()
  }
}

/** What the bytes are, whatever the sender calls them. */
export async function detectMime(file: string): Promise<string> {
  const type = await fileTypeFromFile(file)
  if (type) return plainMime(type.mime)
  return (await startsAsWideWav(file)) ? 'audio/wav' : 'application/octet-stream'
}
