import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { CrashPoint } from '../../src/actors/crash-points.ts'
import { createRuntime } from '../../src/actors/engine/runtime.ts'
import { stepRules } from '../../src/actors/step-rules.ts'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { createRegistry } from '../../src/machines/engine/registry.ts'
import { topupDefinition } from '../../src/machines/topup/definition.ts'
import type { SeenMessage } from '../../src/sandbox/telegram/seen-message.ts'
import { createDb } from '../../src/store/db.ts'
import { ADMIN_ID, createBotProcess, startFakes } from '../support/bot-process.ts'
import { createDatabase } from '../support/database.ts'
import { createShopper, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import { expectLedger, waitForIdle } from './ledger.ts'

const USER = 801
const KOPECKS = 10_000
const STARS = 160

/** A bot that is armed, and somebody who wants to put money on their account. */
async function openStage(t: TestContext, crashAt: CrashPoint, armed: 'at once' | 'later') {
  const database = await createDatabase(t)
  const fakes = await startFakes(t)
  const bot = await createBotProcess(t, { databaseUrl: database.url, fakes })
  const arm = { TRT_CRASH_AT: crashAt }
  await bot.start(armed === 'at once' ? arm : {})
  const shopper = createShopper(fakes.telegram, USER)
  const { control } = fakes.telegram
  return {
    ...{ database, bot, shopper, control },
    invoices: () => shopper.user.chat().filter((m) => m.invoice),
    arm: () => bot.restart(arm),
    async order(): Promise<void> {
      shopper.user.sendCommand('balance')
      await shopper.tap(say('topup.byStars'))
      await shopper.tap(say('topup.amount', { amount: formatRub(KOPECKS, 'ru'), stars: STARS }))
    },
    async die(): Promise<void> {
      assert.equal((await bot.exited()).signal, 'SIGKILL', 'it died there')
      await bot.start()
    },
    invoice: () => control.waitFor(() => shopper.user.chat().find((m) => m.invoice)),
    async pay(message: SeenMessage): Promise<string> {
      const outcome = await shopper.user.pay(message.id)
      assert.ok(outcome.status === 'paid', JSON.stringify(outcome))
      return outcome.chargeId
    },
    async credited(): Promise<void> {
      await shopper.hears('Баланс пополнен')
      await waitForIdle(database)
      await expectLedger(database, USER, { jobs: {}, entries: {}, availableKopecks: KOPECKS })
      const { rows } = await database.pool.query('select state from payments')
      assert.deepEqual(rows, [{ state: 'credited' }])
    },
  }
}

describe('a top-up through a death', { concurrency: 2 }, () => {
  test('before its maker heard that it exists sends one invoice and is credited once', async (t) => {
    const { order, die, invoice, invoices, pay, credited } = await openStage(
      t,
      'topup.started',
      'at once',
    )
    await order()
    await die()
    await pay(await invoice())
    await credited()
    assert.equal(invoices().length, 1)
  })

  test('after its invoice was sent may send it twice, and takes one payment', async (t) => {
    const stage = await openStage(t, 'invoice.sent', 'at once')
    await stage.order()
    await stage.die()
    // Whether it arrived is not known: a second one is better than none.
    await stage.control.waitFor(() => stage.invoices().length === 2, { timeoutMs: 20_000 })
    const [first, second] = stage.invoices() as [SeenMessage, SeenMessage]
    await stage.pay(first)
    await stage.credited()
    assert.deepEqual(await stage.shopper.user.pay(second.id), {
      status: 'refused',
      reason: say('checkout.closed'),
    })
    assert.equal(stage.invoices().length, 2)
  })

  for (const point of ['update.received', 'update.committed'] as const) {
    test(`at ${point} of the payment is credited once`, async (t) => {
      const { order, invoice, arm, die, pay, credited } = await openStage(t, point, 'later')
      await order()
      const message = await invoice()
      await arm()
      // The checkout is answered past this point; the payment then dies at it.
      await pay(message)
      await die()
      await credited()
    })
  }

  test('after the Stars went back gives them back once', async (t) => {
    const { order, invoice, arm, die, pay, database, control, shopper } = await openStage(
      t,
      'stars.refunded',
      'later',
    )
    await order()
    const message = await invoice()
    const chargeId = await pay(message)
    await shopper.hears('Баланс пополнен')
    await arm()
    const runtime = createRuntime({
      rules: stepRules,
      registry: createRegistry([topupDefinition]),
      db: createDb(database.pool),
      writers: database.pool,
      now: Date.now,
    })
    const actor = `topup:${message.invoice?.payload}`
    const event = { type: 'refund.requested', chargeId, adminId: ADMIN_ID }
    const receipt = await runtime.send({ actor, key: 'refund', event })
    assert.equal(receipt.outcome, 'committed')
    await runtime.drain()
    await die()
    const state = async () =>
      (await database.pool.query('select state from payments')).rows[0].state
    await waitFor(async () => (await state()) === 'refunded', { what: 'a payment given back' })
    await waitForIdle(database)
    await expectLedger(database, USER, { jobs: {}, entries: { refund: 1 }, availableKopecks: 0 })
    const back = control.payments.book().transactions.filter((x) => x.direction === 'out')
    assert.equal(back.length, 1)
  })
})
