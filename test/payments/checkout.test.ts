import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createTelegramApi } from '../../src/actors/telegram/api.ts'
import { createCheckout } from '../../src/http/telegram/checkout.ts'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { translator } from '../../src/machines/texts/translate.ts'
import { startFakeTelegram } from '../../src/sandbox/telegram/server.ts'
import { createPool } from '../../src/store/database.ts'
import { createDb } from '../../src/store/db.ts'
import { recordInvoices } from '../../src/store/topups.ts'
import { recordUsers } from '../../src/store/users.ts'
import { startWorld } from '../../src/world/world.ts'
import { createClock } from '../support/clock.ts'
import { createDatabase } from '../support/database.ts'
import { createGate } from '../support/gate.ts'
import { createProxy } from '../support/proxy.ts'
import { createShopper, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'

const TOKEN = '4242:AAF-test-token_for-the-fake-server'
const PAYER = 11
const INVOICE = { payload: 'open-one', stars: 160 }
const BUDGET_MS = 8_000

/** The part that answers checkouts between a strict Telegram and a database that may go away. */
async function openCheckout(t: TestContext, { readMs = 2_000, languageCode = 'ru' } = {}) {
  const telegram = await startFakeTelegram()
  t.after(() => telegram.close())
  telegram.addBot({ token: TOKEN, id: 4242, username: 'fake_test_bot' })
  const { control } = telegram
  control.user(PAYER, { languageCode })
  const { url } = await createDatabase(t)
  const proxy = await createProxy(t, url)
  const pool = createPool({ url: proxy.url, max: 2, name: 'checkout' })
  t.after(() => pool.end())
  const db = createDb(pool)
  const clock = createClock(Date.now())
  const api = createTelegramApi({ token: TOKEN, apiRoot: telegram.url })
  t.after(() => api.close())
  const timeouts: number[] = []
  const notes: string[] = []
  const checkout = createCheckout({
    db,
    readMs,
    now: clock.now,
    log: { warn: () => {} },
    api: {
      call: (method, payload, options) => {
        timeouts.push(options?.timeoutMs ?? Number.POSITIVE_INFINITY)
        return api.call(method, payload, options)
      },
    },
    send: async ({ actor }) => {
      notes.push(actor)
      return { outcome: 'duplicate' } as never
    },
  })
  const record = { id: INVOICE.payload, userId: PAYER, language: 'ru', way: 'stars' } as const
  const none = { adminId: null, errorCode: null, receipt: null, payments: [] }
  await recordInvoices(db, [
    { ...record, ...none, status: 'invoiced', kopecks: 10_000, stars: INVOICE.stars },
  ])
  /** Somebody presses Pay. */
  async function pose(invoice = INVOICE) {
    const answer = control.payments.checkout(PAYER, invoice)
    const isOne = (u: Record<string, unknown>) => u.pre_checkout_query !== undefined
    const update = await control.waitFor((c) => c.pendingUpdates().findLast(isOne))
    return { answer, update }
  }
  return {
    ...{ control, proxy, pool, db, clock, checkout, timeouts, notes },
    pose,
    /** What the payer reads, and the update that asked for it. */
    async ask(invoice = INVOICE) {
      const { answer, update } = await pose(invoice)
      assert.equal(await checkout(update), true)
      return { answer: await answer, update }
    },
  }
}

const refused = (reason: string) => ({ ok: false, reason })

describe('a checkout', () => {
  test('of an open invoice is approved', async (t) => {
    const { ask, notes } = await openCheckout(t)
    assert.deepEqual((await ask()).answer, { ok: true, reason: '' })
    assert.deepEqual(notes, [`topup:${INVOICE.payload}`])
  })

  for (const languageCode of ['ru', 'en'] as const) {
    test(`is politely refused in ${languageCode} while the database is away`, async (t) => {
      const { ask, proxy, notes } = await openCheckout(t, { languageCode })
      proxy.goAway()
      const words = translator(languageCode)('checkout.unavailable')
      assert.deepEqual((await ask()).answer, refused(words))
      assert.deepEqual(notes, [])
    })
  }

  test('is politely refused when the database falls silent', async (t) => {
    const { ask, proxy } = await openCheckout(t, { readMs: 50 })
    proxy.fallSilent()
    assert.deepEqual((await ask()).answer, refused(say('checkout.unavailable')))
    proxy.cut()
  })

  test('is politely refused when every connection is taken', async (t) => {
    const { ask, pool } = await openCheckout(t, { readMs: 50 })
    const taken = await Promise.all([pool.connect(), pool.connect()])
    assert.deepEqual((await ask()).answer, refused(say('checkout.unavailable')))
    for (const client of taken) client.release()
  })

  test('is refused in the language that was chosen here', async (t) => {
    const { ask, db } = await openCheckout(t, { languageCode: 'ru' })
    await recordUsers(db, [{ id: PAYER, language: 'en', blocked: false }])
    const { answer } = await ask({ ...INVOICE, stars: 1 })
    assert.deepEqual(answer, refused(translator('en')('checkout.amount')))
  })

  test('that comes twice is answered once', async (t) => {
    const { ask, checkout, control } = await openCheckout(t)
    const { answer, update } = await ask()
    assert.equal(await checkout(update), true)
    assert.equal(answer?.ok, true)
    const calls = control.calls.filter(({ method }) => method === 'answerPreCheckoutQuery')
    assert.equal(calls.length, 2)
  })

  for (const kind of ['server-error', 'reset-before', 'reset-after', 'flood'] as const) {
    test(`is answered although Telegram stumbles (${kind})`, async (t) => {
      const { ask, control } = await openCheckout(t)
      control.faults.add({ kind, method: 'answerPreCheckoutQuery', retryAfter: 1 })
      assert.equal((await ask()).answer?.ok, true)
    })
  }

  test('is given up, not answered late, when Telegram wants a longer pause', async (t) => {
    const { pose, checkout, control, notes } = await openCheckout(t)
    control.faults.add({ kind: 'flood', method: 'answerPreCheckoutQuery', retryAfter: 9 })
    const { update } = await pose()
    assert.equal(await checkout(update), true)
    assert.equal(control.calls.length, 1)
    assert.deepEqual(notes, [])
  })

  test('is answered within eight seconds, whatever the database takes of them', async (t) => {
    const { ask, clock, timeouts, proxy } = await openCheckout(t, { readMs: 50 })
    proxy.fallSilent()
    const asking = ask()
    clock.advance(4_000)
    assert.deepEqual((await asking).answer, refused(say('checkout.unavailable')))
    assert.ok(4_000 + (timeouts[0] ?? 0) <= BUDGET_MS, `${timeouts}`)
    proxy.cut()
  })

  test('that cannot be read is taken, and nothing else is', async (t) => {
    const { checkout } = await openCheckout(t)
    assert.equal(await checkout({ update_id: 1, pre_checkout_query: { no: 'id' } }), true)
    assert.equal(await checkout({ update_id: 1, message: {} }), false)
    assert.equal(await checkout(null), false)
  })
})

describe('a bot that cannot work', { concurrency: true }, () => {
  for (const botMode of ['webhook', 'polling'] as const) {
    test(`refuses checkouts politely without its database (${botMode})`, async (t) => {
      const database = await createDatabase(t)
      const gate = await createGate(t, database.url)
      await gate.open()
      const world = await startWorld({
        ...{ botMode, databaseUrl: gate.url, storageMode: 'external', logLevel: 'silent' },
      })
      t.after(() => world.stop())
      const payer = createShopper(world.telegram, PAYER)
      payer.user.sendCommand('balance')
      await payer.tap(say('topup.byStars'))
      await payer.tap(say('topup.amount', { amount: formatRub(10_000, 'ru'), stars: 160 }))
      const { control } = world.telegram
      const invoice = await control.waitFor(() => payer.user.chat().find((m) => m.invoice))
      await gate.shut()
      // It can't be stored, and comes again and again before the checkout.
      payer.user.sendText('кот в сапогах')
      await payer.hears('Бот обновляется (20-60 сек)')
      const refusal = { status: 'refused', reason: say('checkout.unavailable') }
      assert.deepEqual(await payer.user.pay(invoice.id), refusal)
      await gate.open()
      await payer.hears('кот в сапогах')
      await waitFor(async () => (await payer.user.pay(invoice.id)).status === 'paid', {
        what: 'a payment once the database is back',
      })
      await payer.hears('Баланс пополнен')
    })
  }

  test('refuses checkouts politely while it boots', async (t) => {
    const gate = await createGate(t, (await createDatabase(t)).url)
    const world = await startWorld({
      ...{ botMode: 'webhook', databaseUrl: gate.url, storageMode: 'external', logLevel: 'silent' },
    })
    t.after(() => world.stop())
    const { control } = world.telegram
    control.user(PAYER, { languageCode: 'ru' })
    const answer = control.payments.checkout(PAYER, INVOICE)
    const [update] = await control.waitFor((c) =>
      c.pendingUpdates().length ? c.pendingUpdates() : null,
    )
    const response = await fetch(`${world.botUrl}/webhook/${world.config.webhookSecretPath}`, {
      method: 'POST',
      headers: { 'X-Telegram-Bot-Api-Secret-Token': world.config.webhookSecretToken },
      body: JSON.stringify(update),
    })
    assert.equal(response.status, 200)
    assert.deepEqual(await answer, refused(say('checkout.unavailable')))
  })
})
