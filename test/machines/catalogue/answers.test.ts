import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { filesOf, measuresOf } from '../../../src/machines/catalogue/answer-files.ts'
import {
  type AnswerValue,
  checkAnswer,
  type RawAnswer,
} from '../../../src/machines/catalogue/answers.ts'
import { allModels, modelById } from '../../../src/machines/catalogue/catalogue.ts'
import type { MediaFile } from '../../../src/machines/catalogue/media.ts'
import { type Question, questionsOf } from '../../../src/machines/catalogue/questions.ts'
import { problemText } from '../../../src/machines/labels/problems.ts'
import { fc, webAddress } from '../../support/properties.ts'

const question = (id: string, field: string): Question => {
  const model = modelById(id) ?? assert.fail(`no model ${id}`)
  return questionsOf(model).find((q) => q.field === field) ?? assert.fail(`no ${field}`)
}

const takes = (q: Question, raw: RawAnswer, value: AnswerValue) =>
  assert.deepEqual(checkAnswer(q, raw), { ok: true, value })

const refuses = (q: Question, raw: RawAnswer, code: string, links = false) => {
  const checked = checkAnswer(q, raw, { links })
  assert.equal(checked.ok ? `took ${JSON.stringify(checked.value)}` : checked.problem.code, code)
}

const megabytes = (n: number) => n * 1024 * 1024
const photo: MediaFile = { kind: 'photo', fileId: 'f', size: megabytes(1), width: 800, height: 600 }
const voice: MediaFile = { kind: 'voice', fileId: 'v', size: 20_000, duration: 4 }
const named = (mime: string, fileName: string): MediaFile => ({ kind: 'document', mime, fileName })

describe('a typed text', () => {
  const prompt = question('z-image', 'prompt')

  test('is trimmed and bounded in characters, not in code units', () => {
    takes(prompt, '  a fox \n', 'a fox')
    refuses(prompt, ' \n ', 'text.short')
    takes(prompt, '🦊'.repeat(1000), '🦊'.repeat(1000))
    refuses(prompt, '🦊'.repeat(1001), 'text.long')
    refuses(question('flux-2/pro-text-to-image', 'prompt'), 'ab', 'text.short')
  })

  test('is not replaced by a file', () => {
    refuses(prompt, photo, 'text.expected')
  })

  test('must be a link where a link is asked for', () => {
    const link = question('sora-watermark-remover', 'video_url')
    takes(link, ' https://sora.chatgpt.com/p/s_1 ', 'https://sora.chatgpt.com/p/s_1')
    refuses(link, 'https://example.com/p/s_1', 'link.invalid')
    refuses(link, 'http://sora.chatgpt.com/p/s_1', 'link.invalid')
    refuses(link, 'sora', 'link.invalid')
  })
})

describe('a typed choice', () => {
  const ratio = question('z-image', 'aspect_ratio')

  test('is found by value, by label and by the head of its label, in any case', () => {
    takes(ratio, '16:9', '16:9')
    takes(ratio, ' 16:9 — Горизонтально, видео и баннеры', '16:9')
    takes(question('kling/v2-1-pro', 'duration'), '10', '10')
    takes(question('kling/v2-1-pro', 'duration'), '10 секунд', '10')
    takes(question('kling/v2-1-pro', 'duration'), '5 Seconds', '5')
    takes(question('veo3_fast', 'duration'), '8', 8)
    takes(question('ideogram/character', 'rendering_speed'), 'Золотая середина', 'BALANCED')
  })

  test('is found by a part of its button that no other has, and as people write such values', () => {
    takes(ratio, 'квадрат', '1:1')
    takes(ratio, 'Square', '1:1')
    for (const wide of ['16 на 9', '16x9', '16х9', '16/9']) takes(ratio, wide, '16:9')
    takes(question('kling/v2-1-pro', 'duration'), '10 сек', '10')
    takes(question('veo3_fast', 'duration'), '8s', 8)
  })

  test('is refused when it names nothing or two things', () => {
    refuses(ratio, '2:1', 'choice.unknown')
    refuses(ratio, '', 'choice.unknown')
    refuses(ratio, '—', 'choice.unknown')
    refuses(question('elevenlabs/text-to-speech-turbo-2-5', 'voice'), 'Mark', 'choice.unknown')
    takes(question('elevenlabs/text-to-speech-turbo-2-5', 'voice'), 'james', 'EkK5I93UQWFDigLMpZcX')
  })

  test('understands yes and no', () => {
    const sound = question('kling-2.6/text-to-video', 'sound')
    for (const yes of ['да', 'YES', '+', 'Со звуком', 'true']) takes(sound, yes, true)
    for (const no of ['Нет', 'no', '-', 'silent', 'false']) takes(sound, no, false)
    refuses(sound, 'может быть', 'choice.unknown')
  })
})

