import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import busboy from 'busboy'
import { createUpload, type UploadDeps, type UploadFile } from '../../../src/actors/kie/upload.ts'
import { RetryableError, TerminalError } from '../../../src/errors.ts'
import { type Answer, hangUp, json, type SeenRequest, startStub } from './stub-server.ts'

const bytes = new Uint8Array(200_000).map((_, index) => index % 251)
const photo: UploadFile = {
  content: bytes,
  fileName: '../Фото.JPG',
  mime: 'image/jpeg',
  size: bytes.length,
}

const uploadTo = (uploadBaseUrl: string, deps: Partial<UploadDeps> = {}) =>
  createUpload({
    uploadBaseUrl,
    headers: { authorization: 'Bearer k', 'user-agent': 'trt' },
    uniqueName: () => 'unique-1',
    timeoutMs: 5_000,
    retryDelaysMs: [1, 1],
    ...deps,
  })

const accepted = json({
  success: true,
  code: 200,
  data: { downloadUrl: 'https://files.example/a' },
})

/** Gives one answer after the other. */
const inTurn =
  (...answers: Answer[]): Answer =>
  (response, request) =>
    (answers.shift() ?? assert.fail('one request too many'))(response, request)

const readForm = async ({ headers, body }: SeenRequest) => {
  const form: Record<string, unknown> = {}
  const parser = busboy({ headers })
  parser.on('field', (name, value) => {
    form[name] = value
  })
  parser.on('file', async (name, stream, { filename, mimeType }) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      form[name] = { filename, mimeType, content: Buffer.concat(chunks) }
    })
  })
  const closed = new Promise((resolve) => parser.once('close', resolve))
  parser.end(body)
  await closed
  return form
}

describe('upload', () => {
  test('sends the bytes as a form under a unique name', async (t) => {
    const stub = await startStub(t, accepted)
    assert.equal(await uploadTo(stub.baseUrl)(photo), 'https://files.example/a')
    const [seen] = stub.seen
    assert.ok(seen)
    assert.equal(seen.url, '/api/file-stream-upload')
    assert.equal(seen.headers.authorization, 'Bearer k')
    assert.equal(Number(seen.headers['content-length']), seen.body.length)
    assert.deepEqual(await readForm(seen), {
      uploadPath: 'trt/inputs',
      fileName: 'unique-1.jpg',
      file: { filename: 'unique-1.jpg', mimeType: 'image/jpeg', content: Buffer.from(bytes) },
    })
  })

  test('streams a source and opens it again for the next try', async (t) => {
    const stub = await startStub(t, inTurn(hangUp, json({ code: 500 }), accepted))
    let opened = 0
    const content = async function* () {
      opened += 1
      yield bytes.subarray(0, 100_000)
      yield bytes.subarray(100_000)
    }
    await uploadTo(stub.baseUrl)({ ...photo, content })
    assert.equal(opened, 3)
    const last = await readForm(stub.seen[2] as SeenRequest)
    assert.deepEqual((last.file as { content: Buffer }).content, Buffer.from(bytes))
  })

  test('understands the other shape of the answer', async (t) => {
    const stub = await startStub(
      t,
      json({ code: 200, data: { fileUrl: 'https://files.example/b' } }),
    )
    assert.equal(await uploadTo(stub.baseUrl)(photo), 'https://files.example/b')
  })

  test('gives up after three tries', async (t) => {
    const stub = await startStub(t, hangUp)
    await assert.rejects(uploadTo(stub.baseUrl)(photo), { code: 'kie.unavailable' })
    assert.equal(stub.seen.length, 3)
  })

  test('does not repeat a refusal', async (t) => {
    const refusals = [
      [401, 'kie.unauthorized'],
      [402, 'kie.credits'],
      [422, 'kie.refused'],
    ] as const
    for (const [code, expected] of refusals) {
      const stub = await startStub(t, json({ success: false, code, msg: 'no' }))
      await assert.rejects(uploadTo(stub.baseUrl)(photo), (error: unknown) => {
        assert.ok(error instanceof TerminalError)
        return error.code === expected
      })
      assert.equal(stub.seen.length, 1)
    }
  })

  test('asks to come back later when the provider is busy', async (t) => {
    const stub = await startStub(t, json({ code: 429, msg: 'slow down' }))
    await assert.rejects(uploadTo(stub.baseUrl)(photo), { code: 'kie.busy' })
    assert.equal(stub.seen.length, 1)
  })

  test('does not take an answer without a usable link', async (t) => {
    const stub = await startStub(t, json({ code: 200, data: { downloadUrl: 'ftp://x' } }))
    await assert.rejects(uploadTo(stub.baseUrl)(photo), RetryableError)
  })

  test('stops waiting for its next try when it is aborted', async (t) => {
    const stop = new AbortController()
    const stub = await startStub(t, (response, seen) => {
      hangUp(response, seen)
      setImmediate(() => stop.abort())
    })
    const upload = uploadTo(stub.baseUrl, { retryDelaysMs: [60_000] })
    await assert.rejects(upload(photo, stop.signal), RetryableError)
    assert.equal(stub.seen.length, 1)
  })
})
