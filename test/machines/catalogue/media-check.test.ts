import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { modelById } from '../../../src/machines/catalogue/catalogue.ts'
import type { MediaFile } from '../../../src/machines/catalogue/media.ts'
import { fileProblem, needsProbe } from '../../../src/machines/catalogue/media-check.ts'
import { type Question, questionsOf } from '../../../src/machines/catalogue/questions.ts'

const question = (id: string, field: string): Question =>
  questionsOf(modelById(id) as NonNullable<ReturnType<typeof modelById>>).find(
    (q) => q.field === field,
  ) as Question

const sound = question('elevenlabs/audio-isolation', 'audio_url')
const film = question('topaz/video-upscale', 'video_url')
const picture = question('qwen/image-edit', 'image_url')

/** What becomes of a file before anybody has looked into it. */
function fateOf(asked: Question, file: MediaFile): string {
  const problem = asked.media && fileProblem(asked.media, file, true)
  if (problem !== undefined) return problem.code
  return needsProbe(asked, file) ? 'look' : 'taken'
}

const document = (mime: string | undefined, fileName?: string): MediaFile => ({
  ...{ kind: 'document', mime, fileName, size: 1_000 },
})

describe('what an app claims', () => {
  const looked: [string, Question, MediaFile][] = [
    ['a claim of players at home', sound, document('audio/vnd.dlna.adts', 'a.aac')],
    ['a claim of Android', sound, document('audio/mp4a-latm', 'a.m4a')],
    ['old names of MP3', sound, document('audio/mpeg3', 'a.mp3')],
    ['a name of MP3 by a browser', sound, document('audio/x-mp3')],
    ['a name of WAV', sound, document('audio/x-pn-wav', 'a.wav')],
    ['sound in the container of films', sound, document('video/mp4', 'a.mp4')],
    ['such sound sent as a film', sound, { kind: 'video', mime: 'video/mp4', size: 1_000 }],
    ['a type that nobody knows', sound, document('audio/x-what-is-it', 'a.mp3')],
    ['a type at odds with the name', sound, document('application/pdf', 'a.mp3')],
    ['a picture under a type that nobody knows', picture, document('image/x-what', 'a.png')],
    ['a picture called text', picture, document('text/plain', 'a.png')],
    ['a picture without a type', picture, document(undefined)],
    ['a film without a type', film, document('application/octet-stream', 'a.bin')],
    ['a film called a sound', film, document('audio/mp4', 'a.mp4')],
    [
      'a film under a type that nobody knows',
      film,
      { kind: 'video', mime: 'video/x-what', size: 9 },
    ],
    ['a moving PNG', picture, document('image/apng', 'a.png')],
  ]
  for (const [name, asked, file] of looked) {
    test(`is looked into: ${name}`, () => assert.equal(fateOf(asked, file), 'look'))
  }

  test('is believed where it is clear and of another kind', () => {
    assert.equal(fateOf(picture, document('application/pdf', 'a.pdf')), 'media.expected')
    assert.equal(fateOf(picture, document('audio/mpeg', 'a.mp3')), 'media.expected')
    assert.equal(fateOf(picture, document('image/heic', 'IMG_1.HEIC')), 'media.type')
    assert.equal(fateOf(film, { kind: 'photo', size: 1_000 }), 'media.expected')
  })

  test('needs no look for a photo, which Telegram itself has made', () => {
    const photo = { kind: 'photo', size: 1_000, width: 800, height: 600 }
    assert.equal(fateOf(picture, photo), 'taken')
  })
})

describe('what was found', () => {
  const problemOf = (asked: Question, file: MediaFile) =>
    asked.media && fileProblem(asked.media, { size: 1_000, ...file })

  test('is refused with a way that helps', () => {
    const wayOf = (asked: Question, kind: string, mime: string) =>
      problemOf(asked, { kind, mime, duration: 3 })?.params.way
    assert.equal(wayOf(picture, 'image', 'image/heic'), 'photo')
    assert.equal(wayOf(picture, 'image', 'image/avif'), 'photo')
    assert.equal(wayOf(picture, 'image', 'image/gif'), 'screenshot')
    assert.equal(wayOf(film, 'video', 'video/avi'), 'mp4')
    assert.equal(wayOf(sound, 'audio', 'audio/flac'), 'voice')
  })

  test('is no length when it is absurd', () => {
    for (const duration of [undefined, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 4_294_967]) {
      const file = { kind: 'video', mime: 'video/mp4', duration }
      assert.equal(problemOf(film, file)?.code, 'media.length', String(duration))
    }
    assert.equal(problemOf(film, { kind: 'video', mime: 'video/mp4', duration: 30 }), undefined)
  })

  test('is no picture with absurd sides', () => {
    const file = { kind: 'image', mime: 'image/png', width: 2_147_483_647, height: 1 }
    assert.equal(problemOf(picture, file)?.code, 'media.large')
  })
})
