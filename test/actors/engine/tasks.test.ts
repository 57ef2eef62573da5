import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { JobHelpers } from 'graphile-worker'
import { pino } from 'pino'
import { z } from 'zod'
import {
  createEffects,
  declareEffect,
  type EffectHandler,
  type EffectJob,
} from '../../../src/actors/engine/effect.ts'
import type { Envelope } from '../../../src/actors/engine/envelope.ts'
import { createTasks } from '../../../src/actors/engine/tasks.ts'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../../src/errors.ts'
import { createDb } from '../../../src/store/db.ts'
import { createDatabase } from '../../support/database.ts'
import { jobOf } from '../effects/bench.ts'

const NOW = 1_000_000
const TYPE = 'quote.request'
const away = (retryAfterMs?: number) =>
  new RetryableError('telegram.unavailable', retryAfterMs === undefined ? {} : { retryAfterMs })

/** One handler as a task, with the queue's side played by hand. */
async function start(t: TestContext, handler: EffectHandler) {
  const { pool } = await createDatabase(t)
  const queued: { job: EffectJob; pauseMs: number; key: string | undefined }[] = []
  const outcomes: string[] = []
  const told: Envelope[] = []
  const declaration = declareEffect({
    name: TYPE,
    params: z.looseObject({ modelId: z.string().optional() }),
    queue: 'any',
    patience: { priority: -15, attempts: 20, maxPauseMs: 5_000 },
    exhausted: ({ modelId }) => ({ type: 'quote.refused', modelId }),
    handler: () => handler,
  })
  const tasks = createTasks(createEffects([declaration], {}), {
    db: createDb(pool),
    log: pino({ level: 'silent' }),
    now: () => NOW,
    runtime: {
      send: async (envelope) => {
        told.push(envelope)
        return { outcome: 'duplicate' }
      },
    },
    onDone: (_type, outcome) => outcomes.push(outcome),
  })
  const helpers = {
    abortSignal: undefined,
    addJob: async (_type: string, job: EffectJob, spec: { runAt: Date; jobKey?: string }) => {
      queued.push({ job, pauseMs: spec.runAt.getTime() - NOW, key: spec.jobKey })
    },
  } as unknown as JobHelpers
  const task = tasks[TYPE] as NonNullable<(typeof tasks)[string]>
  return {
    queued,
    outcomes,
    told,
    run: async (job: EffectJob) => void (await task(job, helpers)),
    letters: async () =>
      (await pool.query('select kind, subject, key, payload, error from dead_letters')).rows,
  }
}

const failing =
  (error: Error): EffectHandler =>
  () =>
    Promise.reject(error)

describe('effect task', () => {
  test('is over when its handler is', async (t) => {
    const seen: EffectJob[] = []
    const task = await start(t, async (job) => {
      seen.push(job)
    })
    const job = jobOf({ chatId: 1 })
    await task.run(job)
    assert.deepEqual([seen, task.outcomes, task.queued], [[job], ['done'], []])
  })

  test('is put back with growing pauses, as the same effect', async (t) => {
    const task = await start(t, failing(away()))
    for (const attempt of [1, 2, 3, 4, 10]) await task.run(jobOf({}, { attempt, seq: 5 }))
    assert.deepEqual(
      task.queued.map(({ pauseMs }) => pauseMs),
      [1_000, 2_000, 4_000, 5_000, 5_000],
    )
    assert.deepEqual(
      task.queued.map(({ job }) => [job.attempt, job.seq, job.actor]),
      [2, 3, 4, 5, 11].map((attempt) => [attempt, 5, jobOf({}).actor]),
    )
    assert.deepEqual(new Set(task.outcomes), new Set(['repeated']))
    assert.deepEqual(await task.letters(), [])
  })

  test('is put back once, however often the try that failed runs', async (t) => {
    const task = await start(t, failing(away()))
    const job = jobOf({}, { attempt: 3 })
    await task.run(job)
    await task.run(job)
    await task.run(jobOf({}, { attempt: 3, index: 1 }))
    const [first, second, other] = task.queued.map(({ key }) => key)
    assert.ok(first !== undefined)
    assert.equal(first, second)
    assert.notEqual(first, other)
  })

  test('waits as long as the other side asks', async (t) => {
    const task = await start(t, failing(away(90_000)))
    await task.run(jobOf({}))
    assert.equal(task.queued[0]?.pauseMs, 90_000)
  })

  test('is given up after its last try: kept with its error, and who waits is told', async (t) => {
    const task = await start(t, failing(away()))
    const job = jobOf({ modelId: 'm' }, { attempt: 20 })
    await task.run(job)
    await task.run(job)
    assert.deepEqual([task.queued, task.outcomes], [[], ['exhausted', 'exhausted']])
    assert.deepEqual(await task.letters(), [
      {
        kind: 'effect',
        subject: job.actor,
        key: `${TYPE}:${job.actor}#1.0`,
        payload: job,
        error: away().message,
      },
    ])
    const event = { type: 'quote.refused', modelId: 'm' }
    assert.deepEqual(task.told[0], {
      actor: job.actor,
      key: `given-up:${TYPE}:${job.actor}#1.0`,
      event,
    })
  })

  for (const error of [new TerminalError('kie.refused'), new UnknownOutcomeError('kie.unknown')]) {
    test(`is given up at once after a ${error.name}`, async (t) => {
      const task = await start(t, failing(error))
      await task.run(jobOf({}))
      assert.deepEqual([task.queued, task.told.length], [[], 1])
    })
  }

  test('is given up at once with parameters that its handler does not take', async (t) => {
    const ran: EffectJob[] = []
    const task = await start(t, async (job) => {
      ran.push(job)
    })
    await task.run(jobOf({ modelId: 5 }))
    assert.deepEqual([ran, task.queued, task.told.length], [[], [], 1])
    const [letter] = await task.letters()
    assert.match(letter.error, /quote\.request: modelId: /)
    assert.deepEqual(letter.payload.params, { modelId: 5 })
  })

  test('is tried five times when something unforeseen goes wrong', async (t) => {
    const task = await start(t, failing(new TypeError('a bug')))
    for (let attempt = 1; attempt <= 5; attempt += 1) await task.run(jobOf({}, { attempt }))
    assert.deepEqual(task.outcomes, [...Array(4).fill('repeated'), 'exhausted'])
    assert.match((await task.letters())[0].error, /a bug/)
  })
})
