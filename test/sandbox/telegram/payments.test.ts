import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { Bot } from 'grammy'
import { Bot as ForeignBot } from 'node-telegram-bot-api'
import { createClock } from './support/clock.ts'
import { type Params, refused, startFake, TOKEN, until } from './support/fake.ts'

const INVOICE = {
  chat_id: 1,
  title: 'Top-up',
  description: '100 roubles',
  payload: 'order-1',
  currency: 'XTR',
  prices: [{ label: 'Top-up', amount: 160 }],
}

async function started(t: TestContext) {
  const clock = createClock()
  const server = await startFake(t, { now: clock.now, sleep: clock.sleep })
  const user = server.control.user(1, { stars: 200 })
  const send = async (more: Params = {}): Promise<number> =>
    (await server.ok('sendInvoice', { ...INVOICE, ...more })).message_id
  const updates = () => server.control.pendingUpdates() as Record<string, Params>[]
  const query = () => updates().findLast((u) => u.pre_checkout_query)?.pre_checkout_query
  const answer = (more: Params) =>
    server.api('answerPreCheckoutQuery', { pre_checkout_query_id: query()?.id, ...more })
  /** Presses Pay and lets the bot agree. */
  const paid = async (messageId: number, payer = user) => {
    const seen = updates().length
    const outcome = payer.pay(messageId)
    await until(() => updates().length > seen)
    assert.equal((await answer({ ok: true })).ok, true)
    const done = await outcome
    assert.ok(done.status === 'paid')
    return done.chargeId
  }
  return { ...server, clock, user, send, updates, query, answer, paid }
}

