import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Migrations, migrateAll } from '../../../src/store/engine/migrate.ts'
import { createDatabase } from '../../support/database.ts'

const creating = (...tables: string[]): Migrations =>
  Object.fromEntries(
    tables.map((table) => [
      table,
      { up: async (db) => void (await db.schema.createTable(table.slice(5)).execute()) },
    ]),
  )

/** One where release 0.1 looks, and one of later. */
const FIRST = ['0001-pears', '0020-plums']

describe('bringing a database to the newest schema', () => {
  test('waits for nobody where there is nothing to do', async (t) => {
    const { pool } = await createDatabase(t, { empty: true })
    await migrateAll(pool, creating(...FIRST))
    const other = await pool.connect()
    try {
      await other.query('begin')
      await other.query('lock kysely_migration_lock, schema_migrations_lock')
      await migrateAll(pool, creating(...FIRST))
    } finally {
      await other.query('rollback')
      other.release()
    }
  })

  test('does what is missing, wherever it is remembered', async (t) => {
    const { pool } = await createDatabase(t, { empty: true })
    const tables = async () => {
      const { rows } = await pool.query(
        `select tablename from pg_tables where schemaname = 'public' and tablename !~ 'migration'
         order by 1`,
      )
      return rows.map(({ tablename }) => tablename)
    }
    await migrateAll(pool, creating('0001-pears'))
    assert.deepEqual(await tables(), ['pears'])
    await migrateAll(pool, creating('0001-pears', '0002-figs'))
    await migrateAll(pool, creating('0001-pears', '0002-figs', '0020-plums'))
    assert.deepEqual(await tables(), ['figs', 'pears', 'plums'])
  })

  test('leaves what a newer release has added, and goes on beside it', async (t) => {
    const { pool } = await createDatabase(t, { empty: true })
    await migrateAll(pool, creating(...FIRST, '0021-dates'))
    await migrateAll(pool, creating(...FIRST))
    await assert.rejects(migrateAll(pool, creating('0002-figs', '0020-plums')), /corrupted/)
  })
})
