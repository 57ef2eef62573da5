import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { detectMime } from './mime.ts'

/** How long an uploaded file can be fetched; old pages say 3 days, newer ones 24 hours. */
export const UPLOAD_LIFE_MS = 24 * 3_600_000

/** A file that the bot has uploaded. */
export interface Upload {
  readonly key: string
  readonly fileName: string
  readonly url: string
  readonly size: number
  readonly mime: string
  readonly uploadedAt: number
  readonly via: 'stream' | 'base64' | 'url'
  /** Where the bytes lie on disk. */
  readonly file: string
}

/** Where an upload is to be found; without a name KIE makes one up. */
export interface Place {
  readonly uploadPath: string
  readonly fileName?: string
}

/** Uploaded files by key; an equal key overwrites. */
export interface UploadStore {
  put(source: Readable, via: Upload['via'], place: Place): Promise<Upload>
  /** Takes the bytes now and the place later: in a form the fields may follow the file. */
  stage(source: Readable, via: Upload['via']): Promise<(place: Place) => Upload>
  /** Undefined once the file's life is over. */
  get(key: string): Upload | undefined
  list(): readonly Upload[]
}

/** Streams uploads into `dir`; nothing is held in memory. */
export function createUploadStore(deps: {
  dir: string
  now: () => number
  ownUrl: () => string
  changed: () => void
}): UploadStore {
  const uploads = new Map<string, Upload>()

  async function stage(source: Readable, via: Upload['via']) {
    const file = path.join(deps.dir, randomUUID())
    await pipeline(source, createWriteStream(file))
    const [{ size }, mime] = await Promise.all([stat(file), detectMime(file)])
    return ({ uploadPath, fileName }: Place): Upload => {
      const name = fileName ?? `${randomUUID()}${extensionOf(mime)}`
      const key = `${uploadPath}/${name}`
      const url = `${deps.ownUrl()}/uploads/${key.split('/').map(encodeURIComponent).join('/')}`
      const uploadedAt = deps.now()
      const upload: Upload = { key, fileName: name, url, size, mime, uploadedAt, via, file }
      uploads.set(key, upload)
      deps.changed()
      return upload
    }
  }

  return {
    stage,
    put: async (source, via, place) => (await stage(source, via))(place),
    get(key) {
      const found = uploads.get(key)
      return found && deps.now() - found.uploadedAt < UPLOAD_LIFE_MS ? found : undefined
    },
    list: () => [...uploads.values()],
  }
}

const extensionOf = (mime: string) =>
  mime === 'application/octet-stream' ? '' : `.${(mime.split('/')[1] as string).replace('x-', '')}`
