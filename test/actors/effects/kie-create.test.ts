import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createKieCreateHandler } from '../../../src/actors/effects/kie-create.ts'
import type { KieClient } from '../../../src/actors/kie/client.ts'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../../src/errors.ts'
import type { JobInput } from '../../../src/machines/job/context.ts'
import { readJob } from '../../../src/store/jobs.ts'
import { bookMovements } from '../../../src/store/ledger.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { CHAT, CONVERSATION, createBench, jobOf, never } from './bench.ts'

const ACTOR = 'job:j'
const input: JobInput = {
  id: 'j',
  userId: CHAT,
  chatId: CHAT,
  conversation: CONVERSATION,
  language: 'ru',
  modelId: 'google/imagen4-fast',
  output: 'image',
  answers: { prompt: 'a cat' },
  mediaFields: [],
  priceKopecks: 314,
  credits: 4,
  callbacks: true,
  at: 0,
}

/** A job that is about to be created, and the effect that does it. */
async function start(t: TestContext, answer: () => Promise<{ taskId: string }>) {
  const { deps } = await createBench(t)
  await recordUsers(deps.db, [{ id: CHAT, language: 'ru', blocked: false }])
  await bookMovements(deps.db, [{ userId: CHAT, kind: 'top_up', ref: 'x', kopecks: 1_000 }])
  const begin = { actor: ACTOR, key: 'begun', event: { type: 'actor.begun' }, input }
  assert.equal((await deps.runtime.send(begin)).outcome, 'committed')
  let calls = 0
  const createTask = () => {
    calls += 1
    return answer()
  }
  const run = createKieCreateHandler({
    ...deps,
    kie: { createTask } as unknown as KieClient,
    createGate: async () => {},
    callbackUrl: () => 'http://127.0.0.1:1/callback',
  })
  const params = { modelId: input.modelId, answers: input.answers, uploads: {}, attempt: 1 }
  return {
    deps,
    calls: () => calls,
    run: (more: Partial<typeof params> = {}) =>
      run(jobOf({ ...params, ...more }, { actor: ACTOR }), never),
    status: async () => (await readJob(deps.db, 'j'))?.status,
  }
}

describe('create effect', () => {
  test('sends one call, however many run at once', async (t) => {
    const gate = Promise.withResolvers<void>()
    const { run, calls, status } = await start(t, async () => {
      await gate.promise
      return { taskId: 'task' }
    })
    const runs = Array.from({ length: 10 }, () => run())
    await Promise.race(runs)
    gate.resolve()
    await Promise.all(runs)
    assert.equal(calls(), 1)
    assert.equal(await status(), 'created')
  })

  test('sends nothing when the claim was made before: its answer is lost', async (t) => {
    const { deps, run, calls, status } = await start(t, async () => ({ taskId: 'task' }))
    const event = { type: 'create.claimed', attempt: 1 }
    await deps.runtime.send({ actor: ACTOR, key: 'create.claimed:1', event })
    await run()
    assert.deepEqual([calls(), await status()], [0, 'unknown'])
  })

  test('sends nothing for a job that has moved on', async (t) => {
    const { deps, run, calls } = await start(t, async () => ({ taskId: 'task' }))
    const event = { type: 'create.refused', code: 'kie.refused' }
    await deps.runtime.send({ actor: ACTOR, key: 'ended', event })
    await run()
    assert.equal(calls(), 0)
  })

  for (const [name, error, status] of [
    ['busy', new RetryableError('kie.busy'), 'retrying'],
    ['refused', new TerminalError('kie.refused'), 'failed'],
    ['unanswered', new UnknownOutcomeError('kie.unknown'), 'unknown'],
  ] as const) {
    test(`makes the job ${status} when the call is ${name}`, async (t) => {
      const effect = await start(t, () => Promise.reject(error))
      await effect.run()
      await effect.run()
      assert.deepEqual([effect.calls(), await effect.status()], [1, status])
    })
  }

  test('gives the money back when the call cannot even be built', async (t) => {
    const { run, calls, status } = await start(t, async () => ({ taskId: 'task' }))
    await run({ modelId: 'a model that is gone' })
    assert.deepEqual([calls(), await status()], [0, 'failed'])
  })
})
