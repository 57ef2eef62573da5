import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createRefundHandler } from '../../src/actors/effects/refund-stars.ts'
import type { Envelope } from '../../src/actors/engine/envelope.ts'
import { createPaymentRecorder } from '../../src/actors/payments/payment-recorder.ts'
import { TerminalError } from '../../src/errors.ts'
import { hurryEffect } from '../support/fire-timer.ts'
import type { Shopper } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import { ADMIN_ID, KOPECKS, openStage, STARS, type Stage } from './stage.ts'

let stage: Stage
let turn = 0
const control = () => stage.world.telegram.control
const send = () => stage.world.service.runtime.send

interface Paid {
  payer: Shopper
  chargeId: string
  actor: string
}

async function paid(): Promise<Paid> {
  const payer = await stage.person()
  const invoice = await stage.invoice(payer)
  const outcome = await payer.user.pay(invoice.id)
  assert.ok(outcome.status === 'paid')
  await stage.holds(payer.id, KOPECKS)
  return { payer, chargeId: outcome.chargeId, actor: `topup:${invoice.invoice?.payload}` }
}

/** What an admin's decision to give a payment back becomes. */
const refund = ({ chargeId, actor }: Pick<Paid, 'chargeId' | 'actor'>) => {
  turn += 1
  const event = { type: 'refund.requested', chargeId, adminId: ADMIN_ID }
  return send()({ actor, key: `refund:${turn}`, event })
}

/** Takes money from an account, as an order would. */
const spend = (userId: number, kopecks: number) =>
  stage.database.pool.query(
    `insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks, made_by, reason)
     values ($1, 'debit', $2, 'available', 'house', $3, 1, 'spent')`,
    [userId, `spent-${userId}`, kopecks],
  )

const isBack = async ({ payer, chargeId }: Paid) => {
  const row = async () => (await stage.payments(payer.id)).find((p) => p.charge_id === chargeId)
  await waitFor(async () => (await row())?.state === 'refunded', { what: 'a payment given back' })
  await stage.quiet()
  assert.equal(await stage.available(payer.id), 0)
  const back = control()
    .payments.book()
    .transactions.filter((x) => x.id === chargeId)
  assert.deepEqual(
    back.map((x) => x.direction),
    ['in', 'out'],
  )
}

