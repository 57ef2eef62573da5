import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { KieClient } from '../../../src/actors/kie/client.ts'
import { parseTaskStatus } from '../../../src/actors/kie/status.ts'
import { createCallbackHandlers } from '../../../src/http/kie/callback-handlers.ts'
import type { JobInput } from '../../../src/machines/job/context.ts'
import { readJob } from '../../../src/store/jobs.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { CHAT, CONVERSATION, createBench } from '../../actors/effects/bench.ts'

const input = (id: string): JobInput => ({
  id,
  userId: CHAT,
  chatId: CHAT,
  conversation: CONVERSATION,
  language: 'ru',
  modelId: 'z-image',
  output: 'image',
  answers: { prompt: 'a cat', aspect_ratio: '1:1' },
  mediaFields: [],
  priceKopecks: 0,
  credits: 0.8,
  callbacks: true,
  at: 0,
})

const success = (taskId: string) => ({
  taskId,
  state: 'success',
  resultJson: '{"resultUrls":["https://example.com/1.png"]}',
})

/** Two jobs whose create calls got no answer. */
async function start(t: TestContext) {
  const { deps, pool } = await createBench(t)
  await recordUsers(deps.db, [{ id: CHAT, language: 'ru', blocked: false }])
  for (const id of ['a', 'b']) {
    const send = (key: string, event: { type: string }, more = {}) =>
      deps.runtime.send({ actor: `job:${id}`, key, event, ...more })
    await send('begun', { type: 'actor.begun' }, { input: input(id) })
    const claim = { type: 'create.claimed', attempt: 1 }
    await send('claim', claim)
    await send('lost', { type: 'create.lost' })
  }
  const handlers = createCallbackHandlers({ ...deps, kie: {} as KieClient })
  const told = (jobId: string, taskId: string) =>
    handlers.onTaskReport({ jobId, status: parseTaskStatus(success(taskId)), raw: '' })
  return {
    handlers,
    told,
    status: async (id: string) => (await readJob(deps.db, id))?.status,
    letters: async () => (await pool.query('select * from dead_letters')).rows,
  }
}

describe('what a callback does', () => {
  test('makes a report a step of its job, once', async (t) => {
    const { told, status } = await start(t)
    assert.equal(await told('a', 'task'), 'stored')
    assert.equal(await told('a', 'task'), 'stored')
    assert.equal(await status('a'), 'delivering')
  })

  test('knows no job that does not exist', async (t) => {
    const { told } = await start(t)
    assert.equal(await told('nobody', 'task'), 'unknown')
  })

  test('rejects, to be kept, a report that the database refuses: no task is of two jobs', async (t) => {
    const { told, status } = await start(t)
    await told('a', 'task')
    await assert.rejects(told('b', 'task'), { code: 'database.refused' })
    assert.equal(await status('b'), 'unknown')
  })

  test('keeps what cannot be used once, word for word', async (t) => {
    const { handlers, letters } = await start(t)
    const letter = { reason: 'malformed', raw: '{"half', jobId: 'a' } as const
    await handlers.storeRaw(letter)
    await handlers.storeRaw(letter)
    const [kept, ...others] = await letters()
    assert.deepEqual(
      [kept.subject, kept.error, kept.payload],
      ['a', 'malformed', { raw: '{"half' }],
    )
    assert.deepEqual(others, [])
  })
})
