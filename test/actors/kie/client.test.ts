import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createKieClient, type KieClientDeps } from '../../../src/actors/kie/client.ts'
import { familyNamed } from '../../../src/actors/kie/families.ts'
import {
  RetryableError,
  TerminalError,
  TrtError,
  UnknownOutcomeError,
} from '../../../src/errors.ts'
import { type Answer, hang, hangUp, json, raw, startStub } from './stub-server.ts'

const market = familyNamed('market')

const KEY = 'secret-key'
const request = market.createRequest({ apiModel: 'z-image', input: { prompt: 'a cat' } })

const clientFor = (baseUrl: string, deps: Partial<KieClientDeps> = {}) =>
  createKieClient({
    baseUrl,
    uploadBaseUrl: baseUrl,
    apiKey: KEY,
    uniqueName: () => 'name-1',
    limits: { create: async () => undefined, read: async () => undefined },
    uploadRetryDelaysMs: [1, 1],
    ...deps,
  })

const failure = async (promise: Promise<unknown>): Promise<TrtError> => {
  const thrown = await promise.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  )
  assert.ok(thrown instanceof TrtError, `not one of ours: ${thrown}`)
  assert.ok(!`${thrown.message} ${thrown.stack}`.includes(KEY), 'the key is in the message')
  return thrown
}

