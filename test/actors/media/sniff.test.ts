import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readPixelSize } from '../../../src/actors/media/pixel-size.ts'
import { sniffMedia } from '../../../src/actors/media/sniff.ts'
import { fc } from '../../support/properties.ts'
import { gif, jpeg, mp3, mp4, png, uprightJpeg, webp } from './samples.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

describe('sniffMedia', () => {
  const pictures: [string, Uint8Array, object][] = [
    ['PNG', png(31, 7), { kind: 'image', mime: 'image/png', ext: 'png', width: 31, height: 7 }],
    [
      'JPEG',
      jpeg(640, 480),
      { kind: 'image', mime: 'image/jpeg', ext: 'jpg', width: 640, height: 480 },
    ],
    [
      'GIF',
      gif(300, 5),
      { kind: 'animation', mime: 'image/gif', ext: 'gif', width: 300, height: 5 },
    ],
    ...Object.entries(webp).map(([name, make]): [string, Uint8Array, object] => [
      `${name} WebP`,
      make(1000, 999),
      { kind: 'image', mime: 'image/webp', ext: 'webp', width: 1000, height: 999 },
    ]),
    ['MP4', mp4(), { kind: 'video', mime: 'video/mp4', ext: 'mp4' }],
    ['MP3', mp3, { kind: 'audio', mime: 'audio/mpeg', ext: 'mp3' }],
    ['PDF', bytesOf('%PDF-1.7\n'), { kind: 'other', mime: 'application/pdf', ext: 'pdf' }],
    [
      'SVG',
      bytesOf('<?xml version="1.0"?>\n<svg xmlns="x"/>'),
      { kind: 'other', mime: 'image/svg+xml', ext: 'svg' },
    ],
    [
      'unknown bytes',
      new Uint8Array([0, 1, 2, 3, 250]),
      { kind: 'other', mime: 'application/octet-stream', ext: 'bin' },
    ],
  ]
  for (const [name, bytes, expected] of pictures)
    test(`knows ${name}`, async () => assert.deepEqual({ ...(await sniffMedia(bytes)) }, expected))

  test('finds no media in text', async () => {
    const texts = [
      '<!doctype html><title>Just a moment</title>',
      '<html><svg></svg></html>',
      '{"code":404}',
      '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>',
      'Доступ запрещён',
    ]
    for (const text of texts) assert.equal(await sniffMedia(bytesOf(text)), undefined, text)
  })

  test('never throws', async () => {
    const start = fc.constantFrom(png(2, 2), jpeg(9, 9, 4), gif(1, 1), webp.lossy(5, 5), mp4(), mp3)
    const cut = fc
      .tuple(start, fc.nat(100), fc.uint8Array())
      .map(([bytes, length, rest]) => Buffer.concat([bytes.subarray(0, length), rest]))
    const inputs = fc.oneof(fc.uint8Array(), cut)
    await fc.assert(fc.asyncProperty(inputs, async (bytes) => void (await sniffMedia(bytes))))
  })
})

describe('readPixelSize', () => {
  test('says nothing about a picture that is cut before its size', () => {
    assert.equal(readPixelSize(png(5, 5).subarray(0, 20), 'image/png'), undefined)
    assert.equal(readPixelSize(jpeg(5, 5).subarray(0, 1_000), 'image/jpeg'), undefined)
    assert.equal(readPixelSize(gif(0, 5), 'image/gif'), undefined)
    assert.equal(readPixelSize(mp4(), 'video/mp4'), undefined)
  })

  test('turns what was taken upright', () => {
    assert.deepEqual(readPixelSize(uprightJpeg(400, 300), 'image/jpeg'), {
      width: 300,
      height: 400,
    })
  })
})
