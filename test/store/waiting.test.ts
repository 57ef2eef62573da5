import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDb } from '../../src/store/db.ts'
import { recordJobs } from '../../src/store/jobs.ts'
import { recordUsers } from '../../src/store/users.ts'
import { FEWEST_ORDERS, readUsualTimes, readWaitingJobs } from '../../src/store/waiting.ts'
import { createDatabase } from '../support/database.ts'
import { createDraw } from '../support/properties.ts'

const draw = createDraw(4)

/** A duration of a model whose 90th percentile is 2.5 times its median: log-normal, median 30 s. */
function duration(): number {
  const uniform = () => (draw(1_000_000) + 1) / 1_000_001
  const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  return Math.round(30_000 * Math.exp((Math.log(2.5) / 1.2816) * normal))
}

describe('what users who wait are told', async () => {
  const database = await createDatabase({})
  const db = createDb(database.pool)
  await recordUsers(db, [{ id: 1, language: 'en', blocked: false }])
  const order = (id: string, modelId: string, status: string, tookMs: number | null = null) =>
    recordJobs(db, [
      {
        ...{ id, userId: 1, chatId: 1, modelId, status, priceKopecks: 0, credits: 1 },
        ...{ creditsConsumed: 1, input: {}, taskId: null, result: { urls: [], text: 'x' } },
        ...{ errorCode: null, courtesy: false, tookMs },
      },
    ])

  test('holds what happens for most of 200 orders, and nothing is said before there are enough', async () => {
    let [shown, held] = [0, 0]
    for (let i = 0; i < 200; i += 1) {
      const usual = (await readUsualTimes(db, ['m'])).get('m')
      const tookMs = duration()
      assert.equal(usual === undefined, i < FEWEST_ORDERS, `after ${i} orders`)
      if (usual !== undefined) {
        shown += 1
        if (tookMs <= usual.p90Ms) held += 1
        assert.ok(usual.medianMs <= usual.p90Ms)
      }
      await order(`d${i}`, 'm', 'delivered', tookMs)
    }
    assert.ok(held / shown >= 0.75, `${held} of ${shown}`)
    assert.ok(held / shown < 1, 'a range that holds everything says nothing')
    const { medianMs, p90Ms } = (await readUsualTimes(db, ['m', 'other'])).get('m') ?? assert.fail()
    assert.ok(p90Ms / medianMs > 2 && p90Ms / medianMs < 3, `${medianMs}, ${p90Ms}`)
  })

  test('is their place among those that wait for us, and none once the provider is asked', async () => {
    const queued = ['pending', 'retrying']
    for (const [id, status] of [
      ['q1', 'pending'],
      ['q2', 'created'],
      ['q3', 'retrying'],
      ['q4', 'pending'],
    ] as const) {
      await order(id, 'z-image', status)
    }
    const rows = await readWaitingJobs(db, 1, ['q4', 'q3', 'q2', 'unknown'], queued)
    assert.deepEqual(
      rows.sort((a, b) => a.id.localeCompare(b.id)),
      [
        { id: 'q2', status: 'created', ahead: 0 },
        { id: 'q3', status: 'retrying', ahead: 1 },
        { id: 'q4', status: 'pending', ahead: 2 },
      ],
    )
    assert.deepEqual(await readWaitingJobs(db, 2, ['q4'], queued), [], "nobody else's")
  })
})