describe('a typed number', () => {
  test('is read with comma or point, spaces and a real minus', () => {
    const speed = question('elevenlabs/text-to-speech-turbo-2-5', 'speed')
    takes(speed, '1,15', 1.15)
    takes(speed, ' 0.7 ', 0.7)
    refuses(speed, '1.3', 'number.range')
    refuses(speed, '−1', 'number.range')
    refuses(speed, 'быстро', 'number.invalid')
    refuses(speed, '1e0', 'number.invalid')
    refuses(speed, '', 'number.invalid')
    refuses(speed, 'Infinity', 'number.invalid')
  })

  test('is whole where it must be, and on the grid', () => {
    const { options: _named, ...plain } = question('grok-imagine/text-to-video', 'duration')
    const frames = { ...plain, min: 40, max: 120, step: 4 }
    takes(frames, '84', 84)
    refuses(frames, '82', 'number.multiple')
    refuses(frames, '84,5', 'number.integer')
    refuses(frames, '124', 'number.range')
  })

  test('may be the word of a level, or the length of a clip that is counted in frames', () => {
    const care = question('qwen/image-edit', 'num_inference_steps')
    takes(care, 'тщательно', 49)
    takes(care, 'Draft', 13)
    takes(care, '30', 30)
    refuses(care, '-13', 'number.range')
    const length = question('wan/2-2-a14b-speech-to-video-turbo', 'num_frames')
    takes(length, '5 с', 80)
    takes(length, '7,5 с', 120)
    refuses(length, '9 с', 'choice.unknown')
  })

  test('is given as text to models that want text', () => {
    takes(question('grok-imagine/image-to-video', 'duration'), '12', '12')
    refuses(question('grok-imagine/image-to-video', 'duration'), '31', 'number.range')
    takes(question('grok-imagine/text-to-video', 'duration'), '12', 12)
    takes(question('google/imagen4', 'seed'), '42', '42')
  })
})

describe('a given file', () => {
  const image = question('qwen/image-edit', 'image_url')
  const audio = question('infinitalk/from-audio', 'audio_url')

  test('is taken as photo or as document of the right type', () => {
    takes(image, photo, photo)
    const png = named('image/png', 'a.png')
    takes(image, png, png)
    const nameless: MediaFile = { kind: 'document', fileName: 'IMG_1.JPG' }
    takes(image, nameless, nameless)
    const odd = named('application/octet-stream', 'a.webp')
    takes(image, odd, odd)
  })

  test('is refused when it is something else', () => {
    refuses(image, 'a fox', 'media.expected')
    refuses(image, voice, 'media.expected')
    refuses(image, { kind: 'sticker', mime: 'image/webp' }, 'media.expected')
    refuses(image, named('application/pdf', 'a.pdf'), 'media.expected')
    refuses(image, { kind: 'document' }, 'media.expected')
    refuses(audio, photo, 'media.expected')
  })

  test('is refused when the model cannot read its type, naming those it can', () => {
    const checked = checkAnswer(image, named('image/heic', 'a.heic'))
    assert.deepEqual(checked, {
      ok: false,
      problem: { code: 'media.type', params: { types: 'JPG, PNG, WEBP', way: 'photo' } },
    })
    refuses(question('kling/v2-1-pro', 'image_url'), named('image/webp', 'a.webp'), 'media.type')
  })

  test('is refused over its size limit', () => {
    takes(image, { ...photo, size: megabytes(10) }, { ...photo, size: megabytes(10) })
    refuses(image, { ...photo, size: megabytes(10) + 1 }, 'media.size')
    const video = question('topaz/video-upscale', 'video_url')
    const big = { kind: 'video', duration: 5, size: megabytes(21) }
    assert.deepEqual(checkAnswer(video, big), {
      ok: false,
      problem: { code: 'media.heavy', params: { max: 20 } },
    })
    refuses(video, { ...big, size: megabytes(51) }, 'media.size')
    const behindLink = { ...big, kind: 'video', mime: 'video/mp4', url: 'https://example.com/a' }
    takes(video, behindLink, behindLink)
  })

  test('is refused when a side or the whole is out of bounds', () => {
    const cut = question('recraft/remove-background', 'image')
    refuses(cut, { ...photo, width: 255 }, 'media.small')
    refuses(cut, { ...photo, width: 4097 }, 'media.large')
    refuses(cut, { ...photo, width: 4096, height: 4000 }, 'media.large')
  })

  test('needs a known length where the length sets the price', () => {
    takes(audio, voice, voice)
    refuses(audio, named('audio/mpeg', 'a.mp3'), 'media.length')
    refuses(audio, 'https://example.com/a.mp3', 'media.length', true)
  })

  test('must play as long as the model wants, by what it holds and not by what is claimed', () => {
    const clips = question('kling-3.0/motion-control', 'video_urls')
    const clip = { kind: 'video', duration: 1, size: 9_000 } as const
    refuses(clips, clip, 'media.short')
    refuses(clips, { ...clip, duration: 31 }, 'media.long')
    assert.ok(checkAnswer(clips, clip, { links: true, unseen: true }).ok)
    takes(clips, { ...clip, duration: 3 }, { ...clip, duration: 3 })
  })

  test('counts as audio under the names that phones use', () => {
    for (const mime of ['audio/mp3', 'audio/x-m4a', 'audio/ogg; codecs=opus', 'audio/x-wav']) {
      const file = { kind: 'audio', mime, duration: 3 }
      takes(audio, file, file)
    }
  })

  test('may be a public https link only where links can be handed on', () => {
    refuses(image, 'https://example.com/a.jpg', 'media.expected')
    assert.deepEqual(checkAnswer(image, ' https://example.com/a.jpg ', { links: true }), {
      ok: true,
      value: { kind: 'link', url: 'https://example.com/a.jpg' },
    })
    for (const bad of [
      'http://example.com/a.jpg',
      'https://localhost/a.jpg',
      'https://10.0.0.1/a.jpg',
      'https://[::1]/a.jpg',
      'https://printer.local/a.jpg',
      'https://user:password@example.com/a.jpg',
      'https://api.telegram.org/file/bot123:secret/photos/1.jpg',
      `https://example.com/${'a'.repeat(2048)}`,
      'ftp://example.com/a.jpg',
    ])
      refuses(image, bad, 'link.invalid', true)
    refuses(image, 'not a link', 'media.expected', true)
  })
})

