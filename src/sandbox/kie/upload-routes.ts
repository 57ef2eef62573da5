import { Readable } from 'node:stream'
import { Router } from '@koa/router'
import busboy from 'busboy'
import type { Context } from 'koa'
import type { Faults } from './faults.ts'
import { demandKey, demandUserAgent } from './guard.ts'
import { readJson } from './http.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { suffer } from './trouble.ts'
import type { Place, Upload, UploadStore } from './upload-store.ts'
import { brokenRule, type Violation, withoutToken } from './violations.ts'

const MAX_BASE64_BYTES = 64 * 1024 * 1024
const URL_TIMEOUT_MS = 30_000

/**
 * The file upload host: multipart stream, base64 and by address.
 * Source: https://docs.kie.ai/file-upload-api/quickstart
 */
export function createUploadRoutes(deps: {
  apiKey: string
  uploads: UploadStore
  faults: Faults
  now: () => number
  ownUrl: () => string
  signal: AbortSignal
  violated: (violation: Violation) => void
}): Router {
  const router = new Router()
  const kinds: Record<string, (ctx: Context) => Promise<Upload | Refusal>> = {
    '/api/file-stream-upload': (ctx) => fromStream(ctx, deps.uploads),
    '/api/file-base64-upload': (ctx) => fromBase64(ctx, deps.uploads),
    '/api/file-url-upload': fromUrl,
  }
  for (const [path, take] of Object.entries(kinds))
    router.post(
      path,
      demandUserAgent,
      demandKey(deps.apiKey),
      suffer('upload', deps),
      async (ctx) => reply(ctx, await take(ctx)),
    )

  async function fromUrl(ctx: Context): Promise<Upload | Refusal> {
    const body = await readJson(ctx)
    if (isRefusal(body)) return body
    const place = placeOf(body)
    if (isRefusal(place)) return place
    const fileUrl = String(body.fileUrl ?? '')
    const kind = brokenRule(fileUrl, deps.ownUrl())
    if (kind) {
      deps.violated({ at: deps.now(), kind, where: ctx.path, value: withoutToken(fileUrl) })
      return refuse(422, 'File type not supported')
    }
    try {
      const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(URL_TIMEOUT_MS)])
      const response = await fetch(fileUrl, { signal })
      if (!response.ok || !response.body) return refuse(500, 'Failed to download the file')
      return await deps.uploads.put(Readable.fromWeb(response.body), 'url', place)
    } catch {
      return refuse(500, 'Failed to download the file')
    }
  }
  return router
}

function reply(ctx: Context, made: Upload | Refusal): void {
  if (isRefusal(made)) {
    ctx.body = { success: false, code: made.code, msg: made.msg }
    return
  }
  const data = {
    fileName: made.fileName,
    filePath: made.key,
    downloadUrl: made.url,
    fileSize: made.size,
    mimeType: made.mime,
    uploadedAt: new Date(made.uploadedAt).toISOString(),
  }
  ctx.body = { success: true, code: 200, msg: 'File uploaded successfully', data }
}

function placeOf(fields: Record<string, unknown>): Place | Refusal {
  const clean = (value: unknown) =>
    typeof value === 'string' ? value.split('/').filter((s) => s !== '' && !/^\.+$/.test(s)) : []
  const uploadPath = clean(fields.uploadPath).join('/')
  if (uploadPath === '') return refuse(400, 'uploadPath is required')
  const fileName = clean(fields.fileName).at(-1)
  return fileName === undefined ? { uploadPath } : { uploadPath, fileName }
}

async function fromBase64(ctx: Context, uploads: UploadStore): Promise<Upload | Refusal> {
  const body = await readJson(ctx, MAX_BASE64_BYTES)
  if (isRefusal(body)) return body
  const place = placeOf(body)
  if (isRefusal(place)) return place
  const text = String(body.base64Data ?? '').replace(/^data:[^,]*;base64,/, '')
  if (text === '' || !/^[A-Za-z0-9+/\s]+={0,2}$/.test(text))
    return refuse(400, 'base64Data is not valid')
  return uploads.put(Readable.from([Buffer.from(text, 'base64')]), 'base64', place)
}

/** The fields may follow the file, so the file is stored first and given its place afterwards. */
function fromStream(ctx: Context, uploads: UploadStore): Promise<Upload | Refusal> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, unknown> = {}
    let staged: Promise<(place: Place) => Upload> | undefined
    const form = busboy({ headers: ctx.req.headers, limits: { files: 1 }, defParamCharset: 'utf8' })
    form.on('field', (name, value) => {
      fields[name] = value
    })
    form.on('file', (name, stream) => {
      if (name === 'file') staged = uploads.stage(stream, 'stream')
      else stream.resume()
    })
    form.on('error', reject)
    form.on('close', () => {
      if (!staged) return resolve(refuse(400, 'file is required'))
      const place = placeOf(fields)
      staged.then((store) => resolve(isRefusal(place) ? place : store(place)), reject)
    })
    ctx.req.on('aborted', () => reject(new Error('The upload was broken off.')))
    ctx.req.pipe(form)
  })
}
