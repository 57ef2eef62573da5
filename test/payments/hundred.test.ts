import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { starsFor } from '../../src/machines/topup/amounts.ts'
import type { TopupInput } from '../../src/machines/topup/context.ts'
import { fc } from '../support/properties.ts'
import { openStage } from './stage.ts'

const PAYMENTS = 100
const PEOPLE = 20
const FIRST_UPDATE = 800_000_000

describe(`${PAYMENTS} top-ups at once`, () => {
  test('add up exactly, shuffled, and each told twice', async () => {
    const stage = await openStage()
    await stage.person()
    const { world } = stage
    const orders = Array.from({ length: PAYMENTS }, (_, i) => {
      const kopecks = 5_000 + i * 137
      const userId = 30_000 + (i % PEOPLE)
      return { id: `order-${i}`, userId, kopecks, stars: starsFor(kopecks, 1.6) }
    })
    for (let i = 0; i < PEOPLE; i += 1) world.telegram.control.user(30_000 + i)
    const begun = await Promise.all(
      orders.map((order) => {
        const about = { way: 'stars', botId: world.config.botId, language: 'ru' } as const
        const input: TopupInput = { ...order, ...about, at: Date.now() }
        const event = { type: 'actor.begun' }
        return world.service.runtime.send({
          actor: `topup:${order.id}`,
          key: 'begun',
          event,
          input,
        })
      }),
    )
    assert.ok(begun.every(({ outcome }) => outcome === 'committed'))

    const updates = orders.map(({ id, userId, stars }, i) => ({
      update_id: FIRST_UPDATE + i,
      message: {
        ...{ message_id: i + 1, date: 1_790_000_000, chat: { id: userId, type: 'private' } },
        from: { id: userId, is_bot: false, first_name: 'A' },
        successful_payment: {
          ...{ currency: 'XTR', total_amount: stars, invoice_payload: id },
          ...{ telegram_payment_charge_id: `charge-${i}`, provider_payment_charge_id: '' },
        },
      },
    }))
    const twice = [...updates, ...updates]
    const [shuffled = []] = fc.sample(fc.shuffledSubarray(twice, { minLength: twice.length }), {
      numRuns: 1,
    })
    const url = `${world.botUrl}/webhook/${world.config.webhookSecretPath}`
    const headers = { 'X-Telegram-Bot-Api-Secret-Token': world.config.webhookSecretToken }
    const answers = await Promise.all(
      shuffled.map((u) => fetch(url, { method: 'POST', headers, body: JSON.stringify(u) })),
    )
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])

    for (let i = 0; i < PEOPLE; i += 1) {
      const own = orders.filter(({ userId }) => userId === 30_000 + i)
      const sum = own.reduce((total, { kopecks }) => total + kopecks, 0)
      assert.equal(await stage.available(30_000 + i), sum)
    }
    const { rows } = await stage.database.pool.query(
      `select count(*)::int as n, sum(amount_kopecks)::int as kopecks from ledger_entries
       where kind = 'top_up'`,
    )
    const sum = orders.reduce((total, { kopecks }) => total + kopecks, 0)
    assert.deepEqual(rows, [{ n: PAYMENTS, kopecks: sum }])
    assert.equal(await stage.discrepancy(), 0)
  })
})
