import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RetryableError, TerminalError } from '../../src/errors.ts'
import { createLogger } from '../../src/log/logger.ts'

const TOKEN = '4242:AAtokenOfTheBot-xyz_0123456789abcdef'
const ODD = 'odd "secret" / with\\signs'

interface Line {
  level: string
  time: string
  msg?: string
  err?: Described
  [key: string]: unknown
}

interface Described {
  type: string
  code?: string
  message: string
  cause?: Described
}

function record(
  options: { level?: string; pretty?: boolean; nameOf?: (id: number) => string } = {},
) {
  let output = ''
  const stream = { write: (line: string) => (output += line) }
  const log = createLogger({ level: 'trace', secrets: [TOKEN, ODD, 'abc'], stream, ...options })
  const lines = () =>
    output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
  return { log, text: () => output, line: () => lines()[0] as Line }
}

describe('log', () => {
  test('writes JSON lines with level and time in words', () => {
    const { log, line } = record()
    log.info({ jobId: 'j1' }, 'started')
    const { level, time, msg, jobId } = line()
    assert.deepEqual([level, msg, jobId], ['info', 'started', 'j1'])
    assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/)
  })

  test('keeps quiet below its level', () => {
    const { log, text } = record({ level: 'warn' })
    log.info('no')
    assert.equal(text(), '')
  })

  test('never writes a secret: message, field, key, URL, error, stack, cause, child', () => {
    const { log, text } = record()
    const url = `https://api.telegram.org/bot${TOKEN}/sendMessage?x=${encodeURIComponent(ODD)}`
    const error = new Error(`fetch ${url} failed`, { cause: new Error(`inside: ${ODD}`) })
    log.info(`calling ${url}`)
    log.info({ url, [TOKEN]: 1, deep: [{ list: [ODD] }] }, 'fields')
    log.error(error)
    log.error({ err: error, other: error }, 'failed')
    log.child({ url }).info('child')
    for (const secret of [TOKEN, TOKEN.split(':')[1] as string, 'odd ', 'odd%20']) {
      assert.equal(text().includes(secret), false, `${secret} is in the output`)
    }
    assert.match(text(), /\[redacted\]/)
  })

  test('hides unlisted bot tokens and the credentials of any URL', () => {
    const { log, text } = record()
    log.info(`bot987654321:${'x'.repeat(35)} postgresql://me:pass@host/db`)
    assert.equal(/x{35}|pass@/.test(text()), false)
    assert.match(text(), /@host\/db/)
  })

  test('leaves short words alone although somebody listed them as secrets', () => {
    const { log, line } = record()
    log.info('abc')
    assert.equal(line().msg, 'abc')
  })

  test('blanks what users wrote and who they are, at any depth, and keeps ids', () => {
    const { log, line } = record()
    const message = { chat_id: 5, text: 'hello', from: { id: 7, first_name: 'Ann' } }
    log.info({ message, job: { inputs: { prompt: 'a cat' } }, Authorization: 'Bearer x' }, 'x')
    assert.deepEqual(line().message, {
      chat_id: 5,
      text: '[redacted]',
      from: { id: 7, first_name: '[redacted]' },
    })
    assert.deepEqual(line().job, { inputs: '[redacted]' })
    assert.equal(line().Authorization, '[redacted]')
  })

  test('blanks private keys bound to a child', () => {
    const { log, line } = record()
    log.child({ chatId: 1, prompt: 'a cat' }).info('x')
    assert.deepEqual([line().chatId, line().prompt], [1, '[redacted]'])
  })

  test('shows the codes of an error and its causes, and nothing else they carry', () => {
    const { log, line, text } = record()
    const driver = Object.assign(new Error('lost'), { code: '57P01', detail: 'Key (a)=(cat)' })
    const cause = new RetryableError('database.unavailable', { cause: driver, retryAfterMs: 9 })
    log.error(new TerminalError('actor.poisoned', { cause }))
    const { err } = line()
    assert.deepEqual([err?.type, err?.code], ['TerminalError', 'actor.poisoned'])
    assert.deepEqual([err?.cause?.code, err?.cause?.cause?.code], ['database.unavailable', '57P01'])
    assert.equal(text().includes('Key (a)'), false)
  })

  test('survives cycles, big numbers, buffers and endless causes', () => {
    const { log, line } = record()
    const cycle: Record<string, unknown> = { n: 10n, bytes: new Uint8Array(3) }
    cycle.self = cycle
    const error = new Error('round')
    error.cause = error
    log.info({ cycle, err: error }, 'x')
    assert.equal((line().cycle as { n: string }).n, '10')
    assert.equal((line().cycle as { bytes: string }).bytes, '[3 bytes]')
  })

  test('is readable at a terminal, and as silent about secrets', () => {
    const { log, text } = record({ pretty: true })
    log.info({ n: 1 }, `token ${TOKEN}`)
    assert.match(text(), /INFO.*token \[redacted\]/s)
    assert.throws(() => JSON.parse(text()))
  })

  test('names people by what tells nothing, wherever an id stands', () => {
    const { log, text } = record({ nameOf: (id) => `p-${id % 10}` })
    log.info({ actor: 'conversation:42:8700000077', userId: 8_700_000_077 }, 'a step')
    log.warn({ admin: 8_700_000_078, target: 'user:8700000077' }, 'decided by telegram:8700000078')
    log.info({ actor: 'job:8700000077', count: 8_700_000_077 }, 'no person')
    const [step, decided, other] = text().trim().split('\n')
    assert.match(step ?? '', /"actor":"conversation:42:p-7","userId":"p-7"/)
    assert.match(decided ?? '', /"admin":"p-8","target":"user:p-7".*telegram:p-8/)
    assert.match(other ?? '', /"actor":"job:8700000077","count":8700000077/)
  })
})