describe('a refund', () => {
  before(async () => {
    stage = await openStage()
  })

  for (const kind of ['flood', 'server-error', 'reset-before', 'reset-after'] as const) {
    test(`is made once, with the money taken first, when Telegram stumbles (${kind})`, async () => {
      const one = await paid()
      control().faults.add({ kind, method: 'refundStarPayment', retryAfter: 1 })
      await refund(one)
      assert.equal(await stage.available(one.payer.id), 0)
      if (kind !== 'reset-after') {
        await hurryEffect(stage.database.pool, one.actor, 'stars.refund')
      }
      await isBack(one)
      await one.payer.hears('Вернули')
    })
  }

  test('that was made before counts as made', async () => {
    const one = await paid()
    control().payments.refundOutside(one.chargeId, { quiet: true })
    await refund(one)
    await isBack(one)
  })

  test('that is refused gives the money back to the account, and can be tried again', async () => {
    const { payer, actor } = await paid()
    const chargeId = `unknown-to-telegram-${payer.id}`
    const recorder = createPaymentRecorder({ ...recorderDeps(), send: send() })
    const payment = { chargeId, userId: payer.id, stars: STARS, language: 'ru' } as const
    await recorder.recordPayment({ ...payment, payload: actor.slice('topup:'.length) })
    await stage.holds(payer.id, 2 * KOPECKS)
    for (const refunds of [1, 2]) {
      await refund({ chargeId, actor })
      const isUndone = async () => {
        const row = (await stage.payments(payer.id)).find((p) => p.charge_id === chargeId)
        return row?.state === 'credited' && row.refunds === refunds
      }
      await waitFor(isUndone, { what: 'a refund that is undone' })
      assert.equal(await stage.available(payer.id), 2 * KOPECKS)
    }
    await stage.alarmed('refund.failed')
  })

  test('that is refused although the ledger shows it is made', async () => {
    const { payer, actor } = await paid()
    const chargeId = `in-the-books-${payer.id}`
    const recorder = createPaymentRecorder({ ...recorderDeps(), send: send() })
    const payload = actor.slice('topup:'.length)
    const payment = { chargeId, userId: payer.id, stars: STARS, language: 'ru', payload } as const
    await recorder.recordPayment(payment)
    control()
      .payments.book()
      .transactions.push({
        ...{ id: chargeId, direction: 'out', userId: payer.id, stars: STARS, payload },
        date: Date.now(),
      })
    await refund({ chargeId, actor })
    await stage.holds(payer.id, KOPECKS)
    await stage.quiet()
    assert.equal(await stage.available(payer.id), KOPECKS)
    const row = (await stage.payments(payer.id)).find((p) => p.charge_id === chargeId)
    assert.equal(row?.state, 'refunded')
  })

  test('that Telegram reports of a top-up that was closed since is left to a person, once', async () => {
    const { payer, chargeId, actor } = await paid()
    const payload = actor.slice('topup:'.length)
    const payment = { chargeId, userId: payer.id, stars: STARS, language: 'ru', payload } as const
    for (const outcome of ['ended', 'unknown-actor'] as const) {
      const recorder = createPaymentRecorder({ ...recorderDeps(), send: async () => ({ outcome }) })
      await recorder.recordRefund(payment)
    }
    const { rows } = await stage.database.pool.query(
      `select subject, error from dead_letters where key = 'refunded:${chargeId}'`,
    )
    assert.deepEqual(rows, [{ subject: actor, error: 'its top-up is closed' }])
    await stage.alarmed('payment.unbooked')
    assert.equal(await stage.available(payer.id), KOPECKS)
  })

  test('of a closed top-up apart, a late payment to it gets one of its own, and a known one counts once', async () => {
    const { payer, chargeId, actor } = await paid()
    const send_ = async (envelope: Envelope) =>
      envelope.actor === actor ? ({ outcome: 'ended' } as const) : send()(envelope)
    const recorder = createPaymentRecorder({ ...recorderDeps(), send: send_ })
    const payload = actor.slice('topup:'.length)
    const payment = { userId: payer.id, stars: STARS, language: 'ru', payload } as const
    await recorder.recordPayment({ ...payment, chargeId })
    await stage.quiet()
    assert.equal(await stage.available(payer.id), KOPECKS, 'the closed one has booked this payment')
    await recorder.recordPayment({ ...payment, chargeId: `late-${payer.id}` })
    await stage.holds(payer.id, 2 * KOPECKS)
  })

  test('to an account that is gone is refused at once, not tried for days', async () => {
    const events: unknown[] = []
    const handler = createRefundHandler({
      ...recorderDeps(),
      registry: undefined as never,
      log: stage.world.log,
      crashAt: () => {},
      readStarLedger: async () => {},
      runtime: { send: async (envelope: Envelope) => void events.push(envelope.event) as never },
      api: { call: async () => Promise.reject(new TerminalError('telegram.blocked')) } as never,
    } as never)
    const params = { userId: 1, chargeId: 'gone', refund: 1 }
    const job = { actor: 'topup:x', seq: 1, index: 0, at: 0, attempt: 1, renewed: 0, params }
    await handler(job, new AbortController().signal)
    assert.deepEqual(events, [
      { type: 'refund.failed', chargeId: 'gone', code: 'telegram.blocked' },
    ])
  })

  test('of money that is spent is forbidden', async () => {
    const one = await paid()
    await spend(one.payer.id, 1)
    const receipt = await refund(one)
    assert.equal(receipt.outcome, 'refused')
    assert.equal(await stage.available(one.payer.id), KOPECKS - 1)
    assert.equal((await stage.payments(one.payer.id))[0]?.state, 'credited')
  })

  test('that nobody asked for is booked once, however often it is reported', async () => {
    const { payer, chargeId, actor } = await paid()
    const payload = actor.slice('topup:'.length)
    const recorder = createPaymentRecorder({ ...recorderDeps(), send: send() })
    const payment = { chargeId, userId: payer.id, stars: STARS, language: 'ru', payload } as const
    await Promise.all([1, 2, 3].map(() => recorder.recordRefund(payment)))
    await recorder.recordRefund(payment)
    await stage.quiet()
    assert.equal(await stage.available(payer.id), 0)
    const { rowCount } = await stage.database.pool.query(
      `select from ledger_entries where user_id = $1 and kind = 'refund'`,
      [payer.id],
    )
    assert.equal(rowCount, 1)
  })

  test('reported while its payment is being booked takes all of it', async () => {
    const { payer, actor } = await paid()
    const chargeId = `close-${payer.id}`
    const payload = actor.slice('topup:'.length)
    const payment = { chargeId, userId: payer.id, stars: STARS, language: 'ru', payload } as const
    await spend(payer.id, KOPECKS)
    const recorder = createPaymentRecorder({ ...recorderDeps(), send: send() })
    const late = createPaymentRecorder({
      ...recorderDeps(),
      send: async (envelope: Envelope) => {
        // Between the look at the account and the step.
        await recorder.recordPayment(payment)
        return send()(envelope)
      },
    })
    await late.recordRefund(payment)
    const row = (await stage.payments(payer.id)).find((p) => p.charge_id === chargeId)
    assert.deepEqual([row?.state, row?.debt_kopecks], ['refunded', 0])
    assert.equal(await stage.available(payer.id), 0)
  })

  test('leaves the ledger in balance', async () => {
    assert.equal(await stage.discrepancy(), 0)
  })
})

const recorderDeps = () => ({
  db: stage.db,
  botId: stage.world.config.botId,
  starsPerRub: stage.world.config.starsPerRub,
  now: Date.now,
  log: stage.world.log,
})
