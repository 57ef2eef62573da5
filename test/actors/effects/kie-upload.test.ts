import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, type TestContext, test } from 'node:test'
import { createKieUploadHandler } from '../../../src/actors/effects/kie-upload.ts'
import type { MediaFile } from '../../../src/machines/catalogue/media.ts'
import { muxMp4 } from '../../../src/sandbox/kie/media/mp4.ts'
import { UPLOAD_LIFE_MS } from '../../../src/sandbox/kie/upload-store.ts'
import { jpegHeader, pngImage } from '../../sandbox/telegram/support/images.ts'
import { wav } from '../media/samples.ts'
import { startGiven, TOKEN } from './given-bench.ts'

const MB = 1024 * 1024
const filmOf = (seconds: number) =>
  muxMp4({
    width: 640,
    height: 360,
    sps: Buffer.from([0x67, 66, 0, 10]),
    pps: Buffer.from([0x68, 1]),
    pictures: Array.from({ length: seconds * 8 }, () => Buffer.alloc(50)),
    picturesPerSecond: 8,
  })

async function start(t: TestContext) {
  const bench = await startGiven(t)
  const handler = createKieUploadHandler({ ...bench, kie: bench.client, crashAt: () => {} })
  return {
    ...bench,
    /** Hands the files of an order over; returns what the job hears. */
    async upload(modelId: string, answers: Record<string, MediaFile | MediaFile[]>) {
      bench.events.length = 0
      await bench.run(handler, { modelId, answers, fields: Object.keys(answers) })
      assert.deepEqual(await bench.leftOpen(), [])
      const [event, ...others] = bench.events
      assert.deepEqual(others, [])
      return event as { type: string; code?: string; uploads: Record<string, string[]> }
    },
  }
}

const bytesOf = async (link: string) => Buffer.from(await (await fetch(link)).arrayBuffer())

