import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answerError, cleanDetail, nothingSent } from '../../../src/actors/kie/errors.ts'
import { RetryableError } from '../../../src/errors.ts'

const coded = (code: string, cause?: unknown) => Object.assign(new Error(code, { cause }), { code })

describe('nothingSent', () => {
  test('is sure only of failures before the first byte', () => {
    const sure = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']
    for (const code of sure) assert.ok(nothingSent(new TypeError('x', { cause: coded(code) })))
    const unsure = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT']
    for (const code of unsure) assert.ok(!nothingSent(new TypeError('x', { cause: coded(code) })))
    assert.ok(!nothingSent('ECONNREFUSED'))
  })

  test('needs every address of a host to have refused', () => {
    const refused = coded('ECONNREFUSED')
    const reset = coded('ECONNRESET')
    assert.ok(nothingSent(new TypeError('x', { cause: new AggregateError([refused, refused]) })))
    assert.ok(!nothingSent(new TypeError('x', { cause: new AggregateError([refused, reset]) })))
  })
})

describe('answerError', () => {
  test('passes on how long to wait', () => {
    const busy = { operation: 'create', code: 429, message: 'slow', retryAfterMs: 3_000 } as const
    const error = answerError(busy)
    assert.ok(error instanceof RetryableError)
    assert.equal(error.retryAfterMs, 3_000)
  })

  test('tells validation from trouble in a 500', () => {
    const code = (message: string) => answerError({ operation: 'create', code: 500, message }).code
    for (const words of ['prompt is required', 'duration must be 5 or 10', 'Please enter prompt'])
      assert.equal(code(words), 'kie.refused', words)
    for (const words of [
      'Server exception, try again later',
      'Internal Error, Please try again later.',
      'timeout',
      '',
    ])
      assert.equal(code(words), 'kie.unknown', words)
  })
})

describe('cleanDetail', () => {
  test('removes what must not be logged and stays short', () => {
    const text = `no\n good Bearer abc https://x.example/?a=1 sig=deadbeef ${'y'.repeat(999)}`
    const clean = cleanDetail(text)
    assert.match(clean, /^no good Bearer … <link> sig=…/)
    assert.ok(clean.length <= 300)
  })
})
