import { createReadStream } from 'node:fs'
import { Router } from '@koa/router'
import type { Context } from 'koa'
import type { Faults } from './faults.ts'
import type { ResultFile, ResultFiles } from './result-files.ts'
import { suffer } from './trouble.ts'
import type { UploadStore } from './upload-store.ts'

/** The storage hosts, open to everybody: uploads, results and short-lived direct links. */
export function createFileRoutes(deps: {
  uploads: UploadStore
  files: ResultFiles
  faults: Faults
  signal: AbortSignal
}): Router {
  const router = new Router()
  router.get('/uploads/*path', (ctx) => {
    const upload = deps.uploads.get(decodeURIComponent(ctx.path.slice('/uploads/'.length)))
    if (!upload) return
    ctx.type = upload.mime
    ctx.length = upload.size
    ctx.body = createReadStream(upload.file)
  })
  router.get('/files/:name', suffer('file', deps), (ctx) => {
    send(ctx, deps.files.get(String(ctx.params.name)))
  })
  router.get('/direct/:token/:name', suffer('file', deps), (ctx) => {
    send(ctx, deps.files.getDirect(String(ctx.params.token)))
  })
  return router
}

function send(ctx: Context, file: ResultFile | undefined): void {
  if (!file) return
  ctx.type = file.mime
  ctx.body = Buffer.from(file.bytes)
}
