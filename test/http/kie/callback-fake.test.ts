import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TaskStatus } from '../../../src/actors/kie/status.ts'
import { createKieCallbackRouter } from '../../../src/http/kie/callback.ts'
import { signJob } from '../../../src/http/kie/callback-proof.ts'
import { startFakeKie } from '../../../src/sandbox/kie/server.ts'
import { serve } from '../serve.ts'

describe('callbacks of the strict fake', () => {
  test('are used once proven, by signature of the job or of the account', async (t) => {
    const kie = await startFakeKie({
      apiKey: 'key',
      hmacKey: 'hmac-key',
      timing: { queueMs: 1, generateMs: 1 },
    })
    t.after(() => kie.close())
    const statuses: TaskStatus[] = []
    const hints: string[] = []
    const kept: string[] = []
    let refused = 0
    const router = createKieCallbackRouter({
      path: 'callbacks/kie',
      jobKeys: ['job-key'],
      token: undefined,
      hmacKey: 'hmac-key',
      now: Date.now,
      onTaskReport: async ({ status }) => {
        statuses.push(status)
        return 'stored'
      },
      onTaskHint: async ({ taskId }) => {
        hints.push(taskId)
        return 'stored'
      },
      storeRaw: async ({ reason }) => void kept.push(reason),
      metrics: { callback4xx: () => void refused++, jobNotFound: () => undefined },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    })
    const { url } = await serve(t, router)
    const create = async (query: string) => {
      const before = kie.control.tasks.length
      await fetch(`${kie.url}/api/v1/jobs/createTask`, {
        method: 'POST',
        headers: { authorization: 'Bearer key', 'user-agent': 'test' },
        body: JSON.stringify({
          model: 'z-image',
          callBackUrl: `${url}/callbacks/kie${query}`,
          input: { prompt: 'a cat', aspect_ratio: '1:1' },
        }),
      })
      await kie.control.waitFor(({ tasks }) =>
        Boolean(tasks[before]?.callbacks.some(({ kind, status }) => kind === 'genuine' && status)),
      )
      return kie.control.tasks[before]?.callbacks.map(({ kind, status }) => `${kind} ${status}`)
    }

    const own = `?job=job-1&sig=${signJob('job-key', 'job-1')}`
    assert.deepEqual(await create(own), ['genuine 200'])
    assert.equal(statuses[0]?.phase, 'succeeded')
    assert.equal(statuses[0]?.creditsConsumed, 0.8)
    assert.equal(statuses[0]?.urls.length, 1)

    kie.control.faults.add({ route: 'callback', kind: 'forged' })
    assert.deepEqual(await create(own), ['forged 401', 'genuine 200'])
    kie.control.faults.add({ route: 'callback', kind: 'garbage' })
    assert.deepEqual(await create(own), ['garbage 200', 'genuine 200'])
    assert.deepEqual(await create(''), ['genuine 200'])

    assert.equal(statuses.length, 3)
    assert.ok(statuses.every(({ urls }) => !urls.some((link) => link.includes('forged'))))
    assert.deepEqual(hints, [kie.control.tasks[3]?.taskId])
    assert.deepEqual(kept, ['malformed'])
    assert.equal(refused, 1)
  })
})
