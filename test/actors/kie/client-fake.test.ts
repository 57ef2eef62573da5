import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createKieClient } from '../../../src/actors/kie/client.ts'
import { familyNamed } from '../../../src/actors/kie/families.ts'
import { createKieLimits } from '../../../src/actors/kie/limits.ts'
import { startFakeKie } from '../../../src/sandbox/kie/server.ts'

const market = familyNamed('market')

const drawing = market.createRequest({
  apiModel: 'z-image',
  input: { prompt: 'a cat', aspect_ratio: '1:1' },
})

const start = async (t: TestContext, apiKey = 'key') => {
  const kie = await startFakeKie({ apiKey: 'key', timing: { queueMs: 1, generateMs: 1 } })
  t.after(() => kie.close())
  const closed = new AbortController()
  t.after(() => closed.abort())
  const client = createKieClient({
    baseUrl: kie.url,
    uploadBaseUrl: kie.url,
    apiKey,
    limits: createKieLimits(undefined, closed.signal),
    uniqueName: () => crypto.randomUUID(),
    timeouts: { createMs: 2_000 },
    uploadRetryDelaysMs: [1, 1],
  })
  return { client, ...kie }
}

describe('the client against the strict fake', () => {
  test('makes a task, follows it to its end and finds the picture', async (t) => {
    const { client, control } = await start(t)
    const before = await client.credits()
    control.hold()
    const { taskId } = await client.createTask(drawing)
    const early = await client.readTask(market.statusEndpoint, taskId)
    assert.match(early.phase, /waiting|running/)
    assert.deepEqual(early.urls, [])
    await control.finish(taskId)
    const status = await client.readTask(market.statusEndpoint, taskId)
    assert.equal(status.phase, 'succeeded')
    assert.equal(status.urls.length, 1)
    assert.equal(status.creditsConsumed, 0.8)
    assert.ok((status.times.completedAt ?? 0) >= (status.times.createdAt ?? Infinity))
    assert.equal((await fetch(status.urls[0] ?? '')).status, 200)
    assert.ok(Math.abs(before - (await client.credits()) - 0.8) < 1e-9)
    assert.deepEqual(control.violations, [])
  })

  test('reports a failed task with its reason', async (t) => {
    const { client, control } = await start(t)
    control.hold()
    const { taskId } = await client.createTask(drawing)
    await control.fail(taskId, { code: 501, msg: 'The prompt was rejected' })
    const status = await client.readTask(market.statusEndpoint, taskId)
    assert.equal(status.phase, 'failed')
    assert.equal(status.failCode, '501')
    assert.match(status.failMessage ?? '', /rejected/)
  })

  test('knows that an unknown task is not there', async (t) => {
    const { client } = await start(t)
    const status = await client.readTask(market.statusEndpoint, 'never-made')
    assert.equal(status.stage, 'not-found')
  })

  test('hands over a picture that the provider can read', async (t) => {
    const { client, control } = await start(t)
    const { taskId } = await client.createTask(drawing)
    const status = await finished(client, taskId)
    const bytes = await (await fetch(status.urls[0] ?? '')).bytes()
    control.faults.add({ route: 'upload', kind: 'reset-before' })
    const file = { content: bytes, fileName: 'cat.png', mime: 'image/png', size: bytes.length }
    const link = await client.upload(file)
    assert.deepEqual(await (await fetch(link)).bytes(), bytes)
    assert.equal(control.uploads.length, 1)
  })

  test('refuses to guess when the answer got lost, and asks only once', async (t) => {
    const { client, control } = await start(t)
    for (const kind of ['reset-after', 'reset-before', 'garbage', 'http'] as const) {
      const before = control.createTaskCount()
      control.faults.add({ route: 'createTask', kind })
      await assert.rejects(client.createTask(drawing), { code: 'kie.unknown' })
      assert.ok(control.createTaskCount() - before <= 1, kind)
    }
    assert.deepEqual(control.faults.list(), [])
  })

  test('tells the provider’s refusals apart', async (t) => {
    const { client, control } = await start(t)
    const wrong = market.createRequest({ apiModel: 'z-image', input: {} })
    await assert.rejects(client.createTask(wrong), { code: 'kie.refused' })
    control.credits = 0
    await assert.rejects(client.createTask(drawing), { code: 'kie.credits' })
    const stranger = await start(t, 'other')
    await assert.rejects(stranger.client.createTask(drawing), { code: 'kie.unauthorized' })
    assert.equal(control.createTaskCount() + stranger.control.createTaskCount(), 0)
  })
})

const finished = async (client: ReturnType<typeof createKieClient>, taskId: string) => {
  for (;;) {
    const status = await client.readTask(market.statusEndpoint, taskId)
    if (status.phase === 'succeeded' || status.phase === 'failed') return status
  }
}
