import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FakeKie } from '../../../src/sandbox/kie/server.ts'
import { API_KEY, create, finished, post, reply, resultUrls, startKie } from './fixture.ts'

/** The smallest PNG that programs accept: one pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

interface Uploaded {
  success: boolean
  code: number
  msg: string
  data: Record<string, unknown> & { downloadUrl: string }
}

async function upload(kie: FakeKie, fields: Record<string, string>, bytes?: Uint8Array) {
  const body = new FormData()
  // The file first: nobody promises that the fields come before it.
  if (bytes) body.append('file', new Blob([Buffer.from(bytes)]), 'photo.jpg')
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  const headers = { authorization: `Bearer ${API_KEY}` }
  const response = await fetch(`${kie.url}/api/file-stream-upload`, {
    method: 'POST',
    headers,
    body,
  })
  return (await response.json()) as Uploaded
}

const edit = (image_url: unknown) => ({
  model: 'qwen/image-edit',
  input: { prompt: 'Add a hat', image_url },
})

describe('uploads', () => {
  test('by stream: the documented answer, and the same bytes back', async (t) => {
    const kie = await startKie(t)
    const { success, code, data } = await upload(
      kie,
      { uploadPath: '/images/user/', fileName: 'фото 1.png' },
      pixel,
    )
    assert.deepEqual([success, code], [true, 200])
    assert.deepEqual(
      [data.fileName, data.filePath, data.fileSize, data.mimeType],
      ['фото 1.png', 'images/user/фото 1.png', pixel.length, 'image/png'],
    )
    assert.ok(!Number.isNaN(Date.parse(String(data.uploadedAt))))
    const back = await fetch(data.downloadUrl)
    assert.equal(back.headers.get('content-type'), 'image/png')
    assert.deepEqual(Buffer.from(await back.arrayBuffer()), pixel)
  })

  test('by base64, plain or as a data URL', async (t) => {
    const kie = await startKie(t)
    for (const base64Data of [
      pixel.toString('base64'),
      `data:image/png;base64,${pixel.toString('base64')}`,
    ]) {
      const made = await post(kie, '/api/file-base64-upload', { base64Data, uploadPath: 'a' })
      const { data } = (await made.json()) as Uploaded
      assert.match(String(data.fileName), /\.png$/)
      assert.equal((await (await fetch(data.downloadUrl)).arrayBuffer()).byteLength, pixel.length)
    }
  })

  test('by address', async (t) => {
    const kie = await startKie(t)
    const [fileUrl] = await resultUrls(kie, await finished(kie))
    const made = await post(kie, '/api/file-url-upload', { fileUrl, uploadPath: 'a' })
    assert.equal(((await made.json()) as Uploaded).data.mimeType, 'image/png')
  })

  test('need a path and a file', async (t) => {
    const kie = await startKie(t)
    assert.equal((await upload(kie, {}, pixel)).msg, 'uploadPath is required')
    assert.equal((await upload(kie, { uploadPath: '../..' }, pixel)).msg, 'uploadPath is required')
    assert.equal((await upload(kie, { uploadPath: 'a' })).msg, 'file is required')
    const bad = { base64Data: 'n0t base64!', uploadPath: 'a' }
    assert.equal((await reply(post(kie, '/api/file-base64-upload', bad))).code, 400)
    assert.equal(kie.control.uploads.length, 0)
  })

  test('under an equal name overwrite', async (t) => {
    const kie = await startKie(t)
    const place = { uploadPath: 'a', fileName: 'b.png' }
    await upload(kie, place, pixel)
    const { data } = await upload(kie, place, Buffer.from('new'))
    assert.equal(await (await fetch(data.downloadUrl)).text(), 'new')
    assert.equal(kie.control.uploads.length, 1)
  })

  test('live for 24 hours; afterwards no model can take them', async (t) => {
    let now = Date.now()
    const kie = await startKie(t, { now: () => now })
    const { data } = await upload(kie, { uploadPath: 'a' }, pixel)
    now += 24 * 3_600_000 - 1
    assert.equal((await fetch(data.downloadUrl)).status, 200)
    now += 1
    assert.equal((await fetch(data.downloadUrl)).status, 404)
    assert.equal((await create(kie, edit(data.downloadUrl))).msg, 'The file could not be fetched')
  })

  test('need the key', async (t) => {
    const kie = await startKie(t)
    const made = await fetch(`${kie.url}/api/file-stream-upload`, { method: 'POST' })
    assert.equal(((await made.json()) as Uploaded).code, 401)
  })
})

describe('media in an input', () => {
  test('may be an upload, and is fetched and shown', async (t) => {
    const kie = await startKie(t)
    const { data } = await upload(kie, { uploadPath: 'a' }, pixel)
    await finished(kie, edit(data.downloadUrl))
    assert.equal(kie.control.tasks[0]?.source?.bytes.length, pixel.length)
    assert.deepEqual(kie.control.violations, [])
  })

  test('may lie elsewhere on the internet under https', async (t) => {
    const kie = await startKie(t)
    assert.equal((await create(kie, edit('https://example.com/cat.png'))).code, 200)
  })

  test('must be what the field wants, by its bytes', async (t) => {
    const kie = await startKie(t)
    const { data } = await upload(kie, { uploadPath: 'a', fileName: 'x.png' }, Buffer.from('text'))
    assert.equal((await create(kie, edit(data.downloadUrl))).msg, 'File type not supported')
  })

  test('must not be smaller than the model takes', async (t) => {
    const kie = await startKie(t)
    const { data } = await upload(kie, { uploadPath: 'a' }, pixel)
    const model = 'recraft/remove-background'
    const { msg } = await create(kie, { model, input: { image: data.downloadUrl } })
    assert.equal(msg, 'The size of the picture is not supported')
  })

  test('must not be larger than the model takes', async (t) => {
    const kie = await startKie(t)
    const large = Buffer.concat([pixel, Buffer.alloc(10 * 1024 * 1024)])
    const { data } = await upload(kie, { uploadPath: 'a' }, large)
    assert.equal((await create(kie, edit(data.downloadUrl))).msg, 'The file is larger than 10 MB')
  })

  const token = '123456789:AAE-secret_secret'
  const leaks: [string, string, string][] = [
    ['a Telegram link', `https://api.telegram.org/file/bot${token}/p.jpg`, 'telegram-link'],
    ['a bot link elsewhere', `https://proxy.example/bot${token}/p.jpg`, 'telegram-link'],
    ['a Telegram file id', 'AgACAgIAAxkBAAIBZ2', 'not-a-link'],
    ['a plain http link', 'http://example.com/p.jpg', 'insecure-link'],
  ]
  for (const [name, value, kind] of leaks)
    test(`must not be ${name}; it is put on record without the token`, async (t) => {
      const kie = await startKie(t)
      const { code, msg } = await create(kie, edit(value))
      assert.deepEqual([code, msg], [422, 'File type not supported'])
      assert.deepEqual(
        kie.control.violations.map((v) => [v.kind, v.where]),
        [[kind, 'qwen/image-edit image_url']],
      )
      assert.doesNotMatch(JSON.stringify(kie.control.violations), /AAE-secret/)
      const uploadIt = post(kie, '/api/file-url-upload', { fileUrl: value, uploadPath: 'a' })
      assert.equal((await reply(uploadIt)).code, 422)
      assert.equal(kie.control.violations.length, 2)
    })
})
