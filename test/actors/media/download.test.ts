import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import { createDownload, type DownloadDeps } from '../../../src/actors/media/download.ts'
import { createSilentHosts } from '../../../src/actors/media/silent-hosts.ts'
import { RetryableError, TerminalError } from '../../../src/errors.ts'
import { type Answer, hang, hangUp, json, raw, startStub } from '../kie/stub-server.ts'
import { mp4, png } from './samples.ts'

const bytes =
  (content: Uint8Array, headers = {}): Answer =>
  (response) =>
    void response.writeHead(200, headers).end(content)

const start = async (t: TestContext, answer: Answer, deps: Partial<DownloadDeps> = {}) => {
  const tempDir = await mkdtemp(path.join(tmpdir(), 'download-test-'))
  t.after(() => rm(tempDir, { recursive: true }))
  const stub = await startStub(t, answer)
  const download = createDownload({
    tempDir,
    maxBytes: 100_000,
    maxBytesInMemory: 10_000,
    allowLoopback: true,
    ...deps,
  })
  return { download, tempDir, url: `${stub.baseUrl}/result`, seen: stub.seen }
}

describe('download', () => {
  test('returns a small picture from memory with its size', async (t) => {
    const picture = png(40, 30)
    const { download, url } = await start(t, bytes(picture, { 'content-type': 'text/html' }))
    const { content, dispose, ...facts } = await download(url)
    assert.deepEqual(facts, {
      kind: 'image',
      mime: 'image/png',
      ext: 'png',
      width: 40,
      height: 30,
      size: picture.length,
    })
    assert.deepEqual(await buffer(content.stream()), Buffer.from(picture))
    await dispose()
  })

  test('lets few wait for a host that does not answer, and nobody for long', async (t) => {
    let now = 0
    const silent = createSilentHosts(() => now)
    const { download, url, seen } = await start(t, hang, { silent, answerMs: 300 })
    const away = { name: 'RetryableError', code: 'media.unavailable' }
    const first = [download(url), download(url)].map((one) => assert.rejects(one, away))
    now = 1_900
    // They may just be slow.
    first.push(assert.rejects(download(url), away))
    now = 2_100
    await assert.rejects(download(url), { ...away, message: /does not answer/ })
    await Promise.all(first)
    assert.equal(seen.length, 3)
    // Then somebody may try again, and other hosts were never in question.
    await assert.rejects(download(url), away)
    assert.equal(seen.length, 4)
    silent.enter('another.example')()
  })

  test('keeps a large file on disk until it is disposed of', async (t) => {
    const video = mp4(50_000)
    const { download, url, tempDir } = await start(t, bytes(video))
    const { content, kind, size, dispose } = await download(url)
    assert.equal(kind, 'video')
    assert.equal(size, 50_000)
    // Twice: a refused upload is followed by another one.
    for (let i = 0; i < 2; i += 1)
      assert.deepEqual(await buffer(content.stream()), Buffer.from(video))
    const piece = Buffer.alloc(8)
    assert.equal(await content.readInto(piece, 4), 8)
    assert.deepEqual(piece, Buffer.from('ftypisom'))
    assert.deepEqual(await readdir(tempDir), [], 'a process that is killed leaves nothing behind')
    await dispose()
    await dispose()
    await assert.rejects(content.readInto(piece, 0))
  })

  const texts: [string, Answer][] = [
    ['HTML', raw('<!doctype html><title>One moment</title>', 200)],
    ['JSON', json({ code: 422 })],
  ]
  for (const [name, answer] of texts)
    test(`refuses ${name} in place of media`, async (t) => {
      const { download, url } = await start(t, answer)
      await assert.rejects(download(url), (error: unknown) => {
        return error instanceof TerminalError && error.code === 'media.unusable'
      })
    })

  const troubles: [string, Answer][] = [
    ['404', raw('gone', 404)],
    ['403', raw('expired', 403)],
    ['503', raw('', 503)],
    ['a reset', hangUp],
    ['an empty file', bytes(new Uint8Array())],
    [
      'a file that breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': 5_000 }).write(mp4(100))
        setImmediate(() => response.socket?.destroy())
      },
    ],
  ]
  for (const [name, answer] of troubles)
    test(`may try again after ${name}`, async (t) => {
      const { download, url } = await start(t, answer)
      await assert.rejects(download(url), (error: unknown) => {
        return error instanceof RetryableError && error.code === 'media.unavailable'
      })
    })

  test('passes on how long to wait', async (t) => {
    const busy = (response: ServerResponse) =>
      void response.writeHead(429, { 'retry-after': '7' }).end()
    const { download, url } = await start(t, busy)
    await assert.rejects(download(url), { code: 'media.unavailable', retryAfterMs: 7_000 })
  })

  test('gives up when time runs out or somebody aborts', async (t) => {
    const { download, url } = await start(t, hang, { timeoutMs: 50 })
    await assert.rejects(download(url), { code: 'media.unavailable' })
    const stop = new AbortController()
    const patient = await start(t, () => stop.abort())
    const stopped = patient.download(patient.url, { signal: stop.signal })
    await assert.rejects(stopped, { code: 'media.unavailable' })
  })

  test('refuses a file over the cap, announced or not, and leaves nothing behind', async (t) => {
    const announced = await start(t, bytes(mp4(100_001), { 'content-length': 100_001 }))
    await assert.rejects(announced.download(announced.url), { code: 'media.too-large' })
    const silent = await start(t, (response) => {
      response.writeHead(200)
      const pour = () => void (response.writable && response.write(mp4(9_000), pour))
      pour()
    })
    await assert.rejects(silent.download(silent.url), { code: 'media.too-large' })
    assert.deepEqual(await readdir(silent.tempDir), [])
    await assert.rejects(silent.download(silent.url, { maxBytes: 10 }), { code: 'media.too-large' })
  })

  const redirectTo =
    (...targets: string[]): Answer =>
    (response, { url }) => {
      const target = targets[Number(url.match(/\d+$/)?.[0] ?? 0)]
      if (target === undefined) return bytes(png(1, 1))(response, {} as never)
      response.writeHead(302, { location: target }).end()
    }

  test('follows three redirects and no more', async (t) => {
    const three = await start(t, redirectTo('/1', '/2', '/3'))
    assert.equal((await three.download(three.url)).kind, 'image')
    assert.equal(three.seen.length, 4)
    const four = await start(t, redirectTo('/1', '/2', '/3', '/4'))
    await assert.rejects(four.download(four.url), { code: 'media.unusable' })
    assert.equal(four.seen.length, 4)
  })

  test('checks the target of a redirect like the link itself', async (t) => {
    for (const target of ['http://10.0.0.1/', 'file:///etc/passwd', 'http://cdn.example/x']) {
      const { download, url } = await start(t, redirectTo(target))
      await assert.rejects(download(url), { code: 'media.unusable' }, target)
    }
  })

  test('connects to no private address, by name or by number', async (t) => {
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    const { download, url, seen } = await start(t, hang, { resolve, allowLoopback: false })
    const port = new URL(url).port
    for (const link of [url, `https://rebound.example:${port}/`, `https://127.0.0.1:${port}/`])
      await assert.rejects(download(link), { code: 'media.unusable' }, link)
    assert.equal(seen.length, 0)
  })

  test('refuses what is no link and may try again when a name does not resolve', async (t) => {
    const resolve = async () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))
    const { download } = await start(t, hang, { resolve })
    await assert.rejects(download('not a link'), { code: 'media.unusable' })
    await assert.rejects(download('https://cdn.example/x'), { code: 'media.unavailable' })
  })
})