describe('an invoice in Stars', () => {
  const WRONG: [string, Params, string][] = [
    ['no title', { title: '' }, 'parameter "title" is required'],
    ['a long title', { title: 'x'.repeat(33) }, 'invoice title is too long'],
    ['a long description', { description: 'x'.repeat(256) }, 'invoice description is too long'],
    ['a long payload', { payload: 'я'.repeat(65) }, 'INVOICE_PAYLOAD_INVALID'],
    ['a provider token', { provider_token: '1:TEST' }, 'STARS_INVOICE_INVALID'],
    ['no price', { prices: [] }, 'STARS_INVOICE_INVALID'],
    ['two prices', { prices: [...INVOICE.prices, ...INVOICE.prices] }, 'STARS_INVOICE_INVALID'],
    ['half a Star', { prices: [{ label: 'a', amount: 1.5 }] }, "can't parse labeled price amount"],
    ['no Stars', { prices: [{ label: 'a', amount: 0 }] }, 'CURRENCY_TOTAL_AMOUNT_INVALID'],
    ['roubles', { currency: 'RUB' }, 'PAYMENT_PROVIDER_INVALID'],
    ['a bad start parameter', { start_parameter: 'a b' }, 'START_PARAM_INVALID'],
    [
      'another first button',
      { reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'a' }]] } },
      'BUTTON_TYPE_INVALID',
    ],
  ]
  for (const [what, change, words] of WRONG) {
    test(`is refused with ${what}`, async (t) => {
      const { api } = await started(t)
      refused(await api('sendInvoice', { ...INVOICE, ...change }), 400, `Bad Request: ${words}`)
    })
  }

  test('stands in the chat with a Pay button and without its payload', async (t) => {
    const { ok, user } = await started(t)
    const sent = await ok('sendInvoice', { ...INVOICE, provider_token: '' })
    assert.deepEqual(sent.invoice, {
      title: 'Top-up',
      description: '100 roubles',
      start_parameter: '',
      currency: 'XTR',
      total_amount: 160,
    })
    assert.equal(sent.reply_markup.inline_keyboard[0][0].pay, true)
    assert.ok(!JSON.stringify(sent).includes('order-1'))
    assert.equal(user.chat()[0]?.keyboard[0]?.[0]?.pay, true)
  })

  test('is paid after the bot agrees, and the bot hears of it', async (t) => {
    const { send, paid, user, updates, query } = await started(t)
    const chargeId = await paid(await send())
    assert.deepEqual(query()?.invoice_payload, 'order-1')
    assert.equal(user.stars(), 40)
    const message = updates().at(-1)?.message as Params
    assert.equal((message.chat as Params).id, 1)
    assert.deepEqual(message.successful_payment, {
      currency: 'XTR',
      total_amount: 160,
      invoice_payload: 'order-1',
      telegram_payment_charge_id: chargeId,
      provider_payment_charge_id: '',
    })
  })

  test('costs nothing when the bot says no', async (t) => {
    const { send, user, answer, query, control } = await started(t)
    const outcome = user.pay(await send())
    await until(() => query() !== undefined)
    refused(await answer({ ok: false }), 400, 'Bad Request: parameter "error_message" is required')
    assert.equal((await answer({ ok: false, error_message: 'Sold out' })).ok, true)
    assert.deepEqual(await outcome, { status: 'refused', reason: 'Sold out' })
    assert.equal(user.stars(), 200)
    assert.deepEqual(control.payments.book().transactions, [])
  })

  test('is cancelled after 10 s without an answer; a late one is an error', async (t) => {
    const { send, user, answer, query, clock } = await started(t)
    const outcome = user.pay(await send())
    await until(() => query() !== undefined)
    clock.advance(10_001)
    assert.deepEqual(await outcome, { status: 'cancelled' })
    refused(
      await answer({ ok: true }),
      400,
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
    )
    assert.equal(user.stars(), 200)
  })

  test('asks the bot for 150 s only', async (t) => {
    const { send, user, query, clock } = await started(t)
    const outcome = user.pay(await send())
    await until(() => query() !== undefined)
    clock.advance(150_001)
    assert.equal(query(), undefined)
    await outcome
  })

  test('can be paid again, with a charge id of its own', async (t) => {
    const { send, paid, control } = await started(t)
    control.user(1, { stars: 320 })
    const message = await send()
    const first = await paid(message)
    control.payments.book().chargeIdLength = 160
    const second = await paid(message)
    assert.notEqual(first, second)
    assert.equal(second.length, 160)
  })

  test('is paid by others from a forwarded copy, unless it has a start parameter', async (t) => {
    const { send, control, query, answer } = await started(t)
    const friend = control.user(2)
    const open = await send()
    const outcome = friend.pay(open, { forwardedFrom: 1 })
    await until(() => query() !== undefined)
    assert.deepEqual((query() as { from: Params }).from.id, 2)
    await answer({ ok: true })
    assert.equal((await outcome).status, 'paid')
    const closed = await send({ start_parameter: 'topup' })
    await assert.rejects(friend.pay(closed, { forwardedFrom: 1 }), /only opens the bot/)
  })

  test('needs enough Stars', async (t) => {
    const { send, user, control } = await started(t)
    control.user(1, { stars: 159 })
    await assert.rejects(user.pay(await send()), /not enough Stars/)
  })
})

describe('a refund of Stars', () => {
  test('gives them back once, with a service message', async (t) => {
    const { send, paid, user, ok, api, updates } = await started(t)
    const chargeId = await paid(await send())
    const refund = { user_id: 1, telegram_payment_charge_id: chargeId }
    assert.equal(await ok('refundStarPayment', refund), true)
    assert.equal(user.stars(), 200)
    const message = updates().at(-1)?.message as { refunded_payment: Params }
    assert.equal(message.refunded_payment.telegram_payment_charge_id, chargeId)
    const again = await api('refundStarPayment', refund)
    refused(again, 400, 'Bad Request: CHARGE_ALREADY_REFUNDED')
    assert.equal(user.stars(), 200)
  })

  test('is refused for a charge that this user never paid', async (t) => {
    const { send, paid, api, control } = await started(t)
    control.user(2)
    const chargeId = await paid(await send())
    for (const [user_id, id] of [
      [1, 'stx'],
      [2, chargeId],
    ]) {
      const answer = await api('refundStarPayment', { user_id, telegram_payment_charge_id: id })
      refused(answer, 400, 'Bad Request: CHARGE_NOT_FOUND')
    }
  })
})

