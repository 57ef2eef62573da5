import { createHash } from 'node:crypto'

/** Kinds of media in a message. */
export type MediaKind =
  | 'photo'
  | 'video'
  | 'audio'
  | 'voice'
  | 'animation'
  | 'document'
  | 'video_note'
  | 'sticker'

/** Bytes kept once however often they are sent. */
export interface StoredFile {
  readonly id: string
  readonly bytes: Buffer
  readonly mime: string
  readonly fileName: string
}

/** What a file_id of one bot stands for. */
export interface FileHandle {
  readonly fileId: string
  readonly uniqueId: string
  readonly kind: MediaKind
  readonly file: StoredFile
  /** Longest side of a smaller copy of a photo; absent for the file itself. */
  readonly side: number | undefined
  readonly path: string
}

/** How real file_ids of these kinds begin; the rest is opaque. */
const PREFIX: Record<MediaKind, string> = {
  photo: 'AgACAgIAAxkBAA',
  video: 'BAACAgIAAxkBAA',
  audio: 'CQACAgIAAxkBAA',
  voice: 'AwACAgIAAxkBAA',
  animation: 'CgACAgIAAxkBAA',
  document: 'BQACAgIAAxkBAA',
  video_note: 'DQACAgIAAxkBAA',
  sticker: 'CAACAgIAAxkBAA',
}

const FOLDER: Record<MediaKind, string> = {
  photo: 'photos',
  video: 'videos',
  audio: 'music',
  voice: 'voice',
  animation: 'animations',
  document: 'documents',
  video_note: 'video_notes',
  sticker: 'stickers',
}

const EXTENSIONS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'video/mp4': 'mp4',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'oga',
  'application/pdf': 'pdf',
}

const digest = (...parts: (string | Buffer)[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('base64url')
}

/** Keeps file bytes of all bots, addressed by content. */
export function createFileStore() {
  const files = new Map<string, StoredFile>()
  return {
    add(bytes: Buffer, mime: string, fileName: string): StoredFile {
      const id = digest(bytes, '\0', mime, '\0', fileName).slice(0, 24)
      const file = files.get(id) ?? { id, bytes, mime, fileName }
      files.set(id, file)
      return file
    },
    get: (id: string): StoredFile | undefined => files.get(id),
  }
}

export type FileStore = ReturnType<typeof createFileStore>

/** The file_ids of one bot: another bot's are unknown to it, as in Telegram. */
export function createFileHandles(botId: number) {
  const byId = new Map<string, FileHandle>()
  const byPath = new Map<string, FileHandle>()
  return {
    of(file: StoredFile, kind: MediaKind, side?: number): FileHandle {
      const size = String(side ?? 0)
      const fileId = `${PREFIX[kind]}${digest(String(botId), kind, size, file.id)}`
      const known = byId.get(fileId)
      if (known) return known
      const extension = /\.(\w+)$/.exec(file.fileName)?.[1] ?? EXTENSIONS[file.mime]
      const path = `${FOLDER[kind]}/file_${byId.size}${extension ? `.${extension}` : ''}`
      const uniqueId = `AQAD${digest(kind, size, file.id).slice(0, 12)}`
      const handle: FileHandle = { fileId, uniqueId, kind, file, side, path }
      byId.set(fileId, handle)
      byPath.set(path, handle)
      return handle
    },
    byId: (fileId: string): FileHandle | undefined => byId.get(fileId),
    byPath: (path: string): FileHandle | undefined => byPath.get(path),
  }
}

export type FileHandles = ReturnType<typeof createFileHandles>
