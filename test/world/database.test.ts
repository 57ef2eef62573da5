import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { withFreshDatabase } from '../../src/world/database.ts'
import { createDatabase } from '../support/database.ts'

describe('the fresh database of a run', () => {
  test('stays while another run begins, also before anything is in it', async (t) => {
    const { url, pool } = await createDatabase(t)
    const env = { TEST_DATABASE_URL: url }
    const nameOf = (database: { url: string }) => new URL(database.url).pathname.slice(1)
    const exists = async (name: string) =>
      (await pool.query('select from pg_database where datname = $1', [name])).rowCount === 1
    const names = await withFreshDatabase(env, async (first) => {
      const second = await withFreshDatabase(env, async (other) => nameOf(other))
      assert.equal(await exists(nameOf(first)), true)
      return [nameOf(first), second]
    })
    for (const name of names) assert.equal(await exists(name), false, name)
  })

  test('is removed by the next run when its own was killed', async (t) => {
    const { url, pool } = await createDatabase(t)
    const name = `trt_e2e_of_nobody_${process.pid}`
    await pool.query(`create database ${name}`)
    await withFreshDatabase({ TEST_DATABASE_URL: url }, async () => {
      const left = await pool.query('select from pg_database where datname = $1', [name])
      assert.equal(left.rowCount, 0)
    })
  })
})