describe('createTask', () => {
  test('sends the model, the input and the key once and returns the task id', async (t) => {
    const stub = await startStub(t, json({ code: 200, msg: 'success', data: { taskId: 'abc' } }))
    const generation = market.createRequest({
      apiModel: 'z-image',
      input: { prompt: 'a cat' },
      callBackUrl: 'https://bot.example/cb',
    })
    assert.deepEqual(await clientFor(`${stub.baseUrl}/`).createTask(generation), { taskId: 'abc' })
    assert.equal(stub.seen.length, 1)
    const [seen] = stub.seen
    assert.equal(`${seen?.method} ${seen?.url}`, 'POST /api/v1/jobs/createTask')
    assert.equal(seen?.headers.authorization, `Bearer ${KEY}`)
    assert.equal(seen?.headers['content-type'], 'application/json')
    assert.match(seen?.headers['user-agent'] ?? '', /^trt-bot/)
    assert.deepEqual(JSON.parse(String(seen?.body)), {
      model: 'z-image',
      callBackUrl: 'https://bot.example/cb',
      input: { prompt: 'a cat' },
    })
  })

  const body = (code: unknown, msg = 'no', extra: object = {}) => json({ code, msg, ...extra })
  const cases: [string, Answer, string, typeof TrtError][] = [
    ['402', body(402), 'kie.credits', TerminalError],
    ['401', body(401), 'kie.unauthorized', TerminalError],
    ['433', body(433), 'kie.limited', TerminalError],
    ['429', body(429), 'kie.busy', RetryableError],
    ['455', body(455), 'kie.busy', RetryableError],
    ['400', body(400), 'kie.refused', TerminalError],
    ['403', body(403), 'kie.refused', TerminalError],
    ['404', body(404), 'kie.refused', TerminalError],
    ['422 as text', body('422'), 'kie.refused', TerminalError],
    ['501', body(501), 'kie.refused', TerminalError],
    ['505', body(505), 'kie.refused', TerminalError],
    ['a validation 500', body(500, 'aspect_ratio is required'), 'kie.refused', TerminalError],
    ['a bare 500', body(500, 'Server exception'), 'kie.unknown', UnknownOutcomeError],
    ['408', body(408), 'kie.unknown', UnknownOutcomeError],
    ['200 without a task id', body(200, 'success'), 'kie.unknown', UnknownOutcomeError],
    ['JSON without a code', json({ status: 'ok' }), 'kie.unknown', UnknownOutcomeError],
    ['HTML', raw('<html>502</html>', 502), 'kie.unknown', UnknownOutcomeError],
    ['a Cloudflare refusal', raw('error code: 1010', 403), 'kie.unknown', UnknownOutcomeError],
    ['an empty 500', raw('', 500), 'kie.unknown', UnknownOutcomeError],
    ['a reset', hangUp, 'kie.unknown', UnknownOutcomeError],
    ['a redirect', (r) => void r.writeHead(307, { location: '/' }).end(), 'kie.unknown', TrtError],
  ]
  for (const [name, answer, code, type] of cases)
    test(`makes ${code} of ${name} and sends nothing twice`, async (t) => {
      const stub = await startStub(t, answer)
      const error = await failure(clientFor(stub.baseUrl).createTask(request))
      assert.equal(error.code, code)
      assert.ok(error instanceof type, error.name)
      assert.equal(stub.seen.length, 1)
    })

  test('judges by the body, never by the HTTP status', async (t) => {
    const fine = await startStub(t, json({ code: 200, msg: 'ok', data: { taskId: 'x' } }, 500))
    assert.deepEqual(await clientFor(fine.baseUrl).createTask(request), { taskId: 'x' })
    const broke = await startStub(t, json({ code: 402, message: 'Insufficient credits' }, 200))
    const error = await failure(clientFor(broke.baseUrl).createTask(request))
    assert.equal(error.code, 'kie.credits')
    assert.match(error.message, /Insufficient credits/)
  })

  test('does not know the outcome when time runs out', async (t) => {
    const stub = await startStub(t, hang)
    const client = clientFor(stub.baseUrl, { timeouts: { createMs: 500 } })
    const error = await failure(client.createTask(request))
    assert.ok(error instanceof UnknownOutcomeError)
    assert.equal(stub.seen.length, 1)
  })

  test('does not know the outcome when it is aborted on the way', async (t) => {
    const stop = new AbortController()
    const stub = await startStub(t, () => stop.abort())
    const error = await failure(clientFor(stub.baseUrl).createTask(request, stop.signal))
    assert.ok(error instanceof UnknownOutcomeError)
  })

  test('may be repeated when the connection is refused or the name does not exist', async (t) => {
    const closed = await startStub(t, hang)
    await closed.close()
    for (const baseUrl of [closed.baseUrl, 'http://does-not-exist.invalid']) {
      const error = await failure(clientFor(baseUrl).createTask(request))
      assert.equal(error.code, 'kie.unavailable')
      assert.ok(error instanceof RetryableError)
    }
  })

  test('sends nothing when it is aborted while waiting for its turn', async (t) => {
    const stub = await startStub(t, json({ code: 200, data: { taskId: 'x' } }))
    const create = () => Promise.reject(new Error('stopped'))
    const client = clientFor(stub.baseUrl, { limits: { create, read: create } })
    const error = await failure(client.createTask(request))
    assert.ok(error instanceof RetryableError)
    assert.equal(stub.seen.length, 0)
  })

  test('keeps links and keys out of its messages', async (t) => {
    const msg = `bad callBackUrl https://bot.example/cb?sig=abc, Bearer ${KEY}`
    const stub = await startStub(t, json({ code: 422, msg }))
    const error = await failure(clientFor(stub.baseUrl).createTask(request))
    assert.doesNotMatch(error.message, /sig=abc|bot\.example/)
  })
})

