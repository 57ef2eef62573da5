import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createPaymentRecorder } from '../../src/actors/payments/payment-recorder.ts'
import { createStarReconciler } from '../../src/actors/payments/reconcile-stars.ts'
import { createTelegramApi, type TelegramApi } from '../../src/actors/telegram/api.ts'
import { RetryableError } from '../../src/errors.ts'
import { KOPECKS, openStage, STARS, type Stage } from './stage.ts'

const { signal } = new AbortController()
/** Of one payment for no invoice that we know, at the present rate. */
const SMALL = { stars: 16, kopecks: 1_000 }
/** So that few payments fill many pages. */
const PAGE_SIZE = 25

for (const order of ['oldest-first', 'newest-first'] as const) {
  describe(`the comparison with a list that is ${order}`, () => {
    let stage: Stage
    let api: TelegramApi
    let payerId = 20_000
    let date = Date.now() + 3_600_000

    before(async () => {
      stage = await openStage()
      const { botToken: token, telegramApiRoot: apiRoot } = stage.world.config
      api = createTelegramApi({ token, apiRoot })
      stage.world.telegram.control.payments.book().order = order
    })
    after(() => api.close())

    const control = () => stage.world.telegram.control
    const person = () => {
      payerId += 1
      return control().user(payerId, { languageCode: 'ru' }).id
    }

    /** Runs a comparison; `onPage` is called before each page is asked for. */
    function reconciler(onPage: (page: number) => void = () => {}) {
      let page = 0
      const call: TelegramApi['call'] = async (...args) => {
        page += 1
        onPage(page)
        return api.call(...args)
      }
      const { service, config, log } = stage.world
      const { botId, starsPerRub } = config
      const common = { db: stage.db, now: Date.now, log }
      const recorder = createPaymentRecorder({
        ...common,
        botId,
        starsPerRub,
        send: service.runtime.send,
      })
      return createStarReconciler({ ...common, recorder, api: { call }, pageSize: PAGE_SIZE })
    }

    /** Payments of which no update ever told, one second apart. */
    function missedPayments(userId: number, count: number): void {
      const { transactions } = control().payments.book()
      for (let i = 0; i < count; i += 1) {
        date += 1_000
        const id = `missed-${order}-${transactions.length}`
        transactions.push({ id, direction: 'in', userId, stars: SMALL.stars, payload: '?', date })
      }
    }

    test('credits a payment that no update told of, once, and says so', async () => {
      const payer = await stage.person()
      const payload = (await stage.invoice(payer)).invoice?.payload ?? ''
      const { payments } = control()
      const chargeId = payments.charge(payer.id, { payload, stars: STARS, quiet: true })
      await Promise.all([reconciler().run(signal), reconciler().run(signal)])
      await reconciler().run(signal)
      payments.resend(chargeId)
      await stage.quiet()
      assert.equal(await stage.available(payer.id), KOPECKS)
      await stage.alarmed('payment.missed')
      await payer.hears('Баланс пополнен')
    })

    test('books a refund that has the id of its payment', async () => {
      const payer = await stage.person()
      const payload = (await stage.invoice(payer)).invoice?.payload ?? ''
      const { payments } = control()
      const chargeId = payments.charge(payer.id, { payload, stars: STARS, quiet: true })
      payments.refundOutside(chargeId, { quiet: true })
      await reconciler().run(signal)
      await reconciler().run(signal)
      const [payment] = await stage.payments(payer.id)
      assert.deepEqual([payment?.state, payment?.debt_kopecks], ['refunded', 0])
      assert.equal(await stage.available(payer.id), 0)
    })

    test('forgets nothing when Telegram goes away between two pages', async () => {
      const userId = person()
      missedPayments(userId, 35)
      const away = (page: number) => {
        if (page === 2) throw new RetryableError('telegram.unavailable')
      }
      await assert.rejects(reconciler(away).run(signal), RetryableError)
      await reconciler().run(signal)
      assert.equal(await stage.available(userId), 35 * SMALL.kopecks)
    })

    test('counts each once while rows move from page to page', async () => {
      const userId = person()
      missedPayments(userId, 40)
      await reconciler((page) => missedPayments(userId, page < 4 ? 4 : 0)).run(signal)
      await reconciler().run(signal)
      const { rows } = await stage.database.pool.query(
        'select count(*)::int as n from payments where user_id = $1',
        [userId],
      )
      const made = control()
        .payments.book()
        .transactions.filter((x) => x.userId === userId).length
      assert.ok(made >= 44, `${made}`)
      assert.equal(rows[0].n, made)
      assert.equal(await stage.available(userId), made * SMALL.kopecks)
    })

    test('by two instances at once counts each once', async () => {
      const userId = person()
      missedPayments(userId, 35)
      await Promise.all([reconciler().run(signal), reconciler().run(signal)])
      assert.equal(await stage.available(userId), 35 * SMALL.kopecks)
    })

    test('reads no more than what is new, and leaves the ledger in balance', async () => {
      let pages = 0
      await reconciler(() => {
        pages += 1
      }).run(signal)
      assert.ok(pages <= 3, `${pages} pages`)
      assert.equal(await stage.discrepancy(), 0)
    })
  })
}
