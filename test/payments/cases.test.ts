import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { SeenMessage } from '../../src/sandbox/telegram/seen-message.ts'
import { say } from '../support/shopper.ts'
import { KOPECKS, openStage, STARS, type Stage } from './stage.ts'

let stage: Stage
const payloadOf = (message: SeenMessage): string => message.invoice?.payload ?? ''
const control = () => stage.world.telegram.control

describe('a payment in Stars', () => {
  before(async () => {
    stage = await openStage()
  })

  test('is credited once it is made, and the user is notified', async () => {
    const payer = await stage.person()
    const { id } = await stage.invoice(payer)
    const outcome = await payer.user.pay(id)
    assert.equal(outcome.status, 'paid')
    await stage.holds(payer.id, KOPECKS)
    await payer.hears('Баланс пополнен')
    const [payment, ...others] = await stage.payments(payer.id)
    assert.deepEqual(others, [])
    assert.equal(payment?.charge_id, outcome.status === 'paid' && outcome.chargeId)
    assert.deepEqual(
      [payment?.stars, payment?.kopecks, payment?.state],
      [STARS, KOPECKS, 'credited'],
    )
  })

  test('counts once however often Telegram tells of it', async () => {
    const payer = await stage.person()
    const message = await stage.invoice(payer)
    control().payments.book().chargeIdLength = 160
    const outcome = await payer.user.pay(message.id)
    control().payments.book().chargeIdLength = 64
    assert.ok(outcome.status === 'paid')
    assert.equal(outcome.chargeId.length, 160)
    await stage.holds(payer.id, KOPECKS)
    for (let i = 0; i < 3; i += 1) control().payments.resend(outcome.chargeId)
    await stage.quiet()
    assert.equal(await stage.available(payer.id), KOPECKS)
    assert.equal((await stage.payments(payer.id)).length, 1)
  })

  test('counts without a checkout, and before the invoice is known to be sent', async () => {
    const payer = await stage.person()
    const payload = payloadOf(await stage.invoice(payer))
    control().payments.charge(payer.id, { payload, stars: STARS })
    await stage.holds(payer.id, KOPECKS)
  })

  test('of an invoice that is paid again is refused at the checkout, and credited if it comes', async () => {
    const payer = await stage.person()
    const message = await stage.invoice(payer)
    assert.equal((await payer.user.pay(message.id)).status, 'paid')
    await stage.holds(payer.id, KOPECKS)
    assert.deepEqual(await payer.user.pay(message.id), {
      status: 'refused',
      reason: say('checkout.closed'),
    })
    control().payments.charge(payer.id, { payload: payloadOf(message), stars: STARS })
    await stage.holds(payer.id, 2 * KOPECKS)
    assert.equal((await stage.payments(payer.id)).length, 2)
  })

  test('by another user is refused at the checkout; if it comes, whoever paid has the money', async () => {
    const owner = await stage.person()
    const payload = payloadOf(await stage.invoice(owner))
    const stranger = control().user(9_100, { languageCode: 'ru' })
    const answer = await control().payments.checkout(stranger.id, { payload, stars: STARS })
    assert.deepEqual(answer, { ok: false, reason: say('checkout.foreign') })
    control().payments.charge(stranger.id, { payload, stars: STARS })
    await stage.holds(stranger.id, KOPECKS)
    assert.equal(await stage.available(owner.id), 0)
    await stage.alarmed('payment.foreign')
  })

  test('of another amount is refused at the checkout; if it comes, it counts in proportion', async () => {
    const payer = await stage.person()
    const payload = payloadOf(await stage.invoice(payer))
    const answer = await control().payments.checkout(payer.id, { payload, stars: STARS - 1 })
    assert.deepEqual(answer, { ok: false, reason: say('checkout.amount') })
    control().payments.charge(payer.id, { payload, stars: STARS / 4 })
    await stage.holds(payer.id, KOPECKS / 4)
    await stage.alarmed('payment.amount')
  })

  test('for no invoice that we know is credited at the current rate', async () => {
    const payer = await stage.person()
    for (const payload of ['no-such-invoice', '…', 'topup:x\u0000y']) {
      const answer = await control().payments.checkout(payer.id, { payload, stars: 16 })
      assert.deepEqual(answer, { ok: false, reason: say('checkout.unknown') })
      control().payments.charge(payer.id, { payload, stars: 16 })
    }
    await stage.holds(payer.id, 3_000)
    await stage.alarmed('payment.unknown')
  })

  test('in another currency is kept for a person to look at', async () => {
    const payer = await stage.person()
    payer.user.sendRaw({
      message: {
        message_id: 900,
        date: 1,
        chat: { id: payer.id, type: 'private' },
        from: { id: payer.id, is_bot: false, first_name: 'A' },
        successful_payment: {
          currency: 'RUB',
          total_amount: 10_000,
          invoice_payload: 'x',
          telegram_payment_charge_id: 'rub-1',
          provider_payment_charge_id: '',
        },
      },
    })
    await stage.alarmed('payment.currency')
    assert.equal(await stage.available(payer.id), 0)
    const letters = await stage.database.pool.query(
      `select from dead_letters where subject = 'payment'`,
    )
    assert.equal(letters.rowCount, 1)
  })

  test('of an expired invoice is refused at the checkout, and credited if it comes', async () => {
    const payer = await stage.person()
    const message = await stage.invoice(payer)
    await stage.database.pool.query(
      `update invoices set created_at = now() - interval '25 hours' where id = $1`,
      [payloadOf(message)],
    )
    assert.deepEqual(await payer.user.pay(message.id), {
      status: 'refused',
      reason: say('checkout.closed'),
    })
    control().payments.charge(payer.id, { payload: payloadOf(message), stars: STARS })
    await stage.holds(payer.id, KOPECKS)
  })

  test('can only be made by its owner, because a forwarded copy opens the bot', async () => {
    const owner = await stage.person()
    const { id } = await stage.invoice(owner)
    const friend = control().user(9_101)
    await assert.rejects(friend.pay(id, { forwardedFrom: owner.id }), /only opens the bot/)
  })

  test('given back by Telegram takes back what is left, and leaves a debt of what is not', async () => {
    const saver = await stage.person()
    const paid = await saver.user.pay((await stage.invoice(saver)).id)
    assert.ok(paid.status === 'paid')
    await stage.holds(saver.id, KOPECKS)
    control().payments.refundOutside(paid.chargeId)
    await stage.holds(saver.id, 0)
    await stage.alarmed('refund.unasked')
    await saver.hears('Вернули')

    const spender = await stage.person()
    const other = await spender.user.pay((await stage.invoice(spender)).id)
    assert.ok(other.status === 'paid')
    await stage.holds(spender.id, KOPECKS)
    await stage.database.pool.query(
      `insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks, made_by, reason)
       values ($1, 'debit', 'spent', 'available', 'house', 7000, 1, 'spent')`,
      [spender.id],
    )
    control().payments.refundOutside(other.chargeId)
    await stage.holds(spender.id, 0)
    await stage.alarmed('refund.debt')
    const [payment] = await stage.payments(spender.id)
    assert.deepEqual([payment?.state, payment?.debt_kopecks], ['refunded', 7_000])
  })

  test('given back before we heard of it is never credited', async () => {
    const payer = await stage.person()
    const payload = payloadOf(await stage.invoice(payer))
    const chargeId = control().payments.charge(payer.id, { payload, stars: STARS, quiet: true })
    control().payments.refundOutside(chargeId)
    await stage.alarmed('refund.unasked')
    await stage.quiet()
    control().payments.resend(chargeId)
    await stage.quiet()
    assert.equal(await stage.available(payer.id), 0)
  })

  test('leaves the ledger in balance', async () => {
    await stage.quiet()
    assert.equal(await stage.discrepancy(), 0)
    const { rows } = await stage.database.pool.query(
      `select sum(kopecks)::int as kopecks from payments where state = 'credited'`,
    )
    const accounts = await stage.database.pool.query(
      'select sum(available_kopecks)::int as kopecks from accounts',
    )
    assert.equal(rows[0].kopecks, accounts.rows[0].kopecks)
  })
})