describe('readTask', () => {
  const record = {
    taskId: 't 1',
    state: 'success',
    resultJson: '{"resultUrls":["https://cdn.example/a.png"]}',
    creditsConsumed: 0.8,
  }

  test('returns the parsed state', async (t) => {
    const stub = await startStub(t, json({ code: 200, message: 'success', data: record }))
    const status = await clientFor(stub.baseUrl).readTask(market.statusEndpoint, 't 1')
    assert.equal(stub.seen[0]?.url, '/api/v1/jobs/recordInfo?taskId=t+1')
    assert.equal(status.phase, 'succeeded')
    assert.deepEqual(status.urls, ['https://cdn.example/a.png'])
    assert.equal(status.creditsConsumed, 0.8)
  })

  for (const code of [404, 422])
    test(`takes ${code} for a task that is not there yet`, async (t) => {
      const stub = await startStub(t, json({ code, msg: 'recordInfo is null', data: null }))
      const status = await clientFor(stub.baseUrl).readTask(market.statusEndpoint, 't')
      assert.equal(status.phase, 'unknown-keep-waiting')
      assert.equal(status.stage, 'not-found')
    })

  test('never ends a task because the question failed', async (t) => {
    const answers = [401, 402, 408, 429, 433, 455, 500, 501, 505].map((code) => json({ code }))
    for (const answer of [...answers, raw('<html>', 502), hangUp]) {
      const stub = await startStub(t, answer)
      const reading = clientFor(stub.baseUrl).readTask(market.statusEndpoint, 't')
      assert.ok((await failure(reading)) instanceof RetryableError)
      assert.equal(stub.seen.length, 1)
    }
  })

  test('tells about a state that nobody knows and keeps waiting', async (t) => {
    const told: unknown[] = []
    const stub = await startStub(t, json({ code: 200, data: { taskId: 't', state: 'Warming' } }))
    const client = clientFor(stub.baseUrl, { onUnknownState: (task) => told.push(task) })
    const status = await client.readTask(market.statusEndpoint, 't')
    assert.equal(status.phase, 'unknown-keep-waiting')
    assert.deepEqual(told, [{ taskId: 't', stage: 'warming' }])
  })
})

describe('credits', () => {
  test('returns a fraction', async (t) => {
    const stub = await startStub(t, json({ code: 200, msg: 'success', data: 99.2 }))
    assert.equal(await clientFor(stub.baseUrl).credits(), 99.2)
  })

  test('does not make a balance of nonsense', async (t) => {
    const stub = await startStub(t, json({ code: 200, data: 'plenty' }))
    assert.equal((await failure(clientFor(stub.baseUrl).credits())).code, 'kie.unavailable')
  })
})

describe('chat', () => {
  const asked = { model: 'gemini-2.5-flash', system: 'Be brief.', words: 'кот' }
  const choices = (content: unknown) => [{ index: 0, message: { role: 'assistant', content } }]

  test('sends orders, words and a file as OpenAI wants them', async (t) => {
    const stub = await startStub(t, json({ choices: choices('ok') }))
    await clientFor(stub.baseUrl).chat({ ...asked, fileUrl: 'https://files.example/a.png' })
    const [seen] = stub.seen
    assert.equal(`${seen?.method} ${seen?.url}`, 'POST /gemini-2.5-flash/v1/chat/completions')
    assert.deepEqual(JSON.parse(String(seen?.body)), {
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'кот' },
            { type: 'image_url', image_url: { url: 'https://files.example/a.png' } },
          ],
        },
      ],
      stream: false,
    })
  })

  test('reads an answer that is bare, in the envelope, or in parts', async (t) => {
    const parts = [
      { type: 'text', text: 'рыжий ' },
      { type: 'text', text: 'кот' },
    ]
    for (const [body, credits] of [
      [{ choices: choices(' рыжий кот ') }, undefined],
      [{ choices: choices(parts), credits_consumed: 0.3 }, 0.3],
      [{ code: 200, msg: 'ok', data: { choices: choices('рыжий кот'), credits_consumed: -1 } }],
    ] as const) {
      const stub = await startStub(t, json(body))
      assert.deepEqual(await clientFor(stub.baseUrl).chat(asked), { words: 'рыжий кот', credits })
    }
  })

  test('is a failure without words, and when refused in either form', async (t) => {
    const refused = { error: { message: 'no such model', type: 'invalid_request_error' } }
    for (const [answer, kind] of [
      [json({ choices: [] }), RetryableError],
      [json({ code: 422, msg: 'The model is not supported' }), TerminalError],
      [json(refused, 400), TerminalError],
      [hangUp, RetryableError],
    ] as const) {
      const stub = await startStub(t, answer)
      assert.ok((await failure(clientFor(stub.baseUrl).chat(asked))) instanceof kind)
    }
  })
})
