import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { RetryableError, reasonOf, TerminalError } from '../../src/errors.ts'
import {
  createPool,
  createWriters,
  databaseError,
  isUnstorable,
  refusedBy,
} from '../../src/store/database.ts'
import { createDb } from '../../src/store/db.ts'
import { createStatementNames } from '../../src/store/engine/statement-names.ts'
import { refuseSharedSessions } from '../../src/store/own-sessions.ts'
import { createDatabase } from '../support/database.ts'
import { createPooler } from '../support/pooler.ts'
import { createProxy } from '../support/proxy.ts'
import { createTlsFront } from '../support/tls-front.ts'

const failure = (code: string, more: object = {}) =>
  Object.assign(new Error('it says'), { code, ...more })

describe('an error of the database', () => {
  test('is retryable when there was no answer', () => {
    const messages = [
      'Connection terminated unexpectedly',
      'Query read timeout',
      'timeout exceeded when trying to connect',
      'Client has encountered a connection error and is not queryable',
      'Cannot use a pool after calling end on the pool',
    ]
    const codes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', '08006', '53300', '57P01']
    const late = ['57014', '55P03', '25P03', '25006']
    for (const error of [
      ...messages.map((message) => new Error(message)),
      ...[...codes, ...late].map((code) => failure(code)),
    ]) {
      const told = databaseError(error)
      assert.ok(told instanceof RetryableError, error.message)
      assert.equal(told.code, 'database.unavailable')
    }
    for (const code of ['40001', '40P01']) {
      const told = databaseError(failure(code))
      assert.ok(told instanceof RetryableError)
      assert.equal(told.code, 'actor.conflict')
    }
  })

  test('names the constraint, else the column, that refused', () => {
    const named = failure('23514', { constraint: 'positive' })
    assert.ok(databaseError(named) instanceof TerminalError)
    assert.equal(refusedBy(named), 'positive')
    assert.equal(refusedBy(databaseError(named)), 'positive')
    assert.equal(refusedBy(failure('23502', { column: 'language' })), 'language')
    assert.equal(refusedBy(failure('23001')), '23001')
    for (const other of [failure('42P01', { constraint: 'x' }), new Error('x'), undefined]) {
      assert.equal(refusedBy(other), undefined)
    }
  })

  test('stays what it is when it is none of these', () => {
    const error = failure('42P01')
    assert.equal(databaseError(error), error)
    assert.ok(databaseError('a string') instanceof Error)
    assert.deepEqual(
      ['22P05', '22021', '54000', '23514', '42601'].map((code) => isUnstorable(failure(code))),
      [true, true, true, false, false],
    )
  })
})

describe('a pool', () => {
  test('reads whole numbers as numbers, and refuses those it would round', async (t) => {
    const { pool } = await createDatabase(t)
    const { rows } = await pool.query('select 9007199254740991::int8 as n, 1.5::numeric as m')
    assert.deepEqual(rows[0], { n: 9007199254740991, m: 1.5 })
    await assert.rejects(pool.query('select 9007199254740993::int8 as n'), RangeError)
  })

  test('lets the server end what takes too long or stays open', async (t) => {
    const { url } = await createDatabase(t)
    const pool = createPool({ url, max: 1, name: 'hasty', timeoutMs: 300 })
    t.after(() => pool.end())
    await assert.rejects(pool.query('select pg_sleep(5)'), { code: '57014' })
    const client = await pool.connect()
    const ended = new Promise((resolve) => client.once('error', resolve))
    await client.query('begin')
    await ended
    client.release(true)
    assert.equal((await pool.query('select 1')).rowCount, 1)
  })

  test('gives the writers their settings and keeps them open', async (t) => {
    const { url } = await createDatabase(t)
    const writers = createWriters(url)
    t.after(() => writers.end())
    const { rows } = await writers.query(`select name, setting from pg_settings where name in
      ('synchronous_commit', 'lock_timeout', 'enable_seqscan', 'plan_cache_mode')`)
    assert.deepEqual(Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), {
      synchronous_commit: 'on',
      lock_timeout: '5000',
      enable_seqscan: 'off',
      plan_cache_mode: 'force_generic_plan',
    })
  })
})

const isAway = (reason: RegExp) => (error: unknown) => {
  assert.ok(error instanceof RetryableError)
  assert.equal(error.code, 'database.unavailable')
  return reason.test(String(error.cause))
}

