import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, type TestContext, test } from 'node:test'
import { createProbeMediaHandler } from '../../../src/actors/effects/media-inspect.ts'
import type { ReactionDeps } from '../../../src/actors/telegram/reaction.ts'
import type { MediaFile, MediaKind } from '../../../src/machines/catalogue/media.ts'
import { muxMp4 } from '../../../src/sandbox/kie/media/mp4.ts'
import type { Answer } from '../../delivery/bench.ts'
import { gifImage, pngImage } from '../../sandbox/telegram/support/images.ts'
import { waitFor } from '../../support/wait.ts'
import { fixture } from '../media/bytes.ts'
import { uprightJpeg, wav } from '../media/samples.ts'
import { openGate } from './bench.ts'
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

async function start(t: TestContext, downloads = {}, changed: Partial<ReactionDeps> = {}) {
  const bench = { ...(await startGiven(t, downloads)), ...changed }
  const handler = createProbeMediaHandler(bench)
  return {
    ...bench,
    /** What the conversation hears of a file. */
    /** A file that comes when `release` is called, and the look into it. */
    slowLook(messageId: number) {
      const asked = Promise.withResolvers<ServerResponse>()
      const url = bench.files.put((response) => asked.resolve(response))
      const looked = this.inspect({ kind: 'link', url }, 'image', messageId)
      return {
        asked: asked.promise,
        async release() {
          const response = await asked.promise
          response.end(pngImage(9, 9))
          return (await looked).event
        },
      }
    },
    reactions: () =>
      bench.telegram.calls.filter(({ method }) => method === 'setMessageReaction').length,
    async inspect(media: MediaFile, expects: MediaKind = 'image', messageId?: number) {
      const message = messageId === undefined ? {} : { message: { chatId: 42, messageId } }
      const tries = await bench.run(handler, { serial: 7, media, expects, ...message })
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

  describe('reacts to the message', () => {
    test('while it is looked into, and takes that back when it is done', async (t) => {
      const bench = await start(t)
      const { id } = bench.user.sendText('a file')
      const seen = () =>
        bench.user
          .chat()
          .find((message) => message.id === id)
          ?.reactions.get('bot')
      const look = bench.slowLook(id)
      await waitFor(() => seen()?.[0] === '👀', { what: 'the reaction' })
      assert.equal((await look.release())?.type, 'media.inspected')
      await waitFor(() => seen() === undefined, { what: 'the end of the reaction' })
    })

    test('and goes on where Telegram refuses that, which is not asked twice', async (t) => {
      const bench = await start(t)
      const look = bench.slowLook(99)
      await waitFor(() => bench.reactions() === 1, { what: 'the reaction to no message' })
      assert.equal((await look.release())?.type, 'media.inspected')
      assert.equal(bench.reactions(), 1)
    })

    test('not where the chat has just had all that it may have', async (t) => {
      let askedRoom = 0
      const full = openGate()
      const flood = { ...full, delayMs: () => ++askedRoom }
      const bench = await start(t, {}, { flood })
      const look = bench.slowLook(bench.user.sendText('a file').id)
      await waitFor(() => askedRoom > 0, { what: 'the question for room' })
      assert.equal((await look.release())?.type, 'media.inspected')
      assert.equal(bench.reactions(), 0)
    })
  })

  test('waits while Telegram is away', async (t) => {
    const bench = await start(t)
    const fileId = await bench.give(pngImage(31, 7))
    bench.telegram.faults.add({ kind: 'server-error', method: 'getFile', times: 6 })
    const { tries, event } = await bench.inspect({ kind: 'photo', fileId })
    assert.deepEqual([tries, event?.type], [7, 'media.inspected'])
  })
})
