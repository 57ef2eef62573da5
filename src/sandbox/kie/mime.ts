import { fileTypeFromFile } from 'file-type'

/** Names that mean the same format, brought to the one that the catalogue uses. */
const sameAs: Record<string, string> = {
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

/** What the bytes are, whatever the sender calls them. */
export async function detectMime(file: string): Promise<string> {
  const type = await fileTypeFromFile(file)
  return type ? plainMime(type.mime) : 'application/octet-stream'
}
