import type { IncomingMessage } from 'node:http'
import busboy from 'busboy'
import { BotApiError, badRequest } from './api-error.ts'
import { type Args, isObject, type UploadedFile } from './args.ts'
import { LIMITS } from './limits.ts'

const tooLarge = () => new BotApiError(413, 'Request Entity Too Large')

/** The whole body, or 413 beyond `limit` bytes. */
export async function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req) {
    size += (chunk as Buffer).length
    if (size > limit) throw tooLarge()
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)

function readJson(body: Buffer, values: Map<string, string>): void {
  if (body.length === 0) return
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8'))
  } catch {
    throw badRequest("can't parse JSON request body")
  }
  if (!isObject(parsed)) throw badRequest('JSON object expected')
  for (const [name, value] of Object.entries(parsed)) values.set(name, asText(value))
}

function readMultipart(
  req: IncomingMessage,
  values: Map<string, string>,
  files: Map<string, UploadedFile>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // One byte more than allowed, so that a file of exactly the limit is not taken for a cut one.
  const parser = busboy({
    headers: req.headers,
    defParamCharset: 'utf8',
    limits: { fileSize: LIMITS.uploadBytes + 1, fieldSize: 1 << 20 },
  })
  parser.on('field', (name, value) => values.set(name, value))
  parser.on('file', (name, stream, info) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('limit', () => reject(tooLarge()))
    stream.on('close', () =>
      files.set(name, {
        bytes: Buffer.concat(chunks),
        fileName: info.filename ?? '',
        mime: info.mimeType,
      }),
    )
  })
  parser.on('close', resolve)
  parser.on('error', () => reject(badRequest("can't parse multipart request")))
  req.on('error', reject)
  req.pipe(parser)
  // A refused upload is still drained, so that the client gets to reading the answer.
  return promise.catch((error: unknown) => {
    req.unpipe(parser)
    req.resume()
    throw error
  })
}

const typeOf = (req: IncomingMessage): string =>
  (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''

/** Parameters of a call from its query string and a JSON, urlencoded or multipart body. */
export async function readArgs(req: IncomingMessage, search: URLSearchParams): Promise<Args> {
  const values = new Map<string, string>(search)
  const files = new Map<string, UploadedFile>()
  const type = typeOf(req)
  if (type === 'multipart/form-data') {
    await readMultipart(req, values, files)
  } else if (type === 'application/json') {
    readJson(await readBody(req, LIMITS.uploadBytes), values)
  } else {
    const body = await readBody(req, LIMITS.uploadBytes)
    if (type === 'application/x-www-form-urlencoded')
      for (const [name, value] of new URLSearchParams(body.toString('utf8')))
        values.set(name, value)
  }
  return { values, files }
}

/** Parameters of a call that came as the reply to a webhook request. */
export function argsOfReply(type: string, body: Buffer): Args {
  const values = new Map<string, string>()
  try {
    if (type.startsWith('application/json')) readJson(body, values)
    else if (type.startsWith('application/x-www-form-urlencoded'))
      for (const [name, value] of new URLSearchParams(body.toString('utf8')))
        values.set(name, value)
  } catch {
    // A body that is not a call is an ordinary confirmation.
  }
  return { values, files: new Map() }
}
