import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import { createPersonMarks } from '../../src/actors/person-mark.ts'
import { type Model, modelById } from '../../src/machines/catalogue/catalogue.ts'
import { formatRub } from '../../src/machines/catalogue/pricing.ts'
import { JOB_STATUSES } from '../../src/machines/job/statuses.ts'
import { optionLabel } from '../../src/machines/labels/options.ts'
import { createDb } from '../../src/store/db.ts'
import { ERASURE, findMark } from '../../src/store/erasure.ts'
import { exportedTables, exportPerson } from '../../src/store/person-export.ts'
import { reconcile, troubles } from '../../src/store/reconcile.ts'
import { startWorld, type World } from '../../src/world/world.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { createShopper, plain, type Shopper, say } from '../support/shopper.ts'
import { waitFor } from '../support/wait.ts'

const ADMIN = 1000
const FRIEND = 8_700_000_001
const PERSON = 8_700_000_077
const NAME = 'Пелагея'
const USERNAME = 'pelageya_marker'
const WORDS = 'лиловый бегемот'

let database: TestDatabase
let world: World
let spoolDir: string
const log: string[] = []

const rows = async (text: string, values: unknown[] = []) =>
  (await database.pool.query(text, values)).rows

const tables = async (): Promise<string[]> =>
  (
    await rows(`select table_name as name from information_schema.tables
      where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`)
  ).map(({ name }) => name)

