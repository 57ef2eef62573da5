import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import pino from 'pino'
import type { EffectDeps } from '../../../src/actors/effects/deps.ts'
import { createKieCreateHandler } from '../../../src/actors/effects/kie-create.ts'
import { createKiePollHandler } from '../../../src/actors/effects/kie-poll.ts'
import { createKieClient } from '../../../src/actors/kie/client.ts'
import { startFakeKie } from '../../../src/sandbox/kie/server.ts'

const orders: Record<string, { answers: Record<string, unknown>; results: number }> = {
  'z-image': { answers: { prompt: 'a cat', aspect_ratio: '1:1' }, results: 1 },
  veo3_fast: { answers: { prompt: 'a cat', duration: 4 }, results: 1 },
  V4: { answers: { customMode: false, instrumental: true, prompt: 'a cat' }, results: 2 },
  'ai-music-api/generate': {
    answers: { custom_mode: false, instrumental: true, model: 'V6', prompt: 'a cat' },
    results: 2,
  },
}

interface Told {
  type: string
  taskId?: string
  code?: string
  report?: { phase: string; urls: string[] }
}

/** The effects of a job against the strict fake, with a mailbox in place of the job. */
async function start(t: TestContext, callBackUrl: string | undefined) {
  const fake = await startFakeKie({ apiKey: 'key', timing: { queueMs: 0, generateMs: 0 } })
  t.after(() => fake.close())
  const told: Told[] = []
  const runtime = {
    send: async ({ event }: { event: Told }) => {
      told.push(event)
      return { outcome: 'committed', state: 'creating' }
    },
  }
  const kie = createKieClient({
    baseUrl: fake.url,
    uploadBaseUrl: fake.url,
    apiKey: 'key',
    limits: { create: async () => {}, read: async () => {} },
    uniqueName: () => 'x',
  })
  const log = pino({ level: 'silent' })
  const deps = { runtime, log, crashAt: () => {} } as unknown as EffectDeps
  const create = createKieCreateHandler({
    ...deps,
    kie,
    gate: async () => {},
    callbackUrl: () => callBackUrl,
  })
  const poll = createKiePollHandler({ ...deps, kie })
  const job = { actor: 'job:1', seq: 1, index: 0, at: 0, attempt: 1 }
  const signal = new AbortController().signal
  return {
    fake,
    told,
    create: (modelId: string) =>
      create(
        {
          ...job,
          params: { modelId, answers: orders[modelId]?.answers ?? {}, uploads: {}, attempt: 1 },
        },
        signal,
      ),
    poll: (modelId: string, taskId: string) =>
      poll({ ...job, params: { modelId, taskId, poll: 1 } }, signal),
  }
}

describe('a job of each family', () => {
  for (const [modelId, { results }] of Object.entries(orders))
    test(`is ordered and followed to its end: ${modelId}`, async (t) => {
      const { fake, told, create, poll } = await start(t, 'http://127.0.0.1:1/cb')
      fake.control.hold()
      await create(modelId)
      const { taskId = '' } = told.at(-1) ?? {}
      assert.equal(told.at(-1)?.type, 'create.accepted')
      await poll(modelId, taskId)
      assert.match(String(told.at(-1)?.report?.phase), /waiting|running/)
      await fake.control.finish(taskId)
      await poll(modelId, taskId)
      assert.equal(told.at(-1)?.report?.phase, 'succeeded')
      assert.equal(told.at(-1)?.report?.urls.length, results)
      assert.equal(fake.control.createTaskCount(), 1)
    })

  test('ends before anything is sent where its API needs an address that we have not', async (t) => {
    const { fake, told, create } = await start(t, undefined)
    await create('V4')
    assert.deepEqual(told.at(-1), { type: 'create.refused', code: 'kie.refused' })
    assert.equal(fake.control.createTaskCount(), 0)
    await create('veo3_fast')
    assert.equal(told.at(-1)?.type, 'create.accepted')
  })
})
