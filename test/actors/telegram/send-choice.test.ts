import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { MediaFacts } from '../../../src/actors/media/measure.ts'
import { chooseKind, fitsAlbum, UPLOAD_BYTES } from '../../../src/actors/telegram/send-choice.ts'

const image = (facts: Partial<MediaFacts>): MediaFacts => ({
  kind: 'image',
  mime: 'image/png',
  ext: 'png',
  size: 1_000,
  ...facts,
})
const film = (facts: Partial<MediaFacts> = {}): MediaFacts =>
  image({ kind: 'video', mime: 'video/mp4', ext: 'mp4', ...facts })
const sound = (mime: string) => image({ kind: 'audio', mime })

describe('choice of the kind of message', () => {
  const MB = 1024 * 1024
  const cases: [string, MediaFacts, string][] = [
    ['a picture of exactly 10 MB', image({ size: 10 * MB }), 'photo'],
    ['one byte more', image({ size: 10 * MB + 1 }), 'document'],
    ['sides of 10000 together', image({ width: 9000, height: 1000 }), 'photo'],
    ['one pixel more', image({ width: 9000, height: 1001 }), 'document'],
    ['a ratio of 20', image({ width: 2000, height: 100 }), 'photo'],
    ['a little more', image({ width: 2001, height: 100 }), 'document'],
    ['a picture of unknown size', image({}), 'photo'],
    ['AVIF', image({ mime: 'image/avif' }), 'document'],
    ['a film', film(), 'video'],
    ['a silent film', film({ silent: true }), 'video'],
    ['QuickTime', film({ mime: 'video/quicktime' }), 'video'],
    ['WebM', film({ mime: 'video/webm' }), 'document'],
    ['Ogg with Opus', sound('audio/ogg; codecs=opus'), 'voice'],
    ['Ogg with Vorbis', sound('audio/ogg'), 'audio'],
    ['WAV', sound('audio/wav'), 'audio'],
    ['anything else', image({ kind: 'other', mime: 'application/pdf' }), 'document'],
  ]
  for (const [name, facts, kind] of cases)
    test(`${name}: ${kind}`, () => assert.equal(chooseKind(facts), kind))

  test('takes a silent film for a moving picture where the model makes such', () => {
    const options = { movingPictures: true }
    assert.equal(chooseKind(film({ silent: true }), options), 'animation')
    assert.equal(chooseKind(film({ silent: false }), options), 'video')
  })

  test('lets into an album what Telegram takes in one', () => {
    const item = (kind: string, size = 1) => ({ kind, size })
    assert.ok(fitsAlbum([item('photo')], item('video')))
    assert.ok(fitsAlbum([item('audio')], item('audio')))
    for (const [a, b] of [
      ['photo', 'document'],
      ['audio', 'document'],
      ['photo', 'animation'],
      ['voice', 'voice'],
      ['link', 'link'],
    ] as const)
      assert.ok(!fitsAlbum([item(a)], item(b)), `${a} and ${b}`)
    assert.ok(fitsAlbum(Array(9).fill(item('photo')), item('photo')))
    assert.ok(!fitsAlbum(Array(10).fill(item('photo')), item('photo')))
    assert.ok(!fitsAlbum([item('video', UPLOAD_BYTES)], item('photo')))
  })
})
