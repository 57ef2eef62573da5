import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createStartJobHandler } from '../../../src/actors/effects/start-job.ts'
import { filesOf } from '../../../src/machines/catalogue/answer-files.ts'
import { allModels } from '../../../src/machines/catalogue/catalogue.ts'
import type { Answers } from '../../../src/machines/catalogue/payload.ts'
import { priceFields } from '../../../src/machines/catalogue/pricing-measure.ts'
import { usualAnswers, usualPrice } from '../../../src/machines/catalogue/usual-order.ts'
import { canBeBegun } from '../../../src/machines/conversation/order/offer.ts'
import { priceOrder } from '../../../src/machines/conversation/order/price.ts'
import { bookMovements } from '../../../src/store/ledger.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { createDraw } from '../../support/properties.ts'
import { walk } from '../../support/wizard.ts'
import { CHAT, createBench, jobOf, never, VIEW } from './bench.ts'

const orderable = allModels.filter((model) => canBeBegun(model, VIEW.rates))
const WALKS = 12

const ordersOf = (model: (typeof orderable)[number]): Answers[] =>
  Array.from({ length: WALKS }, (_, i) => walk(model, createDraw(i)) as Answers)

/**
 * What one order of a group may cost, in roubles: a factor of ten below or above what the provider
 * asks today would be a slip of a unit, not a change of price.
 */
const BANDS: Readonly<Record<string, readonly [number, number]>> = {
  image: [1, 150],
  // The most: a picture taken apart into its 17 layers.
  'image-edit': [1, 250],
  // The most: half a minute of the dearest model in its best definition.
  video: [3, 4_000],
  avatar: [3, 300],
  enhance: [0.1, 150],
  audio: [0.05, 50],
  music: [1, 150],
  // Words alone: 0.4 credits a request.
  'text-to-lyrics': [0.1, 3],
}

describe('prices', () => {
  test('lie within what such things cost, group by group', () => {
    for (const model of orderable.filter(({ free }) => !free)) {
      const [least, most] =
        BANDS[model.task] ?? BANDS[model.category] ?? assert.fail(`no band for ${model.category}`)
      for (const answers of ordersOf(model)) {
        const priced = priceOrder({ modelId: model.id, answers }, VIEW.rates)
        if ('refusal' in priced) continue
        const roubles = priced.priceKopecks / 100
        assert.ok(roubles >= least && roubles <= most, `${model.id}: ${roubles} roubles`)
      }
    }
  })

  test('in the list are those of an order in which nothing was changed', () => {
    let compared = 0
    for (const model of orderable) {
      const list = usualPrice(model, VIEW.rates)
      if ('unpriced' in list || list.per !== 'run') continue
      const priced = new Set(priceFields(model))
      for (const given of ordersOf(model)) {
        // What may be given besides may cost its own: a clip to go by, each picture after the first.
        const plain = Object.fromEntries(
          Object.entries(given).flatMap(([field, value]) => {
            if (priced.has(field)) return []
            if (filesOf(value).length === 0) return [[field, value]]
            if (!model.input.required?.includes(field)) return []
            return [[field, Array.isArray(value) ? value.slice(0, 1) : value]]
          }),
        )
        const answers = { ...plain, ...usualAnswers(model) }
        const order = priceOrder({ modelId: model.id, answers }, VIEW.rates)
        if ('refusal' in order) continue
        // How large a picture comes out is known by the picture alone.
        if (model.id !== 'topaz/image-upscale')
          assert.equal(order.priceKopecks, list.kopecks, model.id)
        assert.equal(order.priceKopecks === 0, model.free === true, model.id)
        compared += 1
      }
    }
    assert.ok(compared > 100, `${compared} orders`)
  })

  test('of the preview are what is held, for every model', async (t) => {
    const { deps, pool } = await createBench(t)
    await recordUsers(deps.db, [{ id: CHAT, language: 'ru', blocked: false }])
    const kopecks = 100_000_000
    await bookMovements(deps.db, [{ userId: CHAT, kind: 'top_up', ref: 'start', kopecks }])
    const start = createStartJobHandler({
      ...deps,
      view: VIEW,
      limits: {
        perMinute: 1_000,
        perHour: 1_000,
        adminIds: [CHAT],
        free: { daily: 0, hourly: 0, budgetCredits: 0 },
      },
      callbacks: true,
    })
    const expected = new Map<string, number>()
    for (const model of orderable) {
      for (const answers of ordersOf(model).slice(0, 2)) {
        const order = { userId: CHAT, modelId: model.id, answers }
        const priced = priceOrder(order, VIEW.rates)
        if ('refusal' in priced) continue
        const jobId = `job${expected.size}`
        const { priceKopecks } = priced
        const params = { ...order, jobId, chatId: CHAT, language: 'ru' as const, priceKopecks }
        await start(jobOf(params, { seq: expected.size }), never)
        expected.set(jobId, priceKopecks)
      }
    }
    assert.ok(expected.size >= orderable.length)
    const { rows } = await pool.query<{ id: string; price: number; held: number }>(`
      select j.id, j.price_kopecks as price, coalesce(e.amount_kopecks, 0) as held
      from jobs j left join ledger_entries e on e.ref = j.id and e.kind = 'hold'`)
    assert.equal(rows.length, expected.size)
    for (const { id, price, held } of rows) {
      assert.deepEqual([price, held], [expected.get(id), expected.get(id)], id)
    }
  })
})
