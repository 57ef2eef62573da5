import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  amountOf,
  giftOf,
  isAllowed,
  kopecksFor,
  MAX_KOPECKS,
  MIN_KOPECKS,
  packStars,
  starsFor,
  worthOf,
} from '../../../src/machines/topup/amounts.ts'
import { fc } from '../../support/properties.ts'

/** A rate as somebody may write it, and the same as a fraction. */
const rates = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.integer({ min: 0, max: 7 }))
  .map(([digits, scale]) => ({
    rate: Number(`${digits}e-${scale}`),
    digits,
    unit: 10n ** BigInt(scale),
  }))
  .filter(({ rate }) => rate >= 0.001 && rate <= 1_000)
const amounts = fc.integer({ min: MIN_KOPECKS, max: MAX_KOPECKS })

describe('a large pack', () => {
  const terms = { starsPerRub: 1.6, giftPercent: 10 }

  test('costs the Stars of a part of it, the rest is a gift', () => {
    assert.deepEqual(
      [10_000, 50_000, 100_000, 500_000].map((kopecks) => [
        giftOf(kopecks, terms),
        packStars(kopecks, terms),
      ]),
      [
        [0, 160],
        [0, 800],
        [5, 1524],
        [10, 7273],
      ],
    )
  })

  test('is no gift where there is none', () => {
    for (const kopecks of [5_000, 99_999, 100_000, 499_999, 5_000_000]) {
      assert.equal(packStars(kopecks, { starsPerRub: 1.6 }), starsFor(kopecks, 1.6))
    }
  })
})

describe('amounts at any rate', () => {
  test('cost the fewest whole Stars that are not less than they are worth', () => {
    fc.assert(
      fc.property(amounts, rates, (kopecks, { rate, digits, unit }) => {
        const stars = BigInt(starsFor(kopecks, rate))
        const price = BigInt(kopecks) * digits
        assert.ok(stars * 100n * unit >= price, 'never too cheap')
        assert.ok(stars === 1n || (stars - 1n) * 100n * unit < price, 'never a Star too much')
      }),
      { numRuns: 2_000 },
    )
  })

  test('are never credited above their invoice, for its Stars or fewer', () => {
    fc.assert(
      fc.property(amounts, rates, fc.nat(), (kopecks, { rate }, less) => {
        const invoice = { kopecks, stars: starsFor(kopecks, rate) }
        assert.equal(worthOf(invoice, invoice.stars), kopecks)
        const fewer = 1 + (less % invoice.stars)
        const part = worthOf(invoice, fewer)
        assert.ok(part >= 1 && part <= kopecks, `${part}`)
        assert.ok(
          BigInt(part) * BigInt(invoice.stars) <= BigInt(kopecks) * BigInt(fewer) || part === 1,
        )
      }),
      { numRuns: 2_000 },
    )
  })

  test('that come for nothing known are not worth more than they would cost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), rates, (stars, { rate, digits, unit }) => {
        const kopecks = BigInt(kopecksFor(stars, rate))
        assert.ok(kopecks === 1n || kopecks * digits <= BigInt(stars) * 100n * unit, `${kopecks}`)
      }),
      { numRuns: 2_000 },
    )
  })

  test('are read back as they are written, and allowed from 50 to 50 000 roubles only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), (kopecks) => {
        const text = `${Math.floor(kopecks / 100)},${String(kopecks % 100).padStart(2, '0')} ₽`
        assert.equal(amountOf(text), kopecks)
        assert.equal(isAllowed(kopecks), kopecks >= 5_000 && kopecks <= 5_000_000)
      }),
    )
  })
})
