import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { collectResults, isFetchable } from '../../../src/actors/kie/results.ts'

const a = 'https://cdn.example/a.png'
const b = 'https://cdn.example/b.mp3'

describe('collectResults', () => {
  const shapes: [string, unknown, readonly string[]][] = [
    ['resultUrls', { resultUrls: [a, b] }, [a, b]],
    ['JSON text', JSON.stringify({ resultUrls: [a] }), [a]],
    ['a list that is text', { resultUrls: JSON.stringify([b, a]) }, [b, a]],
    ['one link instead of a list', { result_urls: a }, [a]],
    ['music', { data: [{ audio_url: b, image_url: a, stream_audio_url: a }] }, [b]],
    ['a nested answer', { response: { taskId: 'x', resultUrls: [a] } }, [a]],
    ['an object', { resultObject: { mask: { url: a }, extra: [b] } }, [a, b]],
    ['another spelling', { images: [{ url: a }], videos: [b] }, [a, b]],
    ['a bare link', a, [a]],
    ['a bare list', [a, b], [a, b]],
    ['doubles', { resultUrls: [a, b, a] }, [a, b]],
    [
      'a sandbox on this machine',
      { resultUrls: ['http://127.0.0.1:8080/a'] },
      ['http://127.0.0.1:8080/a'],
    ],
  ]
  for (const [name, result, urls] of shapes)
    test(`finds links in ${name}`, () => assert.deepEqual(collectResults(result).urls, urls))

  test('prefers the documented place to look-alikes', () => {
    assert.deepEqual(collectResults({ url: b, resultUrls: [a] }).urls, [a])
  })

  test('leaves out watermarked doubles, the request and what cannot be fetched', () => {
    const result = {
      resultWaterMarkUrls: [b],
      param: JSON.stringify({ urls: [b] }),
      input: { resultUrls: [b] },
      resultUrls: [
        'http://cdn.example/x',
        'ftp://x',
        'javascript:alert(1)',
        'not a link',
        a,
        null,
        7,
      ],
    }
    assert.deepEqual(collectResults(result).urls, [a])
  })

  test('returns words', () => {
    const speech = { resultObject: { language_code: 'en', text: 'Hello there', words: [] } }
    assert.deepEqual(collectResults(JSON.stringify(speech)), { urls: [], text: 'Hello there' })
    assert.deepEqual(collectResults({ resultObject: 'Hi' }), { urls: [], text: 'Hi' })
  })

  test('returns an object without words or links as it is', () => {
    const { text = '' } = collectResults({ resultObject: { character_id: 'c1' } })
    assert.deepEqual(JSON.parse(text), { character_id: 'c1' })
  })

  test('finds nothing in nothing', () => {
    for (const nothing of [null, undefined, '', 0, {}, [], 'plain words', { resultObject: {} }])
      assert.deepEqual(collectResults(nothing), { urls: [] })
  })
})

describe('isFetchable', () => {
  test('takes https, and http only for this machine', () => {
    const yes = [a, 'http://localhost:1/x', 'http://127.0.0.1/x', 'http://[::1]:80/']
    const no = [
      'http://10.0.0.1/x',
      'http://localhost.evil.example/',
      'file:///etc/passwd',
      'x',
      '',
    ]
    for (const link of yes) assert.ok(isFetchable(link), link)
    for (const link of no) assert.ok(!isFetchable(link), link)
  })
})
