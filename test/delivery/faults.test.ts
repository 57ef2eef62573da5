import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { BIG_BYTES } from '../../src/actors/media/transfer-gate.ts'
import { sendAgain, storedFiles } from '../../src/actors/telegram/send-again.ts'
import { muxMp4 } from '../../src/sandbox/kie/media/mp4.ts'
import {
  gifImage,
  jpegHeader,
  mp3Header,
  mp4Header,
  oggHeader,
  pngImage,
  webpHeader,
} from '../sandbox/telegram/support/images.ts'
import { createDatabase } from '../support/database.ts'
import { type Answer, CHAT, startBench } from './bench.ts'

const MB = 1024 * 1024
const PDF = Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj\n')
const PAGE = '<!doctype html><html><title>One moment, please</title></html>'
const WEBM = Buffer.concat([
  Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex'),
])

const film = muxMp4({
  width: 64,
  height: 48,
  sps: Buffer.from([0x67, 66, 0, 10]),
  pps: Buffer.from([0x68, 1]),
  pictures: Array.from({ length: 24 }, () => Buffer.alloc(8)),
  picturesPerSecond: 8,
})

/** Pictures that can be told apart. */
const picture = (n: number) => pngImage(10 + n, 10)

const sixty: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 60 * MB })
  response.write(mp4Header(1_000))
}