describe('several files', () => {
  const many = question('google/nano-banana-edit', 'image_urls')

  test('come one by one or as a whole, up to the limit', () => {
    takes(many, photo, [photo])
    takes(many, [photo, photo], [photo, photo])
    refuses(
      many,
      Array.from({ length: 11 }, () => photo),
      'media.many',
    )
    refuses(many, [photo, voice], 'media.expected')
    refuses(many, [], 'media.expected')
  })

  test('are one file for a question that wants one', () => {
    takes(question('qwen/image-edit', 'image_url'), [photo], photo)
    refuses(question('qwen/image-edit', 'image_url'), [photo, photo], 'media.many')
  })

  test('tell the price what it needs to know', () => {
    assert.deepEqual(measuresOf({ prompt: 'x', audio_url: voice, image_urls: [photo, photo] }), {
      media: {
        audio_url: [{ duration: 4, width: undefined, height: undefined }],
        image_urls: [
          { duration: undefined, width: 800, height: 600 },
          { duration: undefined, width: 800, height: 600 },
        ],
      },
    })
    assert.deepEqual(filesOf(null), [])
    assert.deepEqual(filesOf([{ Scene: 'x', duration: 1 }]), [])
  })
})

describe('scenes', () => {
  const shots = question('sora-2-pro-storyboard/index', 'shots')

  test('are read line by line', () => {
    takes(shots, '7,5 — a cat\n\n5 сек: it jumps — far', [
      { Scene: 'a cat', duration: 7.5 },
      { Scene: 'it jumps — far', duration: 5 },
    ])
    refuses(shots, 'a cat', 'shots.format')
    refuses(shots, '', 'shots.format')
    refuses(shots, '16 — a cat', 'number.range')
    refuses(shots, '1 — a\n'.repeat(11), 'list.many')
  })
})

describe('checkAnswer', () => {
  test('never throws, and says every problem in both languages', () => {
    const questions = allModels.flatMap((m) => questionsOf(m))
    const raw = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.double().map(String),
      webAddress,
      fc.record({
        kind: fc.constantFrom('photo', 'document', 'video', 'voice', 'sticker', 'link', 'x'),
        mime: fc.option(fc.string(), { nil: undefined }),
        fileName: fc.option(fc.string(), { nil: undefined }),
        size: fc.option(fc.nat(), { nil: undefined }),
        width: fc.option(fc.nat(), { nil: undefined }),
        duration: fc.option(fc.nat(), { nil: undefined }),
      }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...questions), raw, fc.boolean(), (q, answer, links) => {
        const checked = checkAnswer(q, answer, { links })
        if (checked.ok) return
        for (const language of ['ru', 'en'] as const) {
          const text = problemText(checked.problem, language)
          assert.ok(text.length > 5)
          assert.doesNotMatch(text, /undefined|NaN|null|_/)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('takes the label of every option for the option', () => {
    for (const m of allModels)
      for (const q of questionsOf(m)) {
        if (q.kind !== 'choice' && q.kind !== 'toggle') continue
        for (const option of q.options ?? [])
          for (const language of ['ru', 'en'] as const) {
            const checked = checkAnswer(q, option.label(language))
            assert.deepEqual(checked, { ok: true, value: option.value }, `${m.id}: ${q.field}`)
          }
      }
  })
})
