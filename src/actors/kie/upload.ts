import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { RetryableError } from '../../errors.ts'
import { answerError, transportError } from './errors.ts'
import { firstOf, isJson, readText } from './loose-json.ts'
import { postPieces } from './post-pieces.ts'
import { isFetchable } from './results.ts'
import { type Envelope, exchange, type Sendable } from './transport.ts'

/** A file to hand over; a function is called anew for every try, so a stream can be sent again. */
export interface UploadFile {
  readonly content: Uint8Array | (() => AsyncIterable<Uint8Array>)
  readonly fileName: string
  readonly mime: string
  /** Bytes in all; lets the server see a cut stream. */
  readonly size: number
}

export interface UploadDeps {
  readonly uploadBaseUrl: string
  readonly headers: Readonly<Record<string, string>>
  /** Makes a file name that was never used before: an equal name would overwrite the older file. */
  readonly uniqueName: () => string
  readonly timeoutMs: number
  /** Waits between the tries. */
  readonly retryDelaysMs: readonly number[]
}

const ENDPOINT = '/api/file-stream-upload'
const UPLOAD_PATH = 'trt/inputs'
const EXTENSION = /\.([a-z0-9]{1,8})$/i

const chunksOf = (content: UploadFile['content']): AsyncIterable<Uint8Array> =>
  typeof content === 'function'
    ? content()
    : (async function* () {
        yield content
      })()

const field = (boundary: string, name: string, value: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

interface Multipart {
  readonly type: string
  readonly length: number
  readonly chunks: AsyncIterable<Uint8Array>
}

/** FormData would gather a stream in memory first; this passes the chunks through as they come. */
const multipart = (file: UploadFile, fileName: string): Multipart => {
  const boundary = `trt-${randomBytes(16).toString('hex')}`
  const head = Buffer.from(
    `${field(boundary, 'uploadPath', UPLOAD_PATH)}${field(boundary, 'fileName', fileName)}` +
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
      `Content-Type: ${file.mime}\r\n\r\n`,
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    length: head.length + file.size + tail.length,
    chunks: (async function* () {
      yield head
      yield* chunksOf(file.content)
      yield tail
    })(),
  }
}

const linkIn = ({ data, body }: Envelope): string => {
  const layers = [data, body].filter(isJson)
  const link = firstOf(layers, ['downloadUrl', 'fileUrl'], readText)
  if (link !== undefined && isFetchable(link)) return link
  throw new RetryableError('kie.unavailable', { detail: 'The upload was answered without a link.' })
}

const safeName = (uniqueName: string, fileName: string): string => {
  const extension = EXTENSION.exec(fileName)?.[1]?.toLowerCase()
  return extension === undefined ? uniqueName : `${uniqueName}.${extension}`
}

const isRepeatable = (thrown: unknown): boolean =>
  thrown instanceof RetryableError && thrown.code === 'kie.unavailable'

/**
 * Uploads bytes and returns a link that lives about a day
 * (https://docs.kie.ai/file-upload-api/quickstart). Trouble on the way is tried again under the same
 * name, which can only overwrite our own copy; a refusal is final.
 */
export const createUpload = (deps: UploadDeps) => {
  const { uploadBaseUrl, headers, uniqueName, timeoutMs, retryDelaysMs } = deps

  const uploadOnce = async (file: UploadFile, fileName: string, signal?: AbortSignal) => {
    const { type, length, chunks } = multipart(file, fileName)
    // One try, one stream: what carries it is made for this very body.
    const send = (url: string, request: Sendable) => postPieces(url, { ...request, body: chunks })
    const envelope = await exchange(send, {
      url: `${uploadBaseUrl}${ENDPOINT}`,
      method: 'POST',
      headers: { ...headers, 'content-type': type, 'content-length': String(length) },
      timeoutMs,
      signal,
    }).catch((thrown: unknown) => {
      throw transportError('upload', thrown)
    })
    if (envelope.code !== 200) throw answerError({ operation: 'upload', ...envelope })
    return linkIn(envelope)
  }

  return async (file: UploadFile, signal?: AbortSignal): Promise<string> => {
    const fileName = safeName(uniqueName(), file.fileName)
    for (const delayMs of retryDelaysMs) {
      try {
        return await uploadOnce(file, fileName, signal)
      } catch (thrown) {
        if (!isRepeatable(thrown) || signal?.aborted) throw thrown
        await sleep(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
          throw thrown
        })
      }
    }
    return uploadOnce(file, fileName, signal)
  }
}
