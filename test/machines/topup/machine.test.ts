import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { getShortestPaths } from 'xstate/graph'
import { advance, begin } from '../../../src/machines/engine/transition.ts'
import {
  amountOf,
  isAllowed,
  kopecksFor,
  starsFor,
  worthOf,
} from '../../../src/machines/topup/amounts.ts'
import { refusalOf } from '../../../src/machines/topup/checkout.ts'
import type { Payment, TopupContext, TopupInput } from '../../../src/machines/topup/context.ts'
import { topupDefinition } from '../../../src/machines/topup/definition.ts'
import type { TopupEvent } from '../../../src/machines/topup/events.ts'
import { topupMachine } from '../../../src/machines/topup/machine.ts'

const input: TopupInput = {
  id: 'abc',
  way: 'stars',
  botId: 1,
  userId: 7,
  language: 'ru',
  kopecks: 10_000,
  stars: 160,
  at: 0,
}

const due = (delay: string, state: string): TopupEvent =>
  ({ type: `xstate.after.${delay}.topup.${state}` }) as unknown as TopupEvent

const events: TopupEvent[] = [
  { type: 'invoice.sent', messageId: 1 },
  { type: 'invoice.failed', code: 'telegram.blocked' },
  { type: 'checkout.approved' },
  ...['c1', 'c2'].flatMap((chargeId): TopupEvent[] => [
    { type: 'payment.received', chargeId, userId: 7, stars: 160, missed: false },
    { type: 'refund.requested', chargeId, adminId: 1 },
    { type: 'refund.done', chargeId },
    { type: 'refund.failed', chargeId, code: 'telegram.refused' },
    { type: 'refund.reported', chargeId, userId: 7, stars: 160, bookedKopecks: 4_000 },
  ]),
  { type: 'receipt.submitted', kind: 'photo', fileId: 'f', uniqueId: 'u' },
  { type: 'receipt.checked', hash: 'h', sameAs: ['other'] },
  { type: 'review.approved', adminId: 1 },
  { type: 'review.rejected', adminId: 2 },
  due('openLimit', 'invoiced'),
  due('openLimit', 'awaiting'),
  ...['expired', 'undelivered', 'rejected'].map((state) => due('unpaidLimit', state)),
  ...['credited', 'refunded', 'accepted'].map((state) => due('settledLimit', state)),
]

/** All of it but how often a refund was tried, which has no end. */
const momentOf = ({ value, context }: { value: unknown; context: TopupContext }) =>
  JSON.stringify([value, context.payments.map((p) => ({ ...p, refunds: 0 })), context.receipt])

/** Plays events and adds up what the ledger would hold for each account. */
function play(way: TopupInput['way'], sequence: readonly TopupEvent[]) {
  let outcome = begin(topupDefinition, { ...input, way })
  const effects = [...outcome.effects]
  for (const event of sequence) {
    outcome = advance(topupDefinition, outcome.snapshot, { ...event, at: 1, rnd: 'r' } as never)
    effects.push(...outcome.effects)
  }
  const booked = new Map<string, number>()
  const refs = effects
    .filter(({ type }) => type.startsWith('ledger.'))
    .map(({ type, params }) => {
      const { ref, kopecks } = params as { ref: string; kopecks: number }
      const charge = ref.split('#')[0] as string
      const sign = type === 'ledger.refund' ? -1 : 1
      booked.set(charge, (booked.get(charge) ?? 0) + sign * kopecks)
      return `${type}:${ref}`
    })
  const context = outcome.snapshot.context as TopupContext
  const { status } = topupDefinition.projection.row(outcome.snapshot)
  return { context, state: outcome.snapshot.value as string, status, effects, booked, refs }
}

const worth = ({ state, kopecks, debtKopecks }: Payment) =>
  state === 'credited' ? kopecks : kopecks === 0 ? 0 : debtKopecks

