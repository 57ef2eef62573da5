import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createProbeMediaHandler } from '../../../src/actors/effects/media-inspect.ts'
import type { MediaFile, MediaKind } from '../../../src/machines/catalogue/media.ts'
import { muxMp4 } from '../../../src/sandbox/kie/media/mp4.ts'
import type { Answer } from '../../delivery/bench.ts'
import { gifImage, pngImage } from '../../sandbox/telegram/support/images.ts'
import { fixture } from '../media/bytes.ts'
import { uprightJpeg, wav } from '../media/samples.ts'
import { startGiven } from './given-bench.ts'

const MB = 1024 * 1024
const film = muxMp4({
  width: 640,
  height: 360,
  sps: Buffer.from([0x67, 66, 0, 10]),
  pps: Buffer.from([0x68, 1]),
  pictures: Array.from({ length: 20 }, () => Buffer.alloc(50)),
  picturesPerSecond: 8,
})
const PAGE = '<!doctype html><html><title>Sign in</title></html>'

async function start(t: TestContext, downloads = {}) {
  const bench = await startGiven(t, downloads)
  const handler = createProbeMediaHandler(bench)
  return {
    ...bench,
    /** What the conversation hears of a file. */
    async inspect(media: MediaFile, expects: MediaKind = 'image') {
      const tries = await bench.run(handler, { serial: 7, media, expects })
      assert.equal(bench.events.length, 1)
      assert.deepEqual(await bench.leftOpen(), [])
      return { tries, event: bench.events[0] }
    },
  }
}

const refused = (code: string) => ({ type: 'media.refused', serial: 7, code })

describe('media.inspect', () => {
  test('tells what a file of the chat truly is, whatever was said about it', async (t) => {
    const bench = await start(t)
    const bytes = Buffer.from(uprightJpeg(400, 300))
    const fileId = await bench.give(bytes, 'film.mp4')
    const claimed = { kind: 'document', mime: 'video/mp4', duration: 99, width: 1, fileId }
    const { event } = await bench.inspect({ ...claimed, uniqueId: 'u', fileName: 'film.mp4' })
    assert.deepEqual(event, {
      type: 'media.inspected',
      serial: 7,
      media: {
        ...{ kind: 'image', mime: 'image/jpeg', size: bytes.length, width: 300, height: 400 },
        ...{ fileId, uniqueId: 'u', fileName: 'film.mp4' },
      },
    })
  })

  test('measures films and sounds to the fraction of a second', async (t) => {
    const bench = await start(t)
    const fileId = await bench.give(film)
    const { event } = await bench.inspect({ kind: 'video', fileId, duration: 2 }, 'video')
    assert.partialDeepStrictEqual(event, {
      media: { kind: 'video', mime: 'video/mp4', duration: 2.5, width: 640, height: 360 },
    })
    const other = await start(t)
    const sound = await other.give(Buffer.from(wav(3)))
    assert.partialDeepStrictEqual(
      (await other.inspect({ kind: 'voice', fileId: sound }, 'audio')).event,
      {
        media: { kind: 'audio', mime: 'audio/wav', duration: 3 },
      },
    )
  })

  test('follows a link and keeps it', async (t) => {
    const bench = await start(t)
    const url = bench.files.put(pngImage(31, 7))
    const { event } = await bench.inspect({ kind: 'link', url })
    assert.partialDeepStrictEqual(event, {
      type: 'media.inspected',
      media: { kind: 'image', url, width: 31, height: 7 },
    })
  })

  test('takes larger files from a link than from the chat', async (t) => {
    const bench = await start(t)
    const { event } = await bench.inspect({
      kind: 'link',
      url: bench.files.put(pngImage(9, 9, 25 * MB)),
    })
    assert.equal(event?.type, 'media.inspected')
    const other = await start(t)
    const fileId = await other.give(pngImage(9, 9, 25 * MB))
    assert.deepEqual(
      (await other.inspect({ kind: 'document', fileId })).event,
      refused('media.too-large'),
    )
  })

  const links: [string, Answer, string, number][] = [
    ['a page in place of a picture', PAGE, 'media.unusable', 1],
    ['a moving picture in place of a picture', gifImage(), 'media.unusable', 1],
    ['a document', Buffer.from('%PDF-1.7\n'), 'media.unusable', 1],
    [
      'a file of more than 100 MB',
      (r) => void r.writeHead(200, { 'content-length': 101 * MB }).flushHeaders(),
      'media.too-large',
      1,
    ],
    ['nothing', 404, 'media.unavailable', 4],
    [
      'a redirect to another machine',
      (r) => void r.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
      'media.unusable',
      1,
    ],
  ]
  for (const [name, answer, code, tries] of links) {
    test(`refuses ${name} behind a link`, async (t) => {
      const bench = await start(t)
      const found = await bench.inspect({ kind: 'link', url: bench.files.put(answer) })
      assert.deepEqual(found, { tries, event: refused(code) })
    })
  }

  test('goes to no private address, not even by a public name', async (t) => {
    const resolve = async () => [{ address: '169.254.169.254', family: 4 }]
    for (const url of [
      'https://meta.example/latest',
      'http://127.0.0.1:1/x',
      'https://10.0.0.1/x',
    ]) {
      const bench = await start(t, { resolve, allowLoopback: false })
      assert.deepEqual(
        (await bench.inspect({ kind: 'link', url })).event,
        refused('media.unusable'),
      )
    }
  })

  test('says that a file which Telegram does not know is not there', async (t) => {
    const bench = await start(t)
    const { event } = await bench.inspect({ kind: 'photo', fileId: 'of another bot' })
    assert.deepEqual(event, refused('media.unavailable'))
  })

  test('hands on another kind of file as what it is: the question says what it takes', async (t) => {
    const bench = await start(t)
    const { event } = await bench.inspect({ kind: 'link', url: bench.files.put(film) })
    assert.partialDeepStrictEqual(event, { type: 'media.inspected', media: { kind: 'video' } })
  })

  for (const [name, bytes] of [
    ['picture', Buffer.from(uprightJpeg(400, 300)).subarray(0, -2)],
    ['film', fixture('plain-30s.mp4').subarray(0, 30_000)],
  ] as const) {
    test(`finds a ${name} that is cut`, async (t) => {
      const bench = await start(t)
      const fileId = await bench.give(bytes)
      assert.deepEqual(
        (await bench.inspect({ kind: 'document', fileId })).event,
        refused('media.damaged'),
      )
    })
  }

  test('asks again for a file that Telegram has mislaid for a moment', async (t) => {
    const bench = await start(t)
    const fileId = await bench.give(pngImage(31, 7))
    bench.telegram.faults.add({ kind: 'file-away', method: 'getFile', times: 2 })
    const { tries, event } = await bench.inspect({ kind: 'document', fileId })
    assert.deepEqual([tries, event?.type], [3, 'media.inspected'])
  })

  test('gives up on a file that stays away', async (t) => {
    const bench = await start(t)
    const fileId = await bench.give(pngImage(31, 7))
    bench.telegram.faults.add({ kind: 'file-away', method: 'getFile', times: 0 })
    const found = await bench.inspect({ kind: 'document', fileId })
    assert.deepEqual(found, { tries: 4, event: refused('media.unavailable') })
  })

  test('waits while Telegram is away', async (t) => {
    const bench = await start(t)
    const fileId = await bench.give(pngImage(31, 7))
    bench.telegram.faults.add({ kind: 'server-error', method: 'getFile', times: 6 })
    const { tries, event } = await bench.inspect({ kind: 'photo', fileId })
    assert.deepEqual([tries, event?.type], [7, 'media.inspected'])
  })
})