describe('delivery', async () => {
  const database = await createDatabase({})
  const start = (t: TestContext, options = {}) => startBench(t, database, options)

  const singles: [string, Answer[], string][] = [
    ['a PNG as a photo', [picture(1)], 'photo'],
    ['a JPEG as a photo', [jpegHeader(800, 600)], 'photo'],
    ['a WebP as a photo', [webpHeader(800, 600)], 'photo'],
    ['a picture of 10 MB and more as a document', [pngImage(9, 9, 10 * MB)], 'document'],
    ['a picture of 9000×1100 as a document', [jpegHeader(9000, 1100)], 'document'],
    ['a picture of 4000×100 as a document', [jpegHeader(4000, 100)], 'document'],
    ['a picture that Telegram cannot read as a document', [jpegHeader(0, 0)], 'document'],
    ['a film without extension as a video', [film], 'video'],
    ['a film whose index is missing as a video', [mp4Header(5_000)], 'video'],
    ['a film that the apps do not play as a document', [WEBM], 'document'],
    ['a GIF as a moving picture', [gifImage()], 'animation'],
    ['Ogg with Opus as a voice message', [oggHeader()], 'voice'],
    ['an MP3 as audio', [mp3Header()], 'audio'],
    ['a PDF as a document', [PDF], 'document'],
    ['a picture that was not there at first', [404, 404, picture(2)], 'photo'],
    ['a picture that was a page at first', [PAGE, picture(3)], 'photo'],
    ['a file of 60 MB as a link', [sixty], 'text'],
  ]
  for (const [name, answers, kind] of singles) {
    test(`sends ${name}`, async (t) => {
      const bench = await start(t)
      await bench.run({ urls: [bench.files.put(...answers)] })
      assert.deepEqual(bench.kinds(), [kind])
      assert.deepEqual(bench.events, [{ type: 'result.delivered' }])
      const [message] = bench.user.chat()
      assert.match(`${message?.caption ?? message?.text}`, /Your result is ready/)
      const [record, ...others] = await bench.records()
      assert.deepEqual(others, [])
      assert.equal(record?.status, 'sent')
      assert.deepEqual(record?.message_ids, [message?.id])
      assert.equal(record?.file_ids.length, kind === 'text' ? 0 : 1)
      assert.deepEqual(await bench.leftOpen(), [])
    })
  }

  test('says why there is only a link, and until when', async (t) => {
    const bench = await start(t)
    const url = bench.files.put(sixty)
    await bench.run({ urls: [url] })
    const [message] = bench.user.chat()
    assert.match(`${message?.text}`, /over 50 MB.*14 days/s)
    assert.ok(message?.text?.includes(url))
  })

  test('tells size and length of a film, and that it may play while it loads', async (t) => {
    const bench = await start(t)
    await bench.run({ urls: [bench.files.put(film)] })
    const { width, height, duration, supports_streaming } = bench.sends()[0]?.payload ?? {}
    assert.deepEqual([width, height, duration, supports_streaming].map(String), [
      '64',
      '48',
      '3',
      'true',
    ])
  })

  test('names the player of a sound', async (t) => {
    const bench = await start(t)
    const urls = [bench.files.put(mp3Header(64)), bench.files.put(mp3Header(65))]
    await bench.run({ urls }, { modelId: 'V4' })
    assert.deepEqual(bench.kinds(), ['audio', 'audio'])
    const media = bench.sends()[0]?.payload.media as { performer: string; title: string }[]
    assert.deepEqual(
      media.map((m) => m.performer),
      ['Suno V4', 'Suno V4'],
    )
    assert.match(`${media[1]?.title}`, / 2$/)
  })

  test('gives the money back when a page comes in place of the only file', async (t) => {
    const bench = await start(t)
    await bench.run({ urls: [bench.files.put(PAGE)] })
    assert.deepEqual(bench.events, [{ type: 'result.undeliverable', code: 'media.unusable' }])
    assert.deepEqual(bench.kinds(), [])
  })

  test('gives the money back when the only file never comes', async (t) => {
    const bench = await start(t)
    await bench.run({ urls: [bench.files.put(404)] })
    assert.deepEqual(bench.events, [{ type: 'result.undeliverable', code: 'media.unavailable' }])
    assert.ok(bench.attempts() > 30, 'for half an hour it might have come')
  })

  test('gives the money back for an empty result', async (t) => {
    const bench = await start(t)
    await bench.run({ text: ' ' })
    assert.deepEqual(bench.events, [{ type: 'result.undeliverable', code: 'media.unusable' }])
  })

  test('sends what came, and a link to the one of three that never did', async (t) => {
    const bench = await start(t)
    const urls = [picture(1), 404, picture(2)].map((answer) => bench.files.put(answer))
    await bench.run({ urls })
    assert.deepEqual(bench.kinds(), ['photo', 'photo', 'text'])
    assert.ok(bench.user.chat()[2]?.text?.includes(`${urls[1]}`))
    assert.deepEqual(bench.events, [{ type: 'result.delivered' }])
    assert.deepEqual(await bench.leftOpen(), [])
  })

  test('sends four pictures as one album in their order, one caption on it', async (t) => {
    const bench = await start(t)
    const pictures = [1, 2, 3, 4].map(picture)
    await bench.run({ urls: pictures.map((p) => bench.files.put(p)) })
    const chat = bench.user.chat()
    assert.deepEqual(
      chat.map((m) => m.media?.bytes),
      pictures,
    )
    assert.equal(new Set(chat.map((m) => m.groupId)).size, 1)
    assert.ok(chat[0]?.groupId)
    assert.deepEqual(
      chat.map((m) => m.caption !== undefined),
      [true, false, false, false],
    )
    const records = await bench.records()
    assert.deepEqual(
      records.map(({ method, message_ids }) => [method, message_ids]),
      [['sendMediaGroup:photo,photo,photo,photo', chat.map((m) => m.id)]],
    )
  })

  test('sends thirteen pictures as ten and three', async (t) => {
    const bench = await start(t)
    const pictures = Array.from({ length: 13 }, (_, n) => picture(n))
    await bench.run({ urls: pictures.map((p) => bench.files.put(p)) })
    const chat = bench.user.chat()
    assert.deepEqual(
      chat.map((m) => m.media?.bytes),
      pictures,
    )
    const records = await bench.records()
    assert.deepEqual(
      records.map((r) => r.message_ids.length),
      [10, 3],
    )
    assert.equal(chat.filter((m) => m.caption !== undefined).length, 1)
    assert.equal(bench.files.requests.length, 13, 'each file is fetched once')
  })

  test('mixes pictures with films only, and keeps the order', async (t) => {
    const bench = await start(t)
    const list = [picture(1), film, mp3Header(70), mp3Header(71), PDF, picture(2), gifImage()]
    await bench.run({ urls: list.map((bytes) => bench.files.put(bytes)) })
    assert.deepEqual(bench.kinds(), [
      ...['photo', 'video', 'audio', 'audio'],
      ...['document', 'photo', 'animation'],
    ])
    const groups = (await bench.records()).map((r) => r.message_ids.length)
    assert.deepEqual(groups, [2, 2, 1, 1, 1])
  })

  test('puts no more into an album than one upload may hold', async (t) => {
    const bench = await start(t)
    const big = (n: number) => pngImage(9, 9 + n, 9 * MB)
    const urls = [1, 2, 3, 4, 5, 6].map((n) => bench.files.put(big(n)))
    await bench.run({ urls })
    assert.deepEqual(
      (await bench.records()).map((r) => r.message_ids.length),
      [5, 1],
    )
    assert.deepEqual(await bench.leftOpen(), [])
  })

  test('keeps a file that is too large in its place among the others', async (t) => {
    const bench = await start(t)
    const urls = [picture(1), sixty, picture(2)].map((answer) => bench.files.put(answer))
    await bench.run({ urls })
    assert.deepEqual(bench.kinds(), ['photo', 'text', 'photo'])
    assert.equal(bench.user.chat()[1]?.text?.includes('Your result is ready'), false)
  })

  test('sends the pictures of a refused album one by one', async (t) => {
    const bench = await start(t, { refuses: ['sendMediaGroup'] })
    await bench.run({ urls: [1, 2, 3].map((n) => bench.files.put(picture(n))) })
    assert.deepEqual(bench.kinds(), ['photo', 'photo', 'photo'])
    const records = await bench.records()
    assert.deepEqual(
      records.map((r) => r.method),
      ['sendPhoto', 'sendPhoto', 'sendPhoto'],
    )
    assert.equal(bench.user.chat().filter((m) => m.caption !== undefined).length, 1)
  })

  const ladders: [string, string[], Buffer, string][] = [
    ['a refused photo as a document', ['sendPhoto'], picture(1), 'document'],
    ['a refused film as a document', ['sendVideo'], film, 'document'],
    ['a refused voice message as a document', ['sendVoice'], oggHeader(), 'document'],
    ['what is refused every way as a link', ['sendPhoto', 'sendDocument'], picture(1), 'text'],
    ['a refused document as a link', ['sendDocument'], PDF, 'text'],
  ]
  for (const [name, refuses, bytes, kind] of ladders) {
    test(`sends ${name}`, async (t) => {
      const bench = await start(t, { refuses })
      await bench.run({ urls: [bench.files.put(bytes)] })
      assert.deepEqual(bench.kinds(), [kind])
      assert.deepEqual(bench.events, [{ type: 'result.delivered' }])
    })
  }

  test('waits as long as Telegram asks, then goes on where it stopped', async (t) => {
    let parts = 0
    const bench = await start(t, {
      deps: {
        crashAt: (point: string) => {
          if (point !== 'result.sent') return
          parts += 1
          if (parts === 1) bench.faults.add({ kind: 'flood', retryAfter: 3 })
        },
      },
    })
    const urls = Array.from({ length: 13 }, (_, n) => bench.files.put(picture(n)))
    const error = await bench.tryOnce({ urls })
    assert.deepEqual([error?.code, error?.retryAfterMs], ['telegram.flooded', 3_000])
    assert.equal(bench.user.chat().length, 10)
    assert.equal(bench.flood.delayMs(CHAT) > 2_000, true)
    bench.clock.advance(3_000)
    assert.equal(await bench.tryOnce({ urls }), undefined)
    assert.equal(bench.user.chat().length, 13)
    assert.equal(bench.files.requests.length, 16, 'what is recorded is not fetched again')
    assert.deepEqual(await bench.leftOpen(), [])
  })

  test('fetches nothing for a chat that is held back for long', async (t) => {
    const bench = await start(t)
    bench.flood.hold(CHAT, 60_000)
    const error = await bench.tryOnce({ urls: [bench.files.put(picture(1))] })
    assert.equal(error?.retryAfterMs, 60_000)
    assert.equal(bench.files.requests.length, 0)
  })

  test('ends at once for a user who blocked the bot', async (t) => {
    const bench = await start(t)
    bench.user.block()
    await bench.run({ urls: [1, 2].map((n) => bench.files.put(picture(n))) })
    assert.deepEqual(bench.events, [{ type: 'result.undeliverable', code: 'telegram.blocked' }])
    assert.equal(bench.attempts(), 1)
    assert.equal(bench.sends().length, 1, 'no second way is tried')
  })

  for (const kind of ['server-error', 'reset-before', 'unauthorized'] as const) {
    test(`delivers once after ten minutes of ${kind}`, async (t) => {
      const bench = await start(t)
      const urls = [1, 2, 3, 4].map((n) => bench.files.put(picture(n)))
      bench.faults.add({ kind, times: 0 })
      for (let i = 0; i < 20; i += 1) {
        assert.ok(await bench.tryOnce({ urls }))
        bench.clock.advance(30_000)
      }
      assert.equal(bench.files.requests.length, 4, 'nothing is fetched while nobody answers')
      bench.faults.clear()
      await bench.run({ urls })
      assert.deepEqual(bench.kinds(), ['photo', 'photo', 'photo', 'photo'])
      assert.deepEqual(bench.events, [{ type: 'result.delivered' }])
    })
  }

  test('sends a part again only when its answer was lost, and no other part', async (t) => {
    const bench = await start(t)
    bench.faults.add({ kind: 'reset-after', method: 'sendAudio' })
    const urls = [picture(1), mp3Header(), PDF].map((bytes) => bench.files.put(bytes))
    await bench.run({ urls })
    assert.deepEqual(bench.kinds(), ['photo', 'audio', 'audio', 'document'])
    assert.equal((await bench.records()).length, 3)
  })

  test('gives up an upload that never gets an answer for a link that does', async (t) => {
    const bench = await start(t)
    bench.faults.add({ kind: 'reset-before', method: 'sendPhoto', times: 0 })
    bench.faults.add({ kind: 'reset-before', method: 'sendDocument', times: 0 })
    await bench.run({ urls: [bench.files.put(picture(1))] })
    assert.deepEqual(bench.kinds(), ['text'])
    assert.ok(bench.attempts() > 20)
  })

  test('repeats nothing when it runs again after the end', async (t) => {
    const bench = await start(t)
    const urls = [picture(1), picture(2), PDF, sixty].map((answer) => bench.files.put(answer))
    await bench.run({ urls })
    const count = bench.user.chat().length
    await bench.run({ urls })
    assert.equal(bench.user.chat().length, count)
    assert.equal(bench.events.length, 2)
  })

  test('shows an album again by its file ids alone', async (t) => {
    const bench = await start(t)
    await bench.run({ urls: [picture(1), film, gifImage()].map((b) => bench.files.put(b)) })
    const before = bench.user.chat().map((m) => m.media?.bytes)
    const requests = bench.files.requests.length
    for (const { method, file_ids } of await bench.records()) {
      const [first, ...others] = storedFiles({ method: method ?? '', fileIds: file_ids })
      assert.ok(first)
      await sendAgain(bench, CHAT, [first, ...others], { caption: 'again' })
    }
    const chat = bench.user.chat()
    assert.deepEqual(
      chat.slice(3).map((m) => m.media?.bytes),
      before,
    )
    assert.deepEqual(
      chat.map((m) => m.caption === 'again'),
      [false, false, false, true, false, true],
    )
    assert.equal(bench.files.requests.length, requests)
    assert.deepEqual(storedFiles({ method: 'sendMessage', fileIds: [] }), [])
  })

  test('sends words as a message, long ones as a text file', async (t) => {
    const bench = await start(t)
    await bench.run({ text: 'What <was> said & heard' })
    assert.match(`${bench.user.chat()[0]?.text}`, /What <was> said & heard$/)
    const other = await start(t)
    const words = 'слово '.repeat(1_000)
    await other.run({ text: words })
    const [message] = other.user.chat()
    assert.equal(message?.media?.kind, 'document')
    assert.equal(message?.media?.fileName, 'text.txt')
    assert.equal(message?.media?.bytes.toString('utf8'), `\uFEFF${words}`)
    assert.equal((await other.records())[0]?.file_ids.length, 1)
  })

  test('lets escaped words of full length be a message', async (t) => {
    const bench = await start(t)
    await bench.run({ text: '&'.repeat(3_900) })
    assert.deepEqual(bench.kinds(), ['text'])
  })

  test('sends large files back to the queue when too many are on their way', async (t) => {
    const busy = { ticket: () => ({ enter: async () => Promise.reject(full), leave: () => {} }) }
    const { TransfersBusy } = await import('../../src/actors/media/transfer-gate.ts')
    const full = new TransfersBusy()
    const bench = await start(t, { deps: { transfers: busy } })
    const large = bench.files.put(pngImage(9, 9, BIG_BYTES))
    const error = await bench.tryOnce({ urls: [large] })
    assert.ok(error instanceof TransfersBusy)
    assert.deepEqual(await bench.leftOpen(), [])
    await bench.run({ urls: [bench.files.put(picture(1))] })
    assert.deepEqual(bench.kinds(), ['photo'], 'small ones are not held up')
  })
})
