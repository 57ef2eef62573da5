import { randomBytes } from 'node:crypto'
import http, { type Agent, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { Readable } from 'node:stream'
import { TelegramError } from 'telegraf'
import { pour } from '../media/pour.ts'

interface FilePart {
  readonly source: Uint8Array | Readable
  readonly filename: string
}

type Fields = Readonly<Record<string, unknown>>

const MAX_ANSWER_BYTES = 4_194_304

const isFilePart = (value: unknown): value is FilePart =>
  typeof value === 'object' && value !== null && 'source' in value

const disposition = (name: string, rest = '') =>
  `Content-Disposition: form-data; name="${name}"${rest}\r\n\r\n`

async function* formOf(fields: Fields, boundary: string): AsyncGenerator<Uint8Array> {
  for (const [name, value] of Object.entries(fields)) {
    const start = `--${boundary}\r\n`
    if (!isFilePart(value)) {
      yield Buffer.from(`${start}${disposition(name)}${String(value)}\r\n`)
      continue
    }
    yield Buffer.from(start + disposition(name, `; filename="${value.filename}"`))
    if (value.source instanceof Uint8Array) yield value.source
    else yield* value.source as AsyncIterable<Uint8Array>
    yield Buffer.from('\r\n')
  }
  yield Buffer.from(`--${boundary}--\r\n`)
}

async function readAnswer(response: IncomingMessage): Promise<unknown> {
  const { statusCode = 0, statusMessage = '' } = response
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size <= MAX_ANSWER_BYTES) chunks.push(chunk)
  }
  // A gateway in front of the Bot API answers these in HTML.
  if (statusCode >= 500 || statusCode === 413)
    throw new TelegramError({ error_code: statusCode, description: statusMessage })
  const answer = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  if (!answer.ok) throw new TelegramError(answer)
  return answer.result
}

/** Reasons as telegraf's client names them, so that both ways out are judged by one table. */
const asFetchError = (error: NodeJS.ErrnoException) =>
  Object.assign(new Error('upload failed'), { name: 'FetchError', code: error.code })

/**
 * Uploads files no faster than the network takes them. Telegraf's own form ignores back-pressure and
 * holds whole files in memory (sandwich-stream pushes whatever is readable). An answer that comes
 * before the upload is over counts, and ends it: that is how "too large" arrives.
 */
export function postForm({
  url,
  agent,
  fields,
  signal,
}: {
  url: URL
  agent: Agent
  fields: Fields
  signal: AbortSignal
}): Promise<unknown> {
  const boundary = `trt-${randomBytes(18).toString('hex')}`
  return new Promise((resolve, reject) => {
    const { request: open } = url.protocol === 'https:' ? https : http
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
    const request = open(url, { method: 'POST', agent, signal, headers })
    let answered = false
    request.once('response', (response) => {
      answered = true
      readAnswer(response)
        .then(resolve, reject)
        .finally(() => {
          if (!request.writableFinished) request.destroy()
        })
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (!answered) reject(asFetchError(error))
    })
    pour(formOf(fields, boundary), request).catch(() => request.destroy())
  })
}