describe('a top-up', () => {
  for (const way of ['stars', 'manual', 'found'] as const) {
    test(`by way of ${way} holds in every moment exactly what its payments say`, () => {
      const options = {
        input: { ...input, way },
        events: events.map((e) => ({ ...e, at: 1, rnd: 'r' })),
        serializeState: momentOf,
        // Nothing steps an actor that has ended.
        stopWhen: ({ status }: { status: string }) => status === 'done',
        limit: 20_000,
      }
      const paths = getShortestPaths(topupMachine as never, options as never)
      assert.ok(paths.length > 5)
      for (const { steps } of paths) {
        const sequence = steps.map((s) => s.event as unknown as TopupEvent).slice(1)
        const { context, state, status, booked, refs } = play(way, sequence)
        assert.equal(new Set(refs).size, refs.length, `a reference twice: ${refs}`)
        for (const payment of context.payments) {
          assert.equal(booked.get(payment.chargeId) ?? 0, worth(payment), JSON.stringify(sequence))
        }
        const charges = context.payments.map((p) => p.chargeId)
        assert.equal(new Set(charges).size, charges.length)
        assert.ok(!['paid', 'settling'].includes(state), state)
        assert.equal(booked.get('manual:abc') ?? 0, status === 'accepted' ? 10_000 : 0)
        // The row of a closed top-up still says how it ended.
        assert.notEqual(status, 'closed')
      }
    })
  }

  test('sends its invoice and tells whoever pays, also a stranger', () => {
    const { effects, state } = play('stars', [
      { type: 'invoice.sent', messageId: 5 },
      { type: 'payment.received', chargeId: 'c', userId: 9, stars: 160, missed: false },
    ])
    assert.equal(state, 'credited')
    assert.deepEqual(
      effects.map((e) => e.type),
      ['telegram.invoice', 'ledger.top_up', 'tell.credited', 'operator.alert'],
    )
    assert.equal(effects[1]?.params.userId, 9)
    assert.equal(effects[2]?.params.to, 'conversation:1:9')
    assert.equal(effects[3]?.params.code, 'payment.foreign')
  })

  test('is decided by the first admin only', () => {
    const { state, refs, effects } = play('manual', [
      { type: 'receipt.submitted', kind: 'photo', fileId: 'f', uniqueId: 'u' },
      { type: 'review.approved', adminId: 1 },
      { type: 'review.rejected', adminId: 1 },
      { type: 'review.rejected', adminId: 2 },
      { type: 'review.approved', adminId: 2 },
    ])
    assert.deepEqual([state, refs], ['accepted', ['ledger.top_up:manual:abc']])
    const told = effects.filter((e) => /^tell\.reviewed/.test(e.type))
    assert.deepEqual(
      told.map((e) => (e.params.event as { decision: string }).decision),
      ['approved', 'before', 'before', 'before'],
    )
  })
})

describe('amounts', () => {
  test('cost whole Stars, rounded up', () => {
    assert.deepEqual(
      [5_000, 10_000, 10_001, 33_300, 5_000_000].map((k) => starsFor(k, 1.6)),
      [80, 160, 161, 533, 80_000],
    )
    assert.equal(starsFor(5_000, 0.001), 1)
  })

  test('of another number of Stars are worth their part, of unknown ones the current rate', () => {
    assert.equal(worthOf({ kopecks: 10_000, stars: 160 }, 160), 10_000)
    assert.equal(worthOf({ kopecks: 10_000, stars: 160 }, 81), 5_062)
    assert.equal(worthOf({ kopecks: 10_000, stars: 160 }, 320), 20_000)
    assert.equal(kopecksFor(160, 1.6), 10_000)
    assert.equal(kopecksFor(1, 1_000), 1)
  })

  test('are read as people write them', () => {
    for (const text of ['300', '300₽', ' 300 руб.', '300 рублей', '300,00', '300.0', '300 р']) {
      assert.equal(amountOf(text), 30_000, text)
    }
    assert.equal(amountOf('1 300,50'), 130_050)
    for (const text of ['', 'триста', '-5', '1e9', '3.123', '99999999999', '12 34x']) {
      assert.equal(amountOf(text), undefined, text)
    }
    assert.deepEqual([4_999, 5_000, 5_000_000, 5_000_001].map(isAllowed), [
      false,
      true,
      true,
      false,
    ])
  })
})

describe('a checkout', () => {
  const invoice = { userId: 7, stars: 160, status: 'invoiced', createdAt: 0 }
  const query = { userId: 7, stars: 160, currency: 'XTR' }
  const CASES: [string, Partial<typeof invoice> | null, Partial<typeof query>, number, unknown][] =
    [
      ['of an open invoice is approved', {}, {}, 1, undefined],
      ['that is repeated is approved', { status: 'checkout' }, {}, 1, undefined],
      ['of nothing is refused', null, {}, 1, 'unknown'],
      ['by another is refused', {}, { userId: 8 }, 1, 'foreign'],
      ['of another amount is refused', {}, { stars: 159 }, 1, 'amount'],
      ['in another currency is refused', {}, { currency: 'RUB' }, 1, 'amount'],
      ['of a paid invoice is refused', { status: 'credited' }, {}, 1, 'closed'],
      ['after a day is refused', {}, {}, 24 * 3_600_000, 'closed'],
    ]
  for (const [what, row, change, at, expected] of CASES) {
    test(what, () => {
      const given = row === null ? undefined : { ...invoice, ...row }
      assert.equal(refusalOf(given, { ...query, ...change }, at), expected)
    })
  }
})