/** Every row of every table, and every line and file, in which one of the marks stands. */
async function traces(): Promise<string[]> {
  const marks = `(?<!\\d)${PERSON}(?!\\d)|${NAME}|${USERNAME}|бегемот|ref_${PERSON.toString(36)}`
  const found: string[] = []
  for (const table of await tables()) {
    for (const { row } of await rows(
      `select to_jsonb(t)::text as row from "${table}" t where to_jsonb(t)::text ~* $1`,
      [marks],
    )) {
      found.push(`${table}: ${row.slice(0, 400)}`)
    }
  }
  const pattern = new RegExp(marks, 'i')
  for (const line of log) if (pattern.test(line)) found.push(`log: ${line.slice(0, 300)}`)
  for (const file of await readdir(spoolDir, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue
    const text = await readFile(path.join(file.parentPath, file.name), 'utf8')
    if (pattern.test(text)) found.push(`file: ${file.name}`)
  }
  return found
}

const quiet = () =>
  waitFor(async () => (await rows('select from effects')).length === 0, { what: 'no effect waits' })

async function meet(id: number, start?: string, facts = {}): Promise<Shopper> {
  world.telegram.control.user(id, { languageCode: 'ru', ...facts })
  const shopper = createShopper(world.telegram, id)
  shopper.user.sendCommand('start', start)
  await shopper.hears(plain(say('menu.title').split('\n')[0] ?? ''))
  return shopper
}

/** The message with these words that came after the one of this id; older ones look the same. */
const newer = (shopper: Shopper, id: number, words: string) =>
  world.telegram.control.waitFor(() =>
    shopper.user.chat().find((message) => message.id > id && message.text?.includes(words)),
  )

/** A free order whose words give the person away, up to the result. */
async function order(shopper: Shopper): Promise<void> {
  const known = shopper.results().length
  const { id } = shopper.user.sendCommand('start', 'm_z-image')
  await newer(shopper, id, 'Вопросов до запуска')
  await shopper.tap(say('card.begin'))
  await newer(shopper, id, say('ask.words'))
  shopper.user.sendText(WORDS)
  await shopper.tap(optionLabel(modelById('z-image') as Model, 'aspect_ratio', '1:1', 'ru'))
  await shopper.confirm()
  await waitFor(() => shopper.results().length > known, { what: 'the result' })
}

async function findByAdmin(admin: Shopper): Promise<void> {
  const { id } = admin.user.sendCommand('admin')
  await newer(admin, id, plain(say('admin.title').split('\n')[0] ?? ''))
  await admin.tap(say('person.open'))
  await newer(admin, id, plain(say('person.ask').split('\n')[0] ?? ''))
  admin.user.sendText(`@${USERNAME}`)
  await newer(admin, id, NAME)
}

describe('a person whose data is erased', () => {
  let person: Shopper

  before(async () => {
    spoolDir = await mkdtemp(path.join(os.tmpdir(), 'erasure-'))
    process.env.TMPDIR = spoolDir
    database = await createDatabase({ closeFirst: () => world.stop() })
    world = await startWorld({
      ...{ botMode: 'webhook', databaseUrl: database.url, storageMode: 'external' },
      ...{ timing: { queueMs: 0, generateMs: 0 }, logLevel: 'debug' },
      logStream: { write: (line) => void log.push(line) },
      env: { WELCOME_BALANCE_RUB: '50', REFERRAL_AFTER: 'start' },
    })
    world.telegram.control.user(ADMIN, { languageCode: 'ru' })
    await meet(FRIEND)
    person = await meet(PERSON, `ref_${FRIEND.toString(36)}`, {
      firstName: NAME,
      username: USERNAME,
    })
    await order(person)
    await meet(FRIEND + 1, `ref_${PERSON.toString(36)}`)
    await database.pool.query(
      `insert into promo_codes (code, kopecks, free, uses_limit, created_by)
       values ('SPRING', 100, 0, 9, 1)`,
    )
    person.user.sendCommand('promo', 'SPRING')
    await person.hears('Промокод принят')
    person.user.sendCommand('balance')
    await person.tap(say('topup.byStars'))
    await person.tap(say('topup.amount', { amount: formatRub(10_000, 'ru'), stars: 160 }))
    const invoice = await world.telegram.control.waitFor(() =>
      person.user.chat().find((m) => m.invoice),
    )
    await person.user.pay(invoice.id)
    await person.hears('Баланс пополнен')
    const admin = createShopper(world.telegram, ADMIN)
    await findByAdmin(admin)
    await admin.tap(say('person.intent.adjust'))
    await admin.hears('Сумма со знаком')
    admin.user.sendText(`+7 извинение за «${WORDS}»`)
    await admin.tap(say('person.agree'))
    await admin.hears('Сделано')
    await person.hears('начислено')
    // What comes seldom, as those who write it would.
    await database.pool.query(
      `insert into reminders values (${PERSON}, 'free', now() + interval '1 day');
       insert into refund_requests (charge_id, user_id, state, decided_by, decided_at)
         select charge_id, user_id, 'declined', ${ADMIN}, now() from payments;
       insert into favourites (user_id, job_id, saved, step)
         select user_id, id, true, 1 from jobs where user_id = ${PERSON};
       insert into shares (secret, job_id, user_id, with_words, step)
         select 'shared-once', id, user_id, true, 1 from jobs where user_id = ${PERSON};
       insert into broadcasts (id, made_by, status) values ('b1', ${ADMIN}, 'done');
       insert into broadcast_recipients (broadcast_id, user_id, status)
         values ('b1', ${PERSON}, 'sent');
       insert into star_transactions (id, direction, kind, user_id, stars, happened_at)
         select charge_id, 'in', 'invoice_payment', user_id, stars, now() from payments;
       insert into dead_letters (kind, subject, key, payload, error) values
         ('update', 'telegram', 'tg:1', '{"raw": "{\\"from\\":{\\"id\\":${PERSON}}}"}', 'x')`,
    )
    await quiet()
  })

  test('leaves no table out: each one is dealt with, or is about nobody', async () => {
    const known = new Set(Object.keys(ERASURE))
    const migrators = /^(schema|kysely)_migration/
    const left = (await tables()).filter((table) => !known.has(table) && !migrators.test(table))
    assert.deepEqual(left, [])
  })

  test('is exported from every table that has rows of people, or it is said why not', async () => {
    // Where there is nothing but what other sections say already, or what is ours about everybody.
    const told = {
      effects: 'what is about to be done',
      timers: 'when it will be',
      free_uses: 'each is an order',
      star_transactions: 'Telegram’s list of the same payments',
      operator_actions: 'acts of the staff, which have names of their own',
      screens: 'the message that shows the screen',
      dead_letters: 'what could not be read; it is looked into by hand',
      support_threads: 'mirrors the thread, which is told itself',
      support_messages: 'where that stands in the chat of the staff',
      templates: 'of admins',
      template_settings: 'of admins',
    }
    const known = exportedTables(createDb(database.pool))
    const left = Object.entries(ERASURE)
      .filter(([table, what]) => what !== 'nobody' && !known.has(table) && !(table in told))
      .map(([table]) => table)
    assert.deepEqual(left, [])
  })

  test('gets all of it as one file of JSON first', async () => {
    person.user.sendCommand('export')
    const { media } = await world.telegram.control.waitFor(() =>
      person.user.chat().findLast((message) => message.media?.fileName === 'my-data.json'),
    )
    const data = JSON.parse(String(media?.bytes))
    assert.equal(data.profile[0].first_name, NAME)
    assert.equal(data.orders[0].input.prompt, WORDS)
    assert.ok(data.dialogue.some(({ event }: { event: { text?: string } }) => event.text === WORDS))
    assert.equal(data.payments[0].stars, 160)
    assert.deepEqual(data.promo_codes[0].code, 'SPRING')
    assert.equal(data.shares[0].secret, 'shared-once')
    assert.equal(data.broadcasts[0].status, 'sent')
    const pieces = exportPerson(createDb(database.pool), {
      ...{ userId: PERSON, actor: 'nobody', support: 'nobody' },
    })
    let count = 0
    for await (const _piece of pieces) count += 1
    assert.ok(count > 20, 'in pieces, never whole in memory')
  })

  test('is told first what is open, and nothing is erased while it is', async () => {
    await database.pool.query(`update refund_requests set state = 'open'`)
    person.user.sendCommand('delete_me')
    await person.hears('Сначала нужно закончить')
    await database.pool.query(`update refund_requests set state = 'declined'`)
    await person.tap(say('privacy.again'))
    const { text } = await person.sees(say('privacy.agree'))
    assert.ok(text?.includes(formatRub(15_800, 'ru')), text)
    assert.equal((await rows('select from erasures')).length, 0)
  })

  test('is in no table, no line of the log and no file afterwards; the books hold', async () => {
    const db = createDb(database.pool)
    const sums = () =>
      rows(`select kind, count(*)::int as n, sum(amount_kopecks)::int as kopecks
        from ledger_entries group by kind order by kind`)
    const before = await sums()
    await person.tap(say('privacy.agree'))
    await person.hears('ваши данные удалены')
    await quiet()
    assert.deepEqual(await traces(), [])
    assert.deepEqual(await sums(), before)
    assert.deepEqual(troubles(await reconcile(db, JOB_STATUSES)), [])
    const [{ alias }] = await rows('select alias from erasures')
    const [account] = await rows('select * from accounts where user_id = $1', [alias])
    assert.equal(account.available_kopecks + account.bonus_kopecks, 15_800)
  })

  test('leaves books that nobody can change, also in the name of an erasure', async () => {
    const [{ alias }] = await rows('select alias from erasures')
    for (const change of [
      `update ledger_entries set user_id = ${alias} where user_id = ${FRIEND}`,
      `update ledger_entries set amount_kopecks = 1 where user_id = ${alias}`,
      `update journal set event = '{}'`,
      'delete from ledger_entries',
    ]) {
      await assert.rejects(database.pool.query(change), /append-only/, change)
    }
    const client = await database.pool.connect()
    try {
      await client.query('begin')
      await client.query(`insert into erasures (alias, asked_by) values (${2 ** 52 + 1}, 'admin')`)
      const grab = `update ledger_entries set user_id = ${2 ** 52 + 1}, amount_kopecks = 1`
      await assert.rejects(client.query(grab), /append-only/)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })

  test('is not brought back by blocking the bot', async () => {
    person.user.block()
    await waitFor(() => world.telegram.control.pendingUpdates().length === 0, {
      what: 'the news that the bot is blocked',
    })
    assert.deepEqual(await traces(), [])
    person.user.unblock()
  })

  test('is known again after the token was rotated, by the token of then', async () => {
    const { personKey } = world.config
    const rotated = createPersonMarks('key-after-a-rotation', [personKey])
    const db = createDb(database.pool)
    assert.equal(await findMark(db, rotated.marksOf(PERSON)), true)
    assert.equal(await findMark(db, [rotated.markOf(PERSON)]), false)
  })

  test('begins afresh with /start, without gifts for newcomers a second time', async () => {
    const said = person.user.chat().length
    person.user.sendCommand('start', `ref_${FRIEND.toString(36)}`)
    await world.telegram.control.waitFor(() => person.user.chat().length > said + 1)
    await quiet()
    const [account] = await rows('select * from accounts where user_id = $1', [PERSON])
    assert.equal(account.bonus_kopecks, 0)
    assert.deepEqual(await rows('select from referrals where referred_id = $1', [PERSON]), [])
    const [counter] = await rows('select * from free_counters where user_id = $1', [PERSON])
    assert.deepEqual([counter.day_used, counter.bonus], [1, 0])
    person.user.sendCommand('promo', 'SPRING')
    await person.hears('уже использовали')
  })

  test('is erased by the owner as well, and by nobody of the staff below', async () => {
    await order(person)
    const admin = createShopper(world.telegram, ADMIN)
    await findByAdmin(admin)
    await admin.tap(say('person.intent.erase'))
    await admin.hears('Почему удаляем')
    admin.user.sendText('просьба по почте')
    await admin.tap(say('person.agree'))
    await person.hears('ваши данные удалены')
    await quiet()
    assert.deepEqual(await traces(), [])
    const [act] = await rows(`select * from operator_actions where name = 'user.erase'`)
    assert.deepEqual([act.outcome, act.who], ['done', `telegram:${ADMIN}`])
  })
})
