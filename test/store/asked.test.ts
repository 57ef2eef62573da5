import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { sql } from 'kysely'
import { askedRows } from '../../src/store/asked.ts'
import { dbOf } from '../../src/store/db.ts'
import { createDatabase } from '../support/database.ts'

const COLUMNS = { id: [7, 8, 7], name: ['a', null, "c'"], is_on: [true, false, true] } as const

const rowsOf = (n: number) =>
  askedRows({
    id: { type: 'bigint', values: COLUMNS.id.slice(0, n) },
    name: { type: 'text', values: COLUMNS.name.slice(0, n) },
    is_on: { type: 'boolean', values: COLUMNS.is_on.slice(0, n) },
  })

describe('what is asked about in one statement', () => {
  test('comes as the same rows, however many they are', async (t) => {
    const { pool } = await createDatabase(t)
    const client = await pool.connect()
    const read = async (n: number) =>
      (await sql`select * from ${rowsOf(n)} order by place`.execute(dbOf(client))).rows
    const all = [
      { id: 7, name: 'a', is_on: true, place: 1 },
      { id: 8, name: null, is_on: false, place: 2 },
      { id: 7, name: "c'", is_on: true, place: 3 },
    ]
    for (const n of [0, 1, 2, 3]) assert.deepEqual(await read(n), all.slice(0, n))
    client.release()
  })

  test('is planned once where it is one row', async (t) => {
    const { pool } = await createDatabase(t)
    const client = await pool.connect()
    const look = sql`select a.* from ${rowsOf(1)} join accounts a on a.user_id = o.id`
    for (let n = 0; n < 40; n += 1) await look.execute(dbOf(client))
    const { rows } = await client.query(
      `select generic_plans::int as often from pg_prepared_statements where statement like '%accounts%'`,
    )
    client.release()
    assert.equal(rows.length, 1)
    assert.ok(rows[0].often > 20, `${rows[0].often} of 40 by the plan that is kept`)
  })
})
