import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { envExample } from '../scripts/generate/env-example.ts'
import { CONFIG_NAMES, parseConfig } from '../src/config/config.ts'
import { ConfigError, coerceError, ERRORS, type ErrorCode, RetryableError } from '../src/errors.ts'

const root = path.resolve(import.meta.dirname, '..')
const page = readFileSync(path.join(root, 'docs/errors.md'), 'utf8')
const rows = new Map(
  [...page.matchAll(/^\| `(?<code>[^`]+)` \| (?<status>\d+) \| (?<retry>\w+) \| (?<text>.+) \|$/gm)]
    .map((match) => match.groups as Record<'code' | 'status' | 'retry' | 'text', string>)
    .map((row) => [row.code, row]),
)

describe('errors', () => {
  for (const [code, facts] of Object.entries(ERRORS)) {
    test(`${code} stands in docs/errors.md as the table has it`, () => {
      const { status, retry, text } = rows.get(code) ?? assert.fail('it is not there')
      assert.deepEqual({ status: Number(status), retry, text }, { ...facts })
    })
  }

  test('docs/errors.md has no code that the table lacks', () => {
    assert.deepEqual(
      [...rows.keys()].filter((code) => !(code in ERRORS)),
      [],
    )
  })

  test('every text is one sentence, every code area.problem', () => {
    for (const [code, { text }] of Object.entries(ERRORS)) {
      assert.match(code, /^[a-z]+\.[a-z-]+$/)
      assert.match(text, /^[A-Z].*\.$/)
    }
  })

  test('say the sentence of the table, the detail, the cause and the delay', () => {
    const cause = new Error('socket')
    const code: ErrorCode = 'telegram.flooded'
    const error = new RetryableError(code, { detail: 'In chat 5.', cause, retryAfterMs: 3 })
    assert.equal(error.message, `${ERRORS[code].text} In chat 5.`)
    assert.deepEqual([error.code, error.cause, error.retryAfterMs], [code, cause, 3])
    assert.equal(error.name, 'RetryableError')
  })

  test('of the configuration keep their lines', () => {
    assert.deepEqual(new ConfigError(['a', 'b']).lines, ['a', 'b'])
  })

  test('make an Error of anything thrown', () => {
    const error = new Error('x')
    assert.equal(coerceError(error), error)
    assert.equal(coerceError('text').message, 'text')
    assert.equal(coerceError(undefined).message, 'undefined')
  })
})

describe('.env.example', () => {
  const text = readFileSync(path.join(root, '.env.example'), 'utf8')
  const settings = [...text.matchAll(/^#?([A-Z][A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
    name,
    value,
  ])

  test('names every variable once', () => {
    assert.deepEqual(settings.map(([name]) => name).sort(), [...CONFIG_NAMES].sort())
    assert.equal(text, envExample())
  })

  test('shows the defaults that really apply', () => {
    const required = {
      TELEGRAM_BOT_TOKEN: '1:token',
      KIE_API_KEY: 'key',
      ADMIN_ID: '1',
      BOT_MODE: 'polling',
      DATABASE_URL: 'postgres://db/trt',
    }
    const shown = Object.fromEntries(settings.filter(([, value]) => value !== ''))
    assert.deepEqual(parseConfig({ ...shown, ...required }), parseConfig(required))
  })
})
