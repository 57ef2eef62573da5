import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fc } from '../../support/properties.ts'
import { claimed, happenings, operator, report, run, typesOf, ways } from './job-steps.ts'

describe('the money of a job', () => {
  const anything = fc.array(fc.constantFrom(...Object.values(happenings), claimed(3), claimed(4)), {
    maxLength: 25,
  })

  test('is held first, settled at most once and given back at most once, in any order', () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (events, isFree) => {
        const job = run(events, isFree ? { priceKopecks: 0 } : {})
        const types = typesOf(job.effects)
        const money = types.filter((t) => t.startsWith('ledger.'))
        if (isFree) return assert.deepEqual(money, [])
        assert.equal(money[0], 'ledger.hold')
        assert.ok(money.length <= 3 && new Set(money).size === money.length, `${money}`)
        if (money.length === 3)
          assert.deepEqual(money.slice(1), ['ledger.capture', 'ledger.sale_undone'])
        assert.equal(money.length === 3, job.context.refunded)
        const settled = { delivered: /capture|release/, failed: /release/ }[job.state]
        if (settled) assert.match(money[1] ?? 'nothing', settled)
        for (const e of job.effects.filter((x) => x.type.startsWith('ledger.'))) {
          // What an operator gives back also says who and why; nothing else may stand beside the sum.
          const { madeBy, reason, ...sum } = e.params
          assert.deepEqual(sum, { userId: 7, ref: 'j1', kopecks: 500 })
          assert.equal(
            [madeBy, reason].every((x) => x === undefined),
            e.type !== 'ledger.sale_undone',
          )
        }
        assert.equal(types.includes('ledger.release'), job.context.released)
      }),
      { numRuns: 1_500 },
    )
  })

  test('that an operator gives back says who gave it and why', () => {
    const job = run([...(ways.delivered ?? []), operator('refund')])
    const given = job.effects.find(({ type }) => type === 'ledger.sale_undone')
    assert.deepEqual(given?.params, {
      ...{ userId: 7, ref: 'j1', kopecks: 500 },
      ...{ madeBy: 0, reason: 'ann: asked for it' },
    })
  })

  test("of a free job is the house's: the user pays nothing, the cost is booked once", () => {
    const { uploaded, claimed: first, accepted, succeeded, delivered } = happenings
    const free = { priceKopecks: 0, usdRubRate: 80 }
    const life = [uploaded, first, accepted, succeeded, delivered].filter((e) => e !== undefined)
    const job = run(life, free)
    assert.equal(job.state, 'delivered')
    const money = job.effects.filter(({ type }) => type.startsWith('ledger.'))
    // 4 credits at half a cent, without any markup.
    const kopecks = 160
    assert.deepEqual(money, [{ type: 'ledger.cost', params: { userId: 7, ref: 'j1', kopecks } }])
  })

  test('counts the quote when the provider’s figure can be no price, and asks nothing absurd of the ledger', () => {
    const { uploaded, claimed: first, accepted, delivered } = happenings
    for (const creditsConsumed of [1e17, -5, Number.NaN, 1_000_001]) {
      const succeeded = report('succeeded', { creditsConsumed })
      const life = [uploaded, first, accepted, succeeded, delivered].filter((e) => e !== undefined)
      const job = run(life, { usdRubRate: 80 })
      assert.deepEqual([job.state, job.context.creditsConsumed], ['delivered', null])
      const cost = job.effects.find(({ type }) => type === 'ledger.cost')
      assert.equal(cost?.params.kopecks, 160)
    }
  })

  test('is explained to the user: one end is reported, never a refund after a charge', () => {
    fc.assert(
      fc.property(anything, (events) => {
        const told = run(events).effects.filter((e) => /^tell\.(delivered|failed)$/.test(e.type))
        const ends = told.map((e) => (e.params.event as { type: string }).type)
        assert.ok(ends.length <= 2, `${ends}`)
        assert.ok(ends.filter((t) => t === 'job.failed').length <= 1)
        assert.ok(ends.indexOf('job.delivered') !== 0 || ends.length === 1)
      }),
      { numRuns: 1_000 },
    )
  })

  test('pays for one call per claim: an order of one attempt is sent out once', () => {
    fc.assert(
      fc.property(anything, (events) => {
        const sent = run(events).effects.filter((e) => e.type === 'kie.create')
        const attempts = sent.map((e) => e.params.attempt)
        assert.deepEqual(attempts, [...new Set(attempts)])
      }),
      { numRuns: 1_000 },
    )
  })
})
