import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { createDatabase, serverUrl } from './database.ts'
import { openStock } from './database-stock.ts'
import { waitFor } from './wait.ts'

describe('a test database', () => {
  test('has the newest schema and nothing of another test', async (t) => {
    const [first, second] = await Promise.all([createDatabase(t), createDatabase(t)])
    assert.notEqual(first.url, second.url)
    await first.pool.query('create table mine ()')
    const tables = 'select to_regclass($1) is not null as there'
    const has = async (pool: pg.Pool, table: string) =>
      (await pool.query(tables, [table])).rows[0].there
    assert.equal(await has(second.pool, 'mine'), false)
    assert.equal(await has(second.pool, 'effects'), true)
  })

  test('outlives the other hooks of its test', async (t) => {
    let isUsable = false
    await t.test('inner', async (inner) => {
      const database = await createDatabase(inner)
      inner.after(async () => {
        isUsable = (await database.pool.query('select 1')).rowCount === 1
      })
    })
    assert.equal(isUsable, true)
  })
})

describe('the stock of test databases', () => {
  let admin: pg.Client
  const prefix = `trt_stock_of_${process.pid}_`
  before(async () => {
    admin = new pg.Client(await serverUrl())
    await admin.connect()
  })
  after(async () => {
    const { rows } = await admin.query(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    )
    for (const { datname } of rows) await admin.query(`drop database ${datname} with (force)`)
    await admin.end()
  })

  /** Databases that no other process takes. */
  async function open(t: TestContext) {
    const stock = await openStock(await serverUrl(), prefix)
    t.after(() => stock.close())
    return stock
  }
  const connect = async (url: string) => {
    const client = new pg.Client(url)
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const run = async (url: string, sql: string) => {
    const client = await connect(url)
    return client.query(sql).finally(() => client.end())
  }
  const book = `insert into users (id, language) values (7, 'ru');
    insert into dead_letters (kind, subject, key, payload, error) values ('event', 'x', '', '{}', '')`

  test('gives a database again, empty and with its sequences at their beginning', async (t) => {
    const stock = await open(t)
    const first = await stock.claim()
    await run(first.url, book)
    await first.giveBack()
    const second = await stock.claim()
    assert.equal(second.url, first.url)
    const { rows } = await run(
      second.url,
      `select (select count(*)::int from users) + (select count(*)::int from dead_letters) as rows,
        (select count(*)::int from pg_sequences where last_value is not null) as begun`,
    )
    assert.deepEqual(rows, [{ rows: 0, begun: 0 }])
    await second.giveBack()
  })

  for (const [what, change] of [
    ['has another table', 'create table mine ()'],
    ['has another column', 'alter table users add column mine text'],
    ['has another function', "create function mine() returns int language sql as 'select 1'"],
    ['lacks an index', 'drop index jobs_by_user'],
    ['lacks a trigger', 'alter table ledger_entries disable trigger all'],
    ['lacks a migration', "delete from kysely_migration where name like '0013%'"],
  ] as const) {
    test(`gives a new database for one that ${what}`, async (t) => {
      const stock = await open(t)
      const first = await stock.claim()
      await run(first.url, change)
      await first.giveBack()
      const second = await stock.claim()
      assert.notEqual(second.url, first.url)
      await second.giveBack()
    })
  }

  test('gives nobody a database that somebody is still connected to', async (t) => {
    const stock = await open(t)
    const first = await stock.claim()
    const leftOver = await connect(first.url)
    t.after(() => leftOver.end().catch(() => {}))
    await first.giveBack()
    const second = await stock.claim()
    assert.notEqual(second.url, first.url)
    await second.giveBack()
    await assert.rejects(leftOver.query('select 1'))
  })

  test('gives a database to one process at a time', async (t) => {
    const [one, other] = await Promise.all([open(t), open(t)])
    const claims = await Promise.all([one.claim(), other.claim(), one.claim()])
    assert.equal(new Set(claims.map(({ url }) => url)).size, 3)
    for (const claim of claims) await claim.giveBack()
  })

  test('keeps what is to be looked at', async (t) => {
    const stock = await open(t)
    const first = await stock.claim()
    await run(first.url, book)
    const name = await first.keep()
    t.after(() => admin.query(`drop database ${name}`))
    const url = new URL(first.url)
    url.pathname = name
    assert.equal((await run(url.href, 'select from users')).rowCount, 1)
    const second = await stock.claim()
    assert.notEqual(second.url, first.url)
    await second.giveBack()
  })
})

describe('waiting', () => {
  test('says what it waited for, and why it was not there', async () => {
    const never = () => assert.equal(1, 2, 'one is not two')
    const failed = waitFor(never, { timeoutMs: 20, what: 'two' })
    await assert.rejects(failed, (error: Error) => {
      assert.match(error.message, /^waited \d+ ms for two$/)
      assert.match(String(error.cause), /one is not two/)
      return true
    })
  })

  test('gives the first value that counts', async () => {
    let n = 0
    assert.equal(await waitFor(() => (n++ < 3 ? undefined : n), { what: 'a number' }), 4)
  })
})
