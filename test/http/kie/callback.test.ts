import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import { RetryableError, TerminalError } from '../../../src/errors.ts'
import { createKieCallbackRouter, type KieCallbackDeps } from '../../../src/http/kie/callback.ts'
import { signJob } from '../../../src/http/kie/callback-proof.ts'
import { serve } from '../serve.ts'

const KEY = 'job-key'
const FORMER_KEY = 'key-of-before'
const NOW = 1_786_413_282_500
const success = JSON.stringify({
  code: 200,
  msg: 'ok',
  data: {
    taskId: 't1',
    state: 'success',
    resultJson: '{"resultUrls":["https://cdn.example/1.png"]}',
  },
})

type Report = Parameters<KieCallbackDeps['onTaskReport']>[0]
type Raw = Parameters<KieCallbackDeps['storeRaw']>[0]

const setUp = async (t: TestContext, overrides: Partial<KieCallbackDeps> = {}) => {
  const reports: Report[] = []
  const hints: { taskId: string }[] = []
  const kept: Raw[] = []
  const counts = { refused: 0, notFound: 0 }
  const router = createKieCallbackRouter({
    path: 'callbacks/kie',
    jobKeys: [KEY, FORMER_KEY],
    token: 't0ken',
    hmacKey: 'hmac-key',
    now: () => NOW,
    onTaskReport: async (report) => {
      reports.push(report)
      return 'stored'
    },
    onTaskHint: async (hint) => {
      hints.push(hint)
      return 'stored'
    },
    storeRaw: async (raw) => void kept.push(raw),
    metrics: {
      callback4xx: () => void counts.refused++,
      jobNotFound: () => void counts.notFound++,
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...overrides,
  })
  const { url, logged } = await serve(t, router)
  const post = async (query: string, body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/callbacks/kie${query}`, { method: 'POST', body, headers })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  }
  return { post, reports, hints, kept, counts, logged }
}

const own = (job = 'job-1') => `?job=${job}&sig=${signJob(KEY, job)}`

const hmac = (taskId: string, secondsOff = 0) => {
  const timestamp = String(Math.floor(NOW / 1000) + secondsOff)
  const signature = createHmac('sha256', 'hmac-key').update(`${taskId}.${timestamp}`)
  return {
    'x-webhook-timestamp': timestamp,
    'x-webhook-signature': signature.digest('base64'),
  }
}

describe('callback', () => {
  test('with the job’s own signature is used as it is', async (t) => {
    const { post, reports, hints } = await setUp(t)
    const answer = await post(own(), success)
    assert.deepEqual([answer.status, answer.body], [200, { ok: true }])
    assert.equal(reports.length, 1)
    assert.deepEqual([reports[0]?.jobId, reports[0]?.raw], ['job-1', success])
    assert.equal(reports[0]?.status.phase, 'succeeded')
    assert.deepEqual(reports[0]?.status.urls, ['https://cdn.example/1.png'])
    assert.deepEqual(hints, [])
  })

  test('signed before the token was rotated counts as long as the token of then is named', async (t) => {
    const { post, reports, counts } = await setUp(t)
    const signed = (key: string) => `?job=job-1&sig=${signJob(key, 'job-1')}`
    assert.equal((await post(signed(FORMER_KEY), success)).status, 200)
    assert.equal((await post(signed('key-of-nobody'), success)).status, 401)
    assert.deepEqual(
      reports.map(({ jobId }) => jobId),
      ['job-1'],
    )
    assert.equal(counts.refused, 1)
  })

  test('is answered only after it is stored', async (t) => {
    const stored = Promise.withResolvers<'stored'>()
    const started = Promise.withResolvers<void>()
    const { post } = await setUp(t, {
      onTaskReport: () => {
        started.resolve()
        return stored.promise
      },
    })
    let answered = false
    const answer = post(own(), success).then((value) => {
      answered = true
      return value
    })
    await started.promise
    await new Promise(setImmediate)
    assert.equal(answered, false)
    stored.resolve('stored')
    assert.equal((await answer).status, 200)
  })

  test('proven by token or by the provider’s signature is only a hint to ask', async (t) => {
    const { post, reports, hints } = await setUp(t)
    assert.equal((await post('', success, { 'x-kie-callback-token': 't0ken' })).status, 200)
    assert.equal((await post('', success, hmac('t1'))).status, 200)
    const suno = JSON.stringify({ code: 200, data: { task_id: 't2', callbackType: 'complete' } })
    assert.equal((await post('', suno, hmac('t2'))).status, 200)
    assert.deepEqual(hints, [{ taskId: 't1' }, { taskId: 't1' }, { taskId: 't2' }])
    assert.deepEqual(reports, [])
  })

  test('that proves nothing is refused and leaves no trace', async (t) => {
    const { post, reports, hints, kept, counts } = await setUp(t)
    const forged: [string, string, Record<string, string>?][] = [
      ['', success],
      ['?job=job-1', success],
      [`?job=job-1&sig=${'0'.repeat(43)}`, success],
      [`?job=job-2&sig=${signJob(KEY, 'job-1')}`, success],
      [`${own()}&sig=x`, success],
      ['', success, { 'x-kie-callback-token': 'other' }],
      ['', success, { 'x-kie-callback-token': '' }],
      ['', success, hmac('t2')],
      ['', success, hmac('t1', -600)],
      ['', 'not json', hmac('t1')],
      ['', 'x'.repeat(2_000_000), hmac('t1')],
    ]
    for (const [query, body, headers] of forged) {
      const answer = await post(query, body, headers)
      assert.equal(answer.status, 401, `${query} ${JSON.stringify(headers)}`)
    }
    assert.deepEqual([reports, hints, kept], [[], [], []])
    assert.deepEqual(counts, { refused: forged.length, notFound: 0 })
  })

  test('cannot be forged where no secret is configured', async (t) => {
    const { post } = await setUp(t, { token: undefined, hmacKey: undefined })
    const empty = createHmac('sha256', '')
      .update(`t1.${Math.floor(NOW / 1000)}`)
      .digest('base64')
    const headers = { ...hmac('t1'), 'x-webhook-signature': empty, 'x-kie-callback-token': '' }
    assert.equal((await post('', success, headers)).status, 401)
    assert.equal((await post(own(), success)).status, 200)
  })

  test('that is genuine but malformed is kept and answered with 200', async (t) => {
    const { post, reports, kept } = await setUp(t)
    const bodies = [
      '',
      'not json',
      '{"code":200',
      '[]',
      '"text"',
      '7',
      '{}',
      '{"code":200}',
      'a\0b',
    ]
    for (const body of bodies) assert.equal((await post(own(), body)).status, 200, body)
    assert.deepEqual(reports, [])
    assert.deepEqual([...new Set(kept.map(({ reason }) => reason))], ['malformed'])
    assert.deepEqual(kept[1], { reason: 'malformed', raw: 'not json', jobId: 'job-1' })
    assert.equal(kept.at(-1)?.raw, 'ab')
    assert.equal(kept.length, bodies.length)
  })

  test('that is genuine but too large is kept without its body', async (t) => {
    const { post, kept } = await setUp(t)
    assert.equal((await post(own(), 'x'.repeat(2_000_000))).status, 200)
    assert.deepEqual(kept, [{ reason: 'too-large', raw: '', jobId: 'job-1' }])
  })

  test('for a job or task that nobody knows is kept and counted', async (t) => {
    const unknown = async () => 'unknown' as const
    const { post, kept, counts } = await setUp(t, { onTaskReport: unknown, onTaskHint: unknown })
    assert.equal((await post(own(), success)).status, 200)
    assert.equal((await post('', success, hmac('t1'))).status, 200)
    const missing = () => Promise.reject(new TerminalError('actor.unknown'))
    const other = await setUp(t, { onTaskReport: missing })
    assert.equal((await other.post(own(), success)).status, 200)
    assert.deepEqual(kept, [
      { reason: 'job-not-found', raw: success, jobId: 'job-1', taskId: 't1' },
      { reason: 'job-not-found', raw: success, taskId: 't1' },
    ])
    assert.deepEqual([counts.notFound, other.counts.notFound], [2, 1])
  })

  test('that cannot be stored now is asked for again', async (t) => {
    const later = (retryAfterMs?: number) => () =>
      Promise.reject(
        new RetryableError('database.unavailable', retryAfterMs ? { retryAfterMs } : {}),
      )
    const { post, kept } = await setUp(t, { onTaskReport: later(), onTaskHint: later(12_400) })
    const report = await post(own(), success)
    assert.deepEqual([report.status, report.headers.get('retry-after')], [503, '5'])
    const hint = await post('', success, hmac('t1'))
    assert.deepEqual([hint.status, hint.headers.get('retry-after')], [503, '13'])
    assert.deepEqual(kept, [])
    const full = await setUp(t, { storeRaw: () => Promise.reject(new Error('disk full')) })
    assert.equal((await full.post(own(), 'not json')).status, 503)
  })

  test('that fails for good is kept instead of coming for ever', async (t) => {
    const { post, kept } = await setUp(t, { onTaskReport: () => Promise.reject(new Error('bug')) })
    assert.equal((await post(own(), success)).status, 200)
    assert.equal(kept[0]?.reason, 'failed')
  })

  test('passes a state that nobody knows on, which keeps the job waiting', async (t) => {
    const { post, reports } = await setUp(t)
    const body = JSON.stringify({ code: 200, data: { taskId: 't1', state: 'warming' } })
    assert.equal((await post(own(), body)).status, 200)
    assert.equal(reports[0]?.status.phase, 'unknown-keep-waiting')
  })

  test('finds the task in the address when the body has none', async (t) => {
    const { post, hints } = await setUp(t)
    const token = { 'x-kie-callback-token': 't0ken' }
    assert.equal((await post('?taskId=t9', '{"code":200}', token)).status, 200)
    assert.deepEqual(hints, [{ taskId: 't9' }])
  })
})
