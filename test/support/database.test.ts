import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import pg from 'pg'
import { createDatabase } from './database.ts'
import { waitFor } from './wait.ts'

describe('test database', () => {
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

  test('outlives the other hooks of its test and is gone afterwards', async (t) => {
    let url = ''
    let usable = false
    await t.test('inner', async (inner) => {
      const database = await createDatabase(inner)
      url = database.url
      inner.after(async () => {
        usable = (await database.pool.query('select 1')).rowCount === 1
      })
    })
    assert.equal(usable, true)
    const client = new pg.Client(url)
    await assert.rejects(client.connect(), { code: '3D000' })
  })
})

describe('waiting', () => {
  test('says what it waited for, and why it was not there', async () => {
    const never = () => assert.equal(1, 2, 'one is not two')
    const failed = waitFor(never, { timeoutMs: 20, what: 'two' })
    await assert.rejects(failed, (error: Error) => {
      assert.equal(error.message, 'waited 20 ms for two')
      assert.match(String(error.cause), /one is not two/)
      return true
    })
  })

  test('gives the first value that counts', async () => {
    let n = 0
    assert.equal(await waitFor(() => (n++ < 3 ? undefined : n), { what: 'a number' }), 4)
  })
})