describe('queries over a pool', () => {
  test('do not come back to a connection that broke or fell silent', async (t) => {
    const { url } = await createDatabase(t)
    const proxy = await createProxy(t, url)
    const pool = createPool({ url: proxy.url, max: 1, name: 'weak', timeoutMs: 300 })
    t.after(() => pool.end())
    const db = createDb(pool)
    const ask = async () => (await sql<{ one: number }>`select 1 as one`.execute(db)).rows[0]?.one
    assert.equal(await ask(), 1)
    proxy.fallSilent()
    await assert.rejects(ask(), isAway(/timeout/))
    assert.equal(await ask(), 1)
    proxy.cutBefore('select 1 as one')
    await assert.rejects(ask(), isAway(/terminated/))
    assert.equal(await ask(), 1)
  })

  test('say in our terms that the database is away, or why it refused', async (t) => {
    const { url } = await createDatabase(t)
    const nowhere = new URL(url)
    nowhere.port = '1'
    const away = createPool({ url: nowhere.href, max: 1, name: 'away' })
    t.after(() => away.end())
    await assert.rejects(sql`select 1`.execute(createDb(away)), isAway(/ECONNREFUSED/))
    const pool = createPool({ url, max: 1, name: 'refused' })
    t.after(() => pool.end())
    const account = { user_id: -1, available_kopecks: 0, held_kopecks: 0 }
    const refused = createDb(pool).insertInto('accounts').values(account).execute()
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof TerminalError)
      assert.equal(error.code, 'database.refused')
      return refusedBy(error) !== undefined
    })
    const wrong = createDb(pool)
      .transaction()
      .execute((trx) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(trx))
    await assert.rejects(wrong, isAway(/terminat/))
  })

  test('keep their connection after an error that was answered', async (t) => {
    const { url } = await createDatabase(t)
    const pool = createPool({ url, max: 1, name: 'kept' })
    t.after(() => pool.end())
    const db = createDb(pool)
    const pid = async () =>
      (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid
    const before = await pid()
    await assert.rejects(sql`select 1 / 0`.execute(db), { code: '22012' })
    assert.equal(await pid(), before)
  })

  test('prepare what is asked often, and go on when a later release adds a column', async (t) => {
    const { url, pool: owner } = await createDatabase(t)
    await owner.query('create table words (id int primary key, word text)')
    await owner.query(`insert into words values (1, 'one')`)
    const pool = createPool({ url, max: 1, name: 'prepared' })
    t.after(() => pool.end())
    const db = createDb(pool)
    const read = async (of: Pick<typeof db, 'getExecutor'>) =>
      (await sql`select * from words where id = ${1}`.execute(of)).rows
    const prepared = async () =>
      (await pool.query('select from pg_prepared_statements where name like $1', ['hot-%']))
        .rowCount
    assert.equal(await prepared(), 0)
    for (let n = 0; n < 20; n += 1) assert.deepEqual(await read(db), [{ id: 1, word: 'one' }])
    assert.equal(await prepared(), 1)

    await owner.query('alter table words add column later int')
    assert.deepEqual(await read(db), [{ id: 1, word: 'one', later: null }])
    for (let n = 0; n < 3; n += 1) await read(db)
    await owner.query('alter table words add column latest int')
    await assert.rejects(
      db.transaction().execute((trx) => read(trx)),
      (error) => error instanceof RetryableError && error.code === 'actor.conflict',
    )
    const row = { id: 1, word: 'one', later: null, latest: null }
    assert.deepEqual(await db.transaction().execute((trx) => read(trx)), [row])
  })
})

describe('names of statements', () => {
  test('are given to what is asked often, up to a number of them', () => {
    const nameOf = createStatementNames({ hotAfter: 2, mostNames: 2, mostTexts: 3 })
    const ask = (text: string) => [nameOf(text), nameOf(text)].map((name) => name !== undefined)
    assert.deepEqual(ask('select 1'), [false, true])
    assert.equal(nameOf('select 1'), nameOf('select 1'))
    for (const rare of ['a', 'b', 'c', 'd']) assert.equal(nameOf(rare), undefined)
    assert.equal(nameOf('a'), undefined, 'what is rare is forgotten')
    assert.deepEqual(ask('select 2'), [false, true])
    assert.deepEqual(ask('select 3'), [false, false])
    assert.notEqual(nameOf('select 1'), nameOf('select 2'))
  })
})

describe('the way to the database', () => {
  for (const mode of ['transaction', 'statement'] as const) {
    test(`is refused in one sentence by way of a pooler in ${mode} mode`, async (t) => {
      const { url } = await createDatabase(t)
      await refuseSharedSessions(url)
      await assert.rejects(refuseSharedSessions(await createPooler(t, url, mode)), {
        code: 'database.pooled',
        message: /^Connections to the database share their sessions\. .*session mode/,
      })
    })
  }

  test('by TLS follows sslmode, and warns of nothing', async (t) => {
    const front = await createTlsFront(t, (await createDatabase(t)).url)
    const warnings: string[] = []
    const note = ({ message }: Error) => void warnings.push(message)
    process.on('warning', note)
    t.after(() => process.off('warning', note))
    const ask = async (options: Record<string, string>) => {
      const url = new URL(front.url)
      for (const [name, value] of Object.entries(options)) url.searchParams.set(name, value)
      const pool = createPool({ url: url.href, max: 1, name: 'test-tls' })
      try {
        await pool.query('select 1')
        return 'connected'
      } catch (error) {
        return reasonOf(error)
      } finally {
        await pool.end()
      }
    }
    assert.equal(await ask({ sslmode: 'no-verify' }), 'connected')
    assert.equal(await ask({ sslmode: 'require', uselibpqcompat: 'true' }), 'connected')
    assert.match(await ask({ sslmode: 'require' }), /self-signed certificate/)
    assert.match(await ask({ sslmode: 'verify-full' }), /self-signed certificate/)
    const known = { sslrootcert: front.certificate }
    assert.equal(await ask({ sslmode: 'verify-full', ...known }), 'connected')
    assert.equal(await ask({ sslmode: 'require', ...known }), 'connected')
    assert.notEqual(await ask({}), 'connected')
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(warnings, [])
  })
})
