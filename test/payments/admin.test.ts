import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { modelById } from '../../src/machines/catalogue/catalogue.ts'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { modelTitle } from '../../src/machines/labels/models.ts'
import type { FakeUser } from '../../src/sandbox/telegram/model.ts'
import { readAccount, readEntries } from '../../src/store/ledger.ts'
import { readModelPause } from '../../src/store/model-pauses.ts'
import { createPromo } from '../../src/store/promo.ts'

import { createShopper, plain, type Shopper, say, topUp } from '../support/shopper.ts'
import { ADMIN_ID, openStage, type Stage } from './stage.ts'

const SUPPORT_ID = 2_001

let stage: Stage
let admin: Shopper

async function begin() {
  stage = await openStage({ SUPPORT_IDS: String(SUPPORT_ID) })
  admin = createShopper(stage.world.telegram, ADMIN_ID)
  admin.user.sendCommand('admin')
  await admin.sees(say('admin.adjust'))
}

/** Opens the area for admins anew and presses one of its buttons. */
async function toAdmin(label: string): Promise<void> {
  admin.user.sendCommand('admin')
  await stage.quiet()
  await admin.tap(label)
  // Words that come before the screen would be taken for a wish.
  await stage.quiet()
}

describe('an admin', () => {
  before(begin)

  test('sees how the day went and whether the ledger agrees', async () => {
    admin.user.sendCommand('admin')
    const { text = '' } = await admin.hears(say('admin.selling'))
    assert.ok(text.includes(say('admin.clean')), text)
    assert.match(text, /Кредитов у поставщика: \d+/)
  })

  test('puts a balance right after a second question, and the user is notified why', async () => {
    const person = await stage.person()
    await topUp(stage.database.pool, person.id, 1_000)
    const adjust = async (sum: string, reason: string) => {
      await toAdmin(say('admin.adjust'))
      await admin.hears('Одним сообщением')
      admin.user.sendText(`${person.id} ${sum} ${reason}`)
      await admin.hears(say('admin.sure').slice(3))
      return admin.tap(say('admin.confirm'))
    }
    await adjust('+50', 'извинение за <ожидание>')
    const words = { amount: formatRub(5_000, 'ru'), reason: 'извинение за <ожидание>' }
    await person.hears(say('notice.credited', words))
    assert.equal(await stage.available(person.id), 6_000)
    await stage.quiet()
    await adjust('-20,5', 'двойная оплата')
    await person.hears(
      say('notice.debited', { amount: formatRub(2_050, 'ru'), reason: 'двойная оплата' }),
    )
    const [debit, credit] = await readEntries(stage.db, person.id, 2)
    assert.deepEqual(
      [debit, credit].map((e) => [e?.kind, e?.amount_kopecks, e?.made_by, e?.reason]),
      [
        ['debit', 2_050, ADMIN_ID, 'двойная оплата'],
        ['credit', 5_000, ADMIN_ID, 'извинение за <ожидание>'],
      ],
    )
    await stage.quiet()

    await adjust('-900', 'слишком много')
    await admin.hears(say('hint.adminPoor'))
    assert.equal((await readAccount(stage.db, person.id)).available_kopecks, 3_950)
    assert.equal(await stage.discrepancy(), 0)
  })

  test('moves nothing without a reason, or for somebody who does not exist', async () => {
    await toAdmin(say('admin.adjust'))
    admin.user.sendText('3001 +50')
    await admin.hears(say('hint.adminAdjust'))
    admin.user.sendText('987654 +50 подарок')
    await admin.tap(say('admin.confirm'))
    await admin.hears(say('hint.adminNoUser'))
  })

  test('makes a promo code that a user redeems once', async () => {
    await toAdmin(say('admin.promo'))
    admin.user.sendText('SPRING 100р 50 30')
    await admin.hears(say('admin.done'))
    const person = await stage.person()
    person.user.sendCommand('promo', 'spring')
    await person.hears(plain(say('promo.good')))
    assert.equal((await readAccount(stage.db, person.id)).bonus_kopecks, 10_000)
    await stage.quiet()
    person.user.sendCommand('promo', 'SPRING')
    await person.hears(say('hint.promoYours'))
    await toAdmin(say('admin.promo'))
    admin.user.sendText('SPRING 5шт 20')
    await admin.hears(say('hint.adminPromoExists'))
  })

  test('gets every ledger entry as a table', async () => {
    await toAdmin(say('admin.csv'))
    const file = await stage.world.telegram.control.waitFor(
      () => admin.user.chat().find(({ media }) => media?.fileName === 'ledger.csv')?.media,
    )
    // So that Excel reads it as UTF-8.
    assert.equal(file.bytes.subarray(0, 3).toString('hex'), 'efbbbf')
    const [head = '', ...lines] = file.bytes.toString('utf8').trim().split(/\r?\n/)
    assert.match(head, /^id,at,user_id,kind,ref,source,target,roubles,given_roubles,made_by/)
    const { rows } = await stage.database.pool.query('select from ledger_entries')
    assert.equal(lines.length, rows.length)
    assert.ok(lines.some((line) => line.includes('debit') && line.includes('20.50')))
  })

  /** What was decided about a target, as it is journalled. */
  const journalOf = async (target: string) => {
    const { rows } = await stage.database.pool.query(
      'select name, who, why, outcome from operator_actions where target = $1 order by id',
      [target],
    )
    return rows.map(({ name, who, why, outcome }) => [name, who, why, outcome].join(' | '))
  }

  /** Opens a user's card and decides something about them. */
  async function decide(by: Shopper, find: string, intent: string, words: string) {
    by.user.sendCommand('admin')
    await stage.quiet()
    await by.tap(say('person.open'))
    await stage.quiet()
    by.user.sendText(find)
    await stage.quiet()
    await by.tap(intent)
    await stage.quiet()
    by.user.sendText(words)
    await stage.quiet()
    await by.tap(say('person.agree'))
  }

  /** Opens a model's card and decides something about it, up to the question whether to. */
  async function ask(by: Shopper, words: string, title: string, intent: string, order: string) {
    by.user.sendCommand('admin')
    await stage.quiet()
    await by.tap(say('shelf.open'))
    await stage.quiet()
    by.user.sendText(words)
    await stage.quiet()
    const shown = by.user.chat().at(-1)?.keyboard.flat() ?? []
    await by.tap(shown.find(({ text }) => text.startsWith(title))?.text ?? title)
    await stage.quiet()
    await by.tap(intent)
    await stage.quiet()
    by.user.sendText(order)
    await stage.quiet()
  }

  test('prices and pauses a model with a preview and a reason, and users see it at once', async () => {
    const model = modelById('recraft/remove-background') ?? assert.fail()
    const title = modelTitle(model, 'ru')
    const person = await stage.person()
    const cardSays = async (...words: string[]) => {
      await stage.quiet()
      person.user.sendCommand('start', `m_${model.slug}`)
      await person.hears(title)
      await stage.quiet()
      const { text = '' } = person.user.chat().at(-1) ?? {}
      for (const said of words) assert.ok(text.includes(said), `${said} in: ${text}`)
    }
    await ask(admin, 'recraft', title, say('shelf.intent.price'), '0,01 почти даром')
    await admin.hears(plain(say('shelf.belowCost', { least: '…' })).split('…')[0] ?? '')
    await ask(admin, 'recraft', title, say('shelf.intent.price'), '25 подорожало')
    await admin.hears(`→ ${formatRub(2_500, 'ru')}`)
    await admin.tap(say('shelf.agree'))
    await admin.hears(say('hint.shelfDone'))
    await cardSays(formatRub(2_500, 'ru'))

    await ask(admin, 'recraft', title, say('shelf.intent.free'), '3 день рождения')
    await admin.tap(say('shelf.agree'))
    await admin.hears(say('hint.shelfDone'))
    await cardSays('бесплатно')

    await ask(admin, 'recraft', title, say('shelf.intent.pause'), '6ч <плохие> картинки')
    await admin.tap(say('shelf.agree'))
    await admin.hears(say('hint.shelfDone'))
    await cardSays(plain(say('card.paused')))
    assert.deepEqual(await journalOf(`model:${model.id}`), [
      `model.price | telegram:${ADMIN_ID} | 25 подорожало | done`,
      `model.free | telegram:${ADMIN_ID} | 3 день рождения | done`,
      `model.pause | telegram:${ADMIN_ID} | 6ч <плохие> картинки | done`,
    ])
    const { until } = (await readModelPause(stage.db, model.id)) ?? assert.fail()
    const hours = ((until?.getTime() ?? 0) - Date.now()) / 3_600_000
    assert.ok(hours > 5.9 && hours < 6.1, `${hours} hours`)
  })

  test('decides about what the provider changed by the buttons of the alert', async () => {
    await stage.database.pool.query(
      `insert into provider_changes (key, kind, model_id, what, told_at)
       values ('k', 'vanished', 'recraft/crisp-upscale', 'no longer listed', now())`,
    )
    const [change] = await stage.db.selectFrom('provider_changes').selectAll().execute()
    admin.user.sendCommand('admin')
    await stage.quiet()
    await admin.tap(say('shelf.open'))
    await stage.quiet()
    await admin.tap(`#${change?.id} ${say('shelf.change.paused')}`)
    await stage.quiet()
    assert.equal((await readModelPause(stage.db, 'recraft/crisp-upscale'))?.code, 'model.changed')
    assert.deepEqual(await journalOf('model:recraft/crisp-upscale'), [
      `change.paused | telegram:${ADMIN_ID} | no longer listed | done`,
    ])
  })

  test('finds a user by name, bans them with words, and nothing they do counts until it ends', async () => {
    const person = await stage.person()
    const { control } = stage.world.telegram
    control.user(person.id, { username: 'Spammer_7' })
    person.user.sendCommand('balance')
    await stage.quiet()
    await decide(admin, '@spammer_7', say('person.intent.ban'), 'Рассылка <рекламы>')
    await admin.hears(say('hint.personDone'))
    stage.world.clock.advance(5_000)
    person.user.sendCommand('menu')
    await person.hears('Рассылка <рекламы>')
    const steps = async () =>
      (
        await stage.database.pool.query('select version from actors where id like $1', [
          `conversation:%:${person.id}`,
        ])
      ).rows[0].version
    const before = await steps()
    for (const words of ['/start', 'cat', '/balance']) person.user.sendText(words)
    await stage.quiet()
    assert.equal(await steps(), before)
    await decide(admin, String(person.id), say('person.intent.unban'), 'Извинился')
    // The word that it is done stands in the chat since the ban.
    await stage.quiet()
    stage.world.clock.advance(5_000)
    person.user.sendCommand('balance')
    await stage.quiet()
    assert.notEqual(await steps(), before)
    assert.deepEqual(await journalOf(`user:${person.id}`), [
      `user.ban | telegram:${ADMIN_ID} | Рассылка <рекламы> | done`,
      `user.unban | telegram:${ADMIN_ID} | Извинился | done`,
    ])
  })

  test('finds a user by a message of theirs that was passed on, and puts the balance right', async () => {
    const person = await stage.person()
    admin.user.sendCommand('admin')
    await stage.quiet()
    await admin.tap(say('person.open'))
    await stage.quiet()
    admin.user.sendForwarded('Где мои деньги?', {
      ...{ type: 'user', date: stage.world.clock.now() },
      sender: { id: person.id, firstName: 'Анна' } as FakeUser,
    })
    await admin.tap(say('person.intent.adjust'))
    await stage.quiet()
    admin.user.sendText('+15 долго ждали')
    await admin.tap(say('person.agree'))
    await person.hears(
      say('notice.credited', { amount: formatRub(1_500, 'ru'), reason: 'долго ждали' }),
    )
    await stage.quiet()
    assert.deepEqual(await journalOf(`user:${person.id}`), [
      `user.adjust | telegram:${ADMIN_ID} | долго ждали | done`,
    ])
  })

  test('sends a broadcast that each gets once, and nobody after opting out by one tap', async () => {
    const [anna, boris] = [await stage.person(), await stage.person()]
    const copies = ({ user }: Shopper, words: string) =>
      user.chat().filter(({ from, text }) => from === 'bot' && text === words).length
    const broadcast = async (words: string) => {
      await toAdmin(say('broadcast.open'))
      await admin.tap(say('broadcast.begin'))
      await stage.quiet()
      admin.user.sendText(words)
      await admin.tap(say('broadcast.start'))
      await admin.tap(say('broadcast.send'))
      await admin.hears(say('broadcast.state.done'))
      await stage.quiet()
    }
    await broadcast('Появились новые модели')
    for (const one of [anna, boris]) assert.equal(copies(one, 'Появились новые модели'), 1)
    await boris.tap(say('news.optOut'))
    await boris.sees(say('news.subscribe'))
    await broadcast('Скидки до воскресенья')
    assert.equal(copies(anna, 'Скидки до воскресенья'), 1)
    assert.equal(copies(boris, 'Скидки до воскресенья'), 0)
    const { rows } = await stage.database.pool.query<{ name: string; why: string }>(
      "select name, why from operator_actions where name like 'broadcast.%' order by id",
    )
    assert.deepEqual(rows, [
      { name: 'broadcast.start', why: '{"kind":"all"}: Появились новые модели' },
      { name: 'broadcast.start', why: '{"kind":"all"}: Скидки до воскресенья' },
    ])
  })

  test('sees how often promo codes were used and ends one, and what has failed and why', async () => {
    const person = await stage.person()
    await createPromo(stage.db, {
      ...{ code: 'AUTUMN', kopecks: 10_000, free: 0, limit: 50 },
      ...{ expiresAt: null, madeBy: ADMIN_ID },
    })
    person.user.sendCommand('promo', 'AUTUMN')
    await person.hears(plain(say('promo.good')))
    await toAdmin(say('admin.promo'))
    await admin.hears(say('promos.used', { used: 1, limit: 50 }))
    await admin.tap(say('promos.end', { code: 'AUTUMN' }))
    await admin.hears('⚪ AUTUMN')
    await stage.database.pool.query(
      `insert into jobs (id, user_id, chat_id, model_id, status, price_kopecks, credits, input,
         error_code)
       values ('failed-once', $1, $1, 'z-image', 'failed', 0, 1, '{}', 'kie.failed')`,
      [person.id],
    )
    await toAdmin(say('failures.open'))
    const { keyboard } = await admin.hears(plain(say('failures.how')))
    const label = keyboard.flat().find(({ text }) => text.includes(String(person.id)))?.text
    await admin.tap(label ?? assert.fail('the order is not there'))
    await admin.hears(`· ${person.id}`)
  })

  test('sees what is stuck, and has one or all of a kind tried again', async () => {
    const person = await stage.person()
    const actor = `conversation:${stage.world.config.botId}:${person.id}`
    const letter = (kind: string, subject: string, key: string, payload: unknown) =>
      stage.database.pool.query(
        `insert into dead_letters (kind, subject, key, payload, error) values ($1, $2, $3, $4, 'too late')`,
        [kind, subject, key, JSON.stringify(payload)],
      )
    const envelope = { actor, key: 'stuck', at: Date.now(), event: { type: 'command.help' } }
    await letter('event', actor, 'stuck', envelope)
    for (const key of ['1', '2']) await letter('callback', 'nobody', key, { raw: '{}' })
    await toAdmin(say('orphans.open'))
    const { text = '' } = await admin.hears(plain(say('orphans.how')))
    assert.ok(text.includes(`${say('orphans.kind.callback')}: 2`), text)
    await admin.tap(say('orphans.kind.event'))
    await admin.hears('too late')
    await admin.tap(say('orphans.one', { number: 1 }))
    await admin.hears(plain(say('orphans.asked.replay', { count: 1 })))
    await person.hears(plain(say('help.title')))
    await admin.tap(say('orphans.open'))
    await admin.tap(say('orphans.kind.callback'))
    await admin.tap(say('orphans.all', { count: 2 }))
    await admin.hears(plain(say('orphans.asked.replay', { count: 2 })))
    const { rows } = await stage.database.pool.query<{ target: string; outcome: string }>(
      `select regexp_replace(target, '\\d+', 'N') as target, outcome from operator_actions
       where name = 'letter.replay' order by id`,
    )
    assert.deepEqual(rows, [
      { target: 'letter:N', outcome: 'done' },
      { target: 'letters:callback', outcome: 'done' },
    ])
  })

  test('of support helps people and touches no money', async () => {
    const person = await stage.person()
    const support = createShopper(stage.world.telegram, SUPPORT_ID)
    support.user.sendCommand('admin')
    const { keyboard } = await support.sees(say('person.open'))
    const labels = keyboard.flat().map(({ text }) => text)
    for (const money of ['admin.adjust', 'admin.promo', 'admin.csv', 'broadcast.open'] as const) {
      assert.ok(!labels.includes(say(money)))
    }
    await decide(support, String(person.id), say('person.intent.limit'), '3 жалобы')
    await support.hears(say('hint.personDone'))
    // A forged way there: the handler asks for the right again.
    const { send } = stage.world.service.runtime
    const actor = `conversation:${stage.world.config.botId}:${SUPPORT_ID}`
    const forged = [
      { type: 'command.admin' },
      { type: 'admin.adjust.opened' },
      { type: 'text.received', text: `${person.id} +50 for nothing` },
      { type: 'adjust.confirmed' },
    ]
    for (const [i, event] of forged.entries()) await send({ actor, key: `forged:${i}`, event })
    await stage.quiet()
    assert.equal(await stage.available(person.id), 0)
    assert.deepEqual(await journalOf(`user:${person.id}`), [
      `user.limit | telegram:${SUPPORT_ID} | жалобы | done`,
    ])
  })

  test('is nobody else', async () => {
    const person = await stage.person()
    person.user.sendCommand('admin')
    await person.hears(plain(say('hint.unknownCommand')))
  })
})
