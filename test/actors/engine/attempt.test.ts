import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { z } from 'zod'
import { attemptEffect } from '../../../src/actors/engine/attempt.ts'
import {
  type BoundEffect,
  createEffects,
  declareEffect,
  type EffectHandler,
  type EffectJob,
} from '../../../src/actors/engine/effect.ts'
import type { Envelope } from '../../../src/actors/engine/envelope.ts'
import { RetryableError, TerminalError, UnknownOutcomeError } from '../../../src/errors.ts'
import { createDb } from '../../../src/store/db.ts'
import { createDatabase } from '../../support/database.ts'
import { jobOf } from '../effects/bench.ts'

const NOW = 1_000_000
const TYPE = 'quote.request'
const away = (retryAfterMs?: number) =>
  new RetryableError('telegram.unavailable', retryAfterMs === undefined ? {} : { retryAfterMs })

/** One handler as an effect; `queued` are the tries that are to follow. */
async function start(
  t: TestContext,
  handler: EffectHandler,
  delivery: 'once' | 'ephemeral' = 'once',
) {
  const { pool } = await createDatabase(t)
  const queued: number[] = []
  const outcomes: string[] = []
  const told: Envelope[] = []
  const declaration = declareEffect({
    name: TYPE,
    params: z.looseObject({ modelId: z.string().optional() }),
    delivery,
    queue: 'any',
    patience: { attempts: 20, maxPauseMs: 5_000 },
    exhausted: ({ modelId }) => ({ type: 'quote.refused', modelId }),
    handler: () => handler,
  })
  const [effect] = createEffects([declaration], {}) as [BoundEffect]
  const deps = {
    db: createDb(pool),
    log: pino({ level: 'silent' }),
    now: () => NOW,
    async send(envelope: Envelope) {
      told.push(envelope)
      return { outcome: 'duplicate' } as const
    },
    onDone: (_type: string, outcome: string) => outcomes.push(outcome),
  }
  return {
    queued,
    outcomes,
    told,
    async run(job: EffectJob) {
      const attempt = await attemptEffect(effect, job, deps, new AbortController().signal)
      if (!attempt.over) queued.push(attempt.pauseMs)
    },
    letters: async () =>
      (await pool.query('select kind, subject, key, payload, error from dead_letters')).rows,
  }
}

const failing =
  (error: Error): EffectHandler =>
  () =>
    Promise.reject(error)

describe('a try of an effect', () => {
  test('is over when its handler is', async (t) => {
    const seen: EffectJob[] = []
    const task = await start(t, async (job) => {
      seen.push(job)
    })
    const job = jobOf({ chatId: 1 })
    await task.run(job)
    assert.deepEqual([seen, task.outcomes, task.queued], [[job], ['done'], []])
  })

  test('is followed by another after a pause that grows', async (t) => {
    const task = await start(t, failing(away()))
    for (const attempt of [1, 2, 3, 4, 10]) await task.run(jobOf({}, { attempt, seq: 5 }))
    assert.deepEqual(task.queued, [1_000, 2_000, 4_000, 5_000, 5_000])
    assert.deepEqual(new Set(task.outcomes), new Set(['repeated']))
    assert.deepEqual(await task.letters(), [])
  })

  test('is the only one of an effect that is worthless after seconds', async (t) => {
    const task = await start(t, failing(away()), 'ephemeral')
    await task.run(jobOf({}))
    assert.deepEqual([task.queued, task.outcomes], [[], ['exhausted']])
    assert.deepEqual(await task.letters(), [])
  })

  test('waits as long as the other side asks', async (t) => {
    const task = await start(t, failing(away(90_000)))
    await task.run(jobOf({}))
    assert.deepEqual(task.queued, [90_000])
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

  test('is never the last while the database is away', async (t) => {
    const task = await start(t, failing(new RetryableError('database.unavailable')))
    for (const attempt of [20, 21, 400]) await task.run(jobOf({}, { attempt }))
    assert.deepEqual(task.outcomes, Array(3).fill('repeated'))
    assert.deepEqual(await task.letters(), [])
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
