import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createRuntime } from '../../src/actors/engine/runtime.ts'
import { stepRules } from '../../src/actors/step-rules.ts'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { createRegistry } from '../../src/machines/engine/registry.ts'
import { topupDefinition } from '../../src/machines/topup/definition.ts'
import type { SeenMessage } from '../../src/sandbox/telegram/seen-message.ts'
import { createDb } from '../../src/store/db.ts'
import { type Armed, armByFile } from '../support/armed.ts'
import {
  ADMIN_ID,
  type BotProcess,
  createBotProcess,
  type Fakes,
  startFakes,
} from '../support/bot-process.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { createShopper, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import { expectLedger, waitForIdle } from './ledger.ts'

const FIRST_USER = 801
const KOPECKS = 10_000
const STARS = 160

interface Stage {
  database: TestDatabase
  fakes: Fakes
  bot: BotProcess
  armed: Armed
}

/** A bot that runs, disarmed, until the end of the test. */
async function openStage(t: TestContext): Promise<Stage> {
  const database = await createDatabase(t)
  const fakes = await startFakes(t)
  const armed = await armByFile(t)
  const bot = await createBotProcess(t, { databaseUrl: database.url, fakes, env: armed.env })
  await bot.start()
  return { database, fakes, bot, armed }
}

/** Somebody who wants to put money on their account. */
function createPayer({ database, fakes, bot, armed }: Stage, userId: number) {
  const shopper = createShopper(fakes.telegram, userId)
  const { control } = fakes.telegram
  const state = async () => {
    const { rows } = await database.pool.query('select state from payments where user_id = $1', [
      userId,
    ])
    assert.ok(rows.length <= 1)
    return rows[0]?.state
  }
  return {
    ...{ database, userId, shopper, control, state, arm: armed.arm },
    invoices: () => shopper.user.chat().filter((m) => m.invoice),
    async order(): Promise<void> {
      shopper.user.sendCommand('balance')
      await shopper.tap(say('topup.byStars'))
      await shopper.tap(say('topup.amount', { amount: formatRub(KOPECKS, 'ru'), stars: STARS }))
    },
    async die(): Promise<void> {
      assert.equal((await bot.exited()).signal, 'SIGKILL', 'it died there')
      await armed.disarm()
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
      await expectLedger(database, userId, { jobs: {}, entries: {}, availableKopecks: KOPECKS })
      assert.equal(await state(), 'credited')
    },
  }
}

type Payer = ReturnType<typeof createPayer>

const DEATHS: Readonly<Record<string, (payer: Payer) => Promise<void>>> = {
  async 'before its maker heard that it exists sends one invoice and is credited once'(payer) {
    const { arm, order, die, invoice, invoices, pay, credited } = payer
    await arm('topup.started')
    await order()
    await die()
    await pay(await invoice())
    await credited()
    assert.equal(invoices().length, 1)
  },

  async 'after its invoice was sent may send it twice, and takes one payment'(payer) {
    const { arm, order, die, control, invoices, pay, credited, shopper } = payer
    await arm('invoice.sent')
    await order()
    await die()
    // Whether it arrived is not known: a second one is better than none.
    await control.waitFor(() => invoices().length === 2)
    const [first, second] = invoices() as [SeenMessage, SeenMessage]
    await pay(first)
    await credited()
    assert.deepEqual(await shopper.user.pay(second.id), {
      status: 'refused',
      reason: say('checkout.closed'),
    })
    assert.equal(invoices().length, 2)
  },

  ...Object.fromEntries(
    (['update.received', 'update.committed'] as const).map((point) => [
      `at ${point} of the payment is credited once`,
      async ({ order, invoice, arm, pay, die, credited }: Payer) => {
        await order()
        const message = await invoice()
        await arm(point)
        // The checkout is answered past this point; the payment then dies at it.
        await pay(message)
        await die()
        await credited()
      },
    ]),
  ),

  async 'after the Stars went back gives them back once'(payer) {
    const { order, invoice, arm, die, pay, database, control, shopper, userId, state } = payer
    await order()
    const message = await invoice()
    const chargeId = await pay(message)
    await shopper.hears('Баланс пополнен')
    await arm('stars.refunded')
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
    await waitFor(async () => (await state()) === 'refunded', { what: 'a payment given back' })
    await waitForIdle(database)
    await expectLedger(database, userId, { jobs: {}, entries: { refund: 1 }, availableKopecks: 0 })
    const back = control.payments.book().transactions.filter((x) => x.direction === 'out')
    assert.equal(back.length, 1)
  },
}

test('a top-up through a death', async (whole) => {
  let stage: Stage | undefined
  for (const [n, [name, goThrough]] of Object.entries(DEATHS).entries()) {
    await whole.test(name, async () => {
      stage ??= await openStage(whole)
      try {
        await goThrough(createPayer(stage, FIRST_USER + n))
      } catch (error) {
        // What comes next is not to fail with it.
        stage = undefined
        throw error
      }
    })
  }
})
