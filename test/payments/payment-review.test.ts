import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { pngImage } from '../sandbox/telegram/support/images.ts'
import { createShopper, plain, type Shopper, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'
import { ADMIN_ID, KOPECKS, openStage, type Stage } from './stage.ts'

const SECOND_ID = ADMIN_ID + 1

let stage: Stage
let boss: Shopper
let deputy: Shopper
let declined: Shopper

/** From /admin to one of its lists. */
async function openList(admin: Shopper, list: 'payments' | 'requests' | 'receipts') {
  admin.user.sendCommand('admin')
  await admin.tap(say(`paymentReview.open.${list}`))
  await admin.hears(plain(say(`paymentReview.title.${list}`)))
}

/** The list's button of this user, pressed; an alarm may have come below the list. */
async function openCase(admin: Shopper, userId: number): Promise<void> {
  const button = await stage.world.telegram.control.waitFor(() =>
    admin.user
      .chat()
      .flatMap(({ keyboard }) => keyboard.flat())
      .findLast(({ text }) => text.includes(` · ${userId} · `)),
  )
  await admin.tap(button.text)
}

async function paid(): Promise<{ payer: Shopper; chargeId: string }> {
  const payer = await stage.person()
  const outcome = await payer.user.pay((await stage.invoice(payer)).id)
  assert.ok(outcome.status === 'paid')
  await stage.holds(payer.id, KOPECKS)
  return { payer, chargeId: outcome.chargeId }
}

const stateOf = async (payer: Shopper) => (await stage.payments(payer.id))[0]?.state

const returned = (payer: Shopper) =>
  waitFor(async () => (await stateOf(payer)) === 'refunded', { what: 'the Stars to be back' })

/** A bank transfer of 100 ₽ with its receipt, up to the review. */
async function transfer(bytes = pngImage(40, 40)): Promise<Shopper> {
  const payer = await stage.person()
  payer.user.sendCommand('balance')
  await payer.tap(say('topup.byTransfer'))
  await payer.tap(formatRub(KOPECKS, 'ru'))
  await payer.hears(say('topup.sendReceipt'))
  await payer.user.sendPhoto(bytes)
  await payer.hears('Заявка принята')
  return payer
}

/** How many top-ups a user has in each state. */
async function statusesOf(payer: Shopper): Promise<Record<string, number>> {
  const { rows } = await stage.database.pool.query(
    'select status, count(*)::int as n from invoices where user_id = $1 group by status order by 1',
    [payer.id],
  )
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
}

const transferOf = async (payer: Shopper) =>
  (
    await stage.database.pool.query(
      `select * from invoices where user_id = $1 and way = 'manual'`,
      [payer.id],
    )
  ).rows[0]

describe('an admin', () => {
  before(async () => {
    stage = await openStage({
      ADMIN_ID: `${ADMIN_ID},${SECOND_ID}`,
      MANUAL_TOPUP_DETAILS: 'Card 0000 1111',
    })
    boss = createShopper(stage.world.telegram, ADMIN_ID)
    deputy = createShopper(stage.world.telegram, SECOND_ID)
  })

  test('finds a payment by its user, gives it back with a reason, and the user is notified', async () => {
    const { payer } = await paid()
    await openList(boss, 'payments')
    boss.user.sendText(String(payer.id))
    await boss.hears(`Поиск: ${payer.id}`)
    await openCase(boss, payer.id)
    await boss.tap(say('paymentReview.intent.refund'))
    await boss.hears('Почему возвращаем')
    boss.user.sendText('Оплачено дважды')
    await boss.hears('Вернуть этот платёж?')
    assert.equal(await stateOf(payer), 'credited', 'not before it is confirmed')
    await boss.tap(say('paymentReview.agree'))
    await returned(payer)
    await stage.holds(payer.id, 0)
    assert.match((await payer.hears('Вернули вам')).text ?? '', /Причина: Оплачено дважды/)
    await boss.hears('Возврат начат')
    const { rows } = await stage.database.pool.query(
      `select made_by, reason from ledger_entries where kind = 'refund' and user_id = $1`,
      [payer.id],
    )
    assert.deepEqual(rows, [{ made_by: ADMIN_ID, reason: 'Оплачено дважды' }])
  })

  test('reads how much own money is missing when it was spent', async () => {
    const { payer, chargeId } = await paid()
    await stage.database.pool.query(
      `insert into ledger_entries (user_id, kind, ref, source, target, amount_kopecks, made_by, reason)
       values ($1, 'debit', 'spent', 'available', 'house', 3000, 1, 'spent')`,
      [payer.id],
    )
    await openList(boss, 'payments')
    boss.user.sendText(chargeId)
    await openCase(boss, payer.id)
    const { keyboard } = await boss.hears(`не хватает ${formatRub(3_000, 'ru')}`)
    assert.ok(!keyboard.flat().some(({ text }) => text === say('paymentReview.intent.refund')))
  })

  test('is alerted to a refund request by a button that leads there, and grants it', async () => {
    const { payer } = await paid()
    payer.user.sendCommand('paysupport')
    const offer = await payer.hears('Что вернуть')
    await payer.tap(offer.keyboard[0]?.[0]?.text ?? '')
    await payer.hears('Заявка на возврат принята')
    const alarm = await deputy.hears('refund.asked')
    deputy.user.tap(alarm.id, alarm.keyboard[0]?.[0]?.text ?? '')
    await deputy.hears(plain(say('paymentReview.title.requests')))
    await openCase(deputy, payer.id)
    await deputy.tap(say('paymentReview.intent.refund'))
    await deputy.hears('Почему возвращаем')
    deputy.user.sendText('По вашей просьбе')
    await deputy.tap(say('paymentReview.agree'))
    await returned(payer)
    await payer.hears('Причина: По вашей просьбе')
    const { rows } = await stage.database.pool.query(
      'select state, decided_by from refund_requests where user_id = $1',
      [payer.id],
    )
    assert.deepEqual(rows, [{ state: 'granted', decided_by: SECOND_ID }])
  })

  test('declines a refund request with words to the user, who keeps the money', async () => {
    const { payer } = await paid()
    payer.user.sendCommand('paysupport')
    const offer = await payer.hears('Что вернуть')
    await payer.tap(offer.keyboard[0]?.[0]?.text ?? '')
    await payer.hears('Заявка на возврат принята')
    await openList(boss, 'requests')
    await openCase(boss, payer.id)
    await boss.tap(say('paymentReview.intent.decline'))
    await boss.hears('Почему отказываем')
    boss.user.sendText('Уже всё решили в переписке')
    await boss.tap(say('paymentReview.agree'))
    await payer.hears('Уже всё решили в переписке')
    await boss.hears('Отказано')
    assert.equal(await stage.available(payer.id), KOPECKS)
    declined = payer
  })

  test('decides anew about a refund that can be asked for again after it was declined', async () => {
    declined.user.sendCommand('paysupport')
    const offer = await declined.hears('Что вернуть')
    await declined.tap(offer.keyboard[0]?.[0]?.text ?? '')
    const state = async () => {
      const { rows } = await stage.database.pool.query(
        'select state, decided_by from refund_requests where user_id = $1',
        [declined.id],
      )
      return rows[0]
    }
    await waitFor(async () => (await state()).state === 'open', { what: 'an open request' })
    assert.equal((await state()).decided_by, null)
    await openList(boss, 'requests')
    await openCase(boss, declined.id)
    await boss.tap(say('paymentReview.intent.refund'))
    await boss.hears('Почему возвращаем')
    boss.user.sendText('Передумали')
    await boss.tap(say('paymentReview.agree'))
    await returned(declined)
  })

  test('approves a receipt once, though two of them press at the same time', async () => {
    const payer = await transfer()
    for (const admin of [boss, deputy]) {
      await openList(admin, 'receipts')
      await openCase(admin, payer.id)
      await admin.hears('Чек — в сообщении выше')
      assert.ok(admin.user.chat().some(({ media }) => media?.kind === 'photo'))
      await admin.tap(say('paymentReview.intent.approve'))
      await admin.hears('Зачислить деньги?')
    }
    await Promise.all([
      boss.tap(say('paymentReview.agree')),
      deputy.tap(say('paymentReview.agree')),
    ])
    await stage.holds(payer.id, KOPECKS)
    await payer.hears('Баланс пополнен')
    const words = () =>
      [boss, deputy].map((a) => a.user.chat().findLast((m) => m.from === 'bot')?.text ?? '')
    const told = (part: string) => words().filter((text) => text.includes(part)).length
    await waitFor(() => told('Деньги зачислены') === 1 && told('решил другой админ') === 1, {
      what: 'one admin to win and the other to be told',
    })
    await stage.quiet()
    assert.equal(await stage.available(payer.id), KOPECKS)
    assert.equal((await transferOf(payer)).status, 'accepted')
  })

  test('is warned of a receipt that came before, and rejects it', async () => {
    const bytes = pngImage(41, 41)
    const honest = await transfer(bytes)
    const payer = await transfer(bytes)
    await waitFor(async () => (await transferOf(payer)).receipt_same_as.length > 0, {
      what: 'the receipt to be looked at',
    })
    const { id } = await transferOf(honest)
    await openList(boss, 'receipts')
    await openCase(boss, payer.id)
    assert.match(
      (await boss.hears('Такой же чек уже присылали')).text ?? '',
      new RegExp(id.slice(0, 8).toUpperCase()),
    )
    await boss.tap(say('paymentReview.intent.reject'))
    await boss.tap(say('paymentReview.agree'))
    await boss.hears('Заявка отклонена')
    await payer.hears('отклонена: такой перевод не найден')
    assert.equal((await transferOf(payer)).status, 'rejected')
    assert.equal(await stage.available(payer.id), 0)
  })

  test('shows a transfer that waits in the balance, and takes no third before one is decided', async () => {
    const payer = await transfer(pngImage(50, 50))
    payer.user.sendCommand('balance')
    await payer.hears(`Перевод на ${formatRub(KOPECKS, 'ru')}`)
    const again = async () => {
      await stage.quiet()
      payer.user.sendCommand('balance')
      await stage.quiet()
      await payer.tap(say('topup.byTransfer'))
      await stage.quiet()
      await payer.tap(formatRub(KOPECKS, 'ru'))
      await stage.quiet()
    }
    await again()
    await payer.user.sendPhoto(pngImage(51, 51))
    await waitFor(async () => (await statusesOf(payer)).reviewing === 2, { what: 'two receipts' })
    await again()
    await payer.hears('Два ваших перевода уже ждут проверки')
  })

  test('sees no more than two open invoices of a user: the oldest makes room', async () => {
    const payer = await stage.person()
    for (let i = 0; i < 5; i += 1) await stage.invoice(payer)
    await stage.quiet()
    assert.deepEqual(await statusesOf(payer), { expired: 3, invoiced: 2 })
    const [oldest] = payer.user.chat().filter((m) => m.invoice)
    const outcome = await payer.user.pay(oldest?.id as number)
    assert.notEqual(outcome.status, 'paid')
  })

  test('alone gets there: the button of an alert does nothing for others', async () => {
    const stranger = await stage.person()
    const { id } = await stranger.hears('')
    stranger.user.sendRaw({
      callback_query: {
        id: 'forged',
        from: { id: stranger.id, is_bot: false, first_name: 'A' },
        chat_instance: '1',
        message: { message_id: id, date: 1, chat: { id: stranger.id, type: 'private' } },
        data: 'desk:payments',
      },
    })
    await stage.quiet()
    const texts = stranger.user.chat().map(({ text }) => text ?? '')
    assert.ok(!texts.some((text) => text.includes('Платежи')))
  })

  test('leaves the ledger in balance', async () => {
    await stage.quiet()
    assert.equal(await stage.discrepancy(), 0)
  })
})