describe('kie.upload', () => {
  test('hands over pictures, films and sounds as bytes under names of their own', async (t) => {
    const bench = await start(t)
    const [picture, sound] = [pngImage(400, 400), Buffer.from(wav(3))]
    const event = await bench.upload('infinitalk/from-audio', {
      image_url: { kind: 'photo', fileId: await bench.give(picture) },
      audio_url: { kind: 'voice', fileId: await bench.give(sound), duration: 3 },
    })
    assert.equal(event.type, 'inputs.uploaded')
    const { image_url: [image = ''] = [], audio_url: [audio = ''] = [] } = event.uploads
    assert.deepEqual(await bytesOf(image), picture)
    assert.deepEqual(await bytesOf(audio), sound)
    const { uploads } = bench.kie.control
    assert.deepEqual(
      uploads.map(({ mime, via }) => [mime, via]),
      [
        ['image/png', 'stream'],
        ['audio/wav', 'stream'],
      ],
    )
    assert.match(uploads[0]?.fileName ?? '', /^[0-9a-f-]{36}\.png$/)
    const film = await bench.upload('topaz/video-upscale', {
      video_url: { kind: 'video', fileId: await bench.give(filmOf(2)), duration: 2 },
    })
    assert.equal(film.type, 'inputs.uploaded')
  })

  test('hands over lists in their order, from the chat and from links', async (t) => {
    const bench = await start(t)
    const pictures = [1, 2, 3].map((n) => pngImage(400 + n, 400))
    const [first, second, third] = pictures as [Buffer, Buffer, Buffer]
    const { uploads } = await bench.upload('google/nano-banana-edit', {
      image_urls: [
        { kind: 'photo', fileId: await bench.give(first) },
        { kind: 'image', url: bench.files.put(second) },
        { kind: 'document', fileId: await bench.give(third) },
      ],
    })
    const links = uploads.image_urls ?? []
    assert.deepEqual(await Promise.all(links.map(bytesOf)), pictures)
    assert.equal(new Set(links).size, 3)
  })

  test('tells the provider nothing that leads to the chat', async (t) => {
    const bench = await start(t)
    const { uploads } = await bench.upload('recraft/remove-background', {
      image: { kind: 'photo', fileId: await bench.give(pngImage(400, 400), `${TOKEN}.png`) },
    })
    const [token, secret] = [TOKEN, TOKEN.slice(-12)]
    for (const upload of bench.kie.control.uploads) {
      assert.doesNotMatch(JSON.stringify(upload), new RegExp(`${token}|${secret}|telegram`))
      assert.equal((await readFile(upload.file)).includes(secret), false)
    }
    assert.doesNotMatch(JSON.stringify(uploads), /telegram|given/)
    assert.deepEqual(bench.kie.control.violations, [])
  })

  test('hands everything over again when an order is repeated', async (t) => {
    const bench = await start(t)
    const answers = { image: { kind: 'photo', fileId: await bench.give(pngImage(400, 400)) } }
    const [before = ''] =
      (await bench.upload('recraft/remove-background', answers)).uploads.image ?? []
    bench.clock.advance(UPLOAD_LIFE_MS)
    assert.equal((await fetch(before)).status, 404)
    const [after = ''] =
      (await bench.upload('recraft/remove-background', answers)).uploads.image ?? []
    assert.notEqual(after, before)
    assert.equal((await fetch(after)).status, 200)
  })

  test('tries again when the provider or Telegram stumbles', async (t) => {
    const bench = await start(t)
    const fileId = await bench.give(pngImage(400, 400))
    bench.telegram.faults.add({ kind: 'server-error', method: 'getFile', times: 2 })
    bench.kie.control.faults.add({ kind: 'reset-before', route: 'upload', times: 5 })
    const event = await bench.upload('recraft/remove-background', {
      image: { kind: 'photo', fileId },
    })
    assert.equal(event.type, 'inputs.uploaded')
  })

  const refusals: [string, string, string, Buffer, string][] = [
    ['another kind of file', 'recraft/remove-background', 'image', filmOf(1), 'media.unusable'],
    [
      'a type that the field does not take',
      'kling/v2-1-pro',
      'image_url',
      webp(),
      'media.unusable',
    ],
    [
      'more bytes than the field takes',
      'recraft/remove-background',
      'image',
      pngImage(400, 400, 6 * MB),
      'media.too-large',
    ],
    ['text', 'recraft/remove-background', 'image', Buffer.from('<html>'), 'media.unusable'],
  ]
  for (const [name, modelId, field, bytes, code] of refusals) {
    test(`hands over no ${name}`, async (t) => {
      const bench = await start(t)
      const answers = { [field]: { kind: 'image', fileId: await bench.give(bytes) } }
      const event = await bench.upload(modelId, answers)
      assert.deepEqual(event, { type: 'inputs.rejected', code })
      assert.deepEqual(bench.kie.control.uploads, [])
    })
  }

  test('takes no film that has become longer than the one that was priced', async (t) => {
    const bench = await start(t)
    const url = bench.files.put(filmOf(4))
    const priced = { kind: 'video', url, duration: 2 }
    const event = await bench.upload('topaz/video-upscale', { video_url: priced })
    assert.deepEqual(event, { type: 'inputs.rejected', code: 'media.unusable' })
    const same = { kind: 'video', url, duration: 4 }
    assert.equal(
      (await bench.upload('topaz/video-upscale', { video_url: same })).type,
      'inputs.uploaded',
    )
  })

  test('takes any length where the price does not depend on it', async (t) => {
    const bench = await start(t)
    const picture = {
      kind: 'photo',
      fileId: await bench.give(jpegHeader(800, 600)),
      width: 90,
      height: 60,
    }
    const event = await bench.upload('recraft/remove-background', { image: picture })
    assert.equal(event.type, 'inputs.uploaded')
  })
})

function webp(): Buffer {
  const bytes = Buffer.alloc(30)
  bytes.write('RIFF\x16\0\0\0WEBPVP8X\x0a', 0, 'latin1')
  bytes.set([0x8f, 1, 0, 0x8f, 1, 0], 24)
  return bytes
}
