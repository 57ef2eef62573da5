import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { JOB_STATUSES } from '../../src/machines/job/statuses.ts'
import { readOwed } from '../../src/store/debts.ts'
import { reconcile } from '../../src/store/reconcile.ts'
import { createShopper, say } from '../support/shopper.ts'
import { ADMIN_ID, KOPECKS, openStage, STARS, type Stage } from './stage.ts'

let stage: Stage

describe('what was given back after it was spent', () => {
  before(async () => {
    stage = await openStage()
  })

  test('is kept from later top-ups, told in words, and never more than is owed', async () => {
    const payer = await stage.person()
    const { payments } = stage.world.telegram.control
    const invoice = await stage.invoice(payer)
    const outcome = await payer.user.pay(invoice.id)
    assert.ok(outcome.status === 'paid')
    await stage.holds(payer.id, KOPECKS)
    await stage.database.pool.query(
      `insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks, made_by, reason)
       values ($1, 'debit', 'spent', 'available', 'house', 7000, 1, 'spent')`,
      [payer.id],
    )
    payments.refundOutside(outcome.chargeId)
    await stage.holds(payer.id, 0)
    await payer.hears('вычтутся из следующего пополнения')
    assert.equal(await readOwed(stage.db), 7_000)

    const payload = invoice.invoice?.payload ?? ''
    payments.charge(payer.id, { payload, stars: STARS / 4 })
    await payer.hears(`Из них ${formatRub(2_500, 'ru')} удержано`)
    assert.equal(await stage.available(payer.id), 0)
    assert.equal(await readOwed(stage.db), 4_500)

    payments.charge(payer.id, { payload, stars: STARS })
    await stage.holds(payer.id, KOPECKS - 4_500)
    payments.charge(payer.id, { payload, stars: STARS })
    await stage.holds(payer.id, 2 * KOPECKS - 4_500)
    assert.equal(await readOwed(stage.db), 0)
    await stage.quiet()
    const { balances, sum, debts } = await reconcile(stage.db, JOB_STATUSES)
    assert.deepEqual([balances, sum, debts], [0, 0, 0])
    payer.user.sendCommand('balance')
    await payer.hears(`Доступно: ${formatRub(2 * KOPECKS - 4_500, 'ru')}`)
    await payer.tap(say('entries.open'))
    await payer.hears('Удержано за возвращённый платёж')
  })

  test('is counted where the operator looks, beside the last comparison with Telegram', async () => {
    await stage.database.pool.query(
      `insert into star_audits (seen, missed_payments, missed_refunds, unexplained)
       values (12, 1, 0, 2)`,
    )
    const admin = createShopper(stage.world.telegram, ADMIN_ID)
    admin.user.sendCommand('admin')
    const { text = '' } = await admin.hears('Сверка с Телеграмом')
    assert.match(text, /записей 12, найдено и зачислено платежей 1/)
    assert.match(text, /у Телеграма нет: 2/)
  })
})