describe('the list of transactions', () => {
  test('shows payments and refunds with one id and different sides, page by page', async (t) => {
    const { send, paid, ok, control } = await started(t)
    const chargeId = await paid(await send())
    await ok('refundStarPayment', { user_id: 1, telegram_payment_charge_id: chargeId })
    const list = async (params: Params = {}) =>
      (await ok('getStarTransactions', params)).transactions
    const [payment, refund] = await list()
    assert.deepEqual([payment.id, refund.id], [chargeId, chargeId])
    assert.equal(payment.source.invoice_payload, 'order-1')
    assert.equal(payment.source.user.id, 1)
    assert.equal(refund.receiver.user.id, 1)
    assert.equal((await list({ offset: 1 })).length, 1)
    assert.equal((await list({ limit: 1 }))[0].source.type, 'user')
    control.payments.book().order = 'newest-first'
    assert.ok((await list({ limit: 1 }))[0].receiver)
  })

  test('holds what came without a checkout and without an update', async (t) => {
    const { control, updates, ok } = await started(t)
    const chargeId = control.payments.charge(1, { payload: 'x', stars: 5, quiet: true })
    assert.equal(updates().length, 0)
    control.payments.refundOutside(chargeId, { quiet: true })
    assert.equal((await ok('getStarTransactions')).transactions.length, 2)
    control.payments.resend(chargeId)
    assert.equal(updates().length, 1)
  })
})

describe('payments of other clients', () => {
  test('grammY sells for Stars by long polling', async (t) => {
    const server = await startFake(t)
    const { control, fake } = server
    const bot = new Bot(TOKEN, { client: { apiRoot: fake.url } })
    bot.command('buy', (ctx) =>
      ctx.replyWithInvoice('Tea', 'A cup', 'tea', 'XTR', [{ label: 'Tea', amount: 3 }]),
    )
    bot.on('pre_checkout_query', (ctx) => ctx.answerPreCheckoutQuery(true))
    bot.on(':successful_payment', (ctx) => ctx.refundStarPayment())
    bot.on(':refunded_payment', (ctx) =>
      ctx.reply(`back: ${ctx.message?.refunded_payment?.total_amount}`),
    )
    const running = bot.start()
    server.defer(async () => {
      await bot.stop()
      await running
    })
    const user = control.user(1, { stars: 3 })
    user.sendCommand('buy')
    const invoice = await control.waitFor(() => user.chat().find((m) => m.invoice))
    assert.equal((await user.pay(invoice.id)).status, 'paid')
    await control.waitFor(() => user.chat().some(({ text }) => text === 'back: 3'))
    assert.equal(user.stars(), 3)
  })

  test('node-telegram-bot-api sells for Stars by long polling', async (t) => {
    const server = await startFake(t)
    const { control, fake } = server
    const bot = new ForeignBot(TOKEN, { apiRoot: fake.url })
    bot.on('pre_checkout_query', async (ctx) => {
      const { id } = (ctx.update as unknown as { pre_checkout_query: { id: string } })
        .pre_checkout_query
      await bot.api.answerPreCheckoutQuery({ pre_checkout_query_id: id, ok: true })
    })
    const user = control.user(1, { stars: 160 })
    const sent = await bot.api.sendInvoice({ ...INVOICE, provider_token: '' })
    const running = bot.startPolling()
    server.defer(async () => {
      bot.stop()
      await running
    })
    const outcome = await user.pay(sent.message_id)
    assert.equal(outcome.status, 'paid')
    const { transactions } = await bot.api.getStarTransactions({ limit: 1 })
    assert.equal(outcome.status === 'paid' && outcome.chargeId, transactions[0]?.id)
  })

  test('a link to an invoice is a method that this server does not have', async (t) => {
    const { api } = await startFake(t)
    refused(await api('createInvoiceLink', INVOICE), 404, 'Not Found: method not found')
  })
})
