import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { serverUrlOf, testEnvironment } from '../../scripts/test/environment.ts'

const OWN = 'postgresql://someone@db.example/bot'
const TESTS = 'postgresql://tester@127.0.0.1/postgres'

describe('the environment of tests', () => {
  test('has its server from TEST_DATABASE_URL, never from DATABASE_URL', () => {
    assert.equal(serverUrlOf({ DATABASE_URL: OWN }), undefined)
    assert.equal(serverUrlOf({ DATABASE_URL: OWN, TEST_DATABASE_URL: TESTS }), TESTS)
    assert.equal(serverUrlOf({ DATABASE_URL: OWN, TEST_DATABASE_URL: '' }), undefined)
  })

  test('shows tests nothing of the bot, the key or the database of who runs them', () => {
    const own = {
      DATABASE_URL: OWN,
      TELEGRAM_BOT_TOKEN: '1:x',
      KIE_API_KEY: 'k',
      PGHOST: 'h',
      HOME: '/',
    }
    const run = { server: TESTS, notes: '/tmp/notes', chromium: undefined }
    const env = testEnvironment(own, run)
    for (const name of ['DATABASE_URL', 'TELEGRAM_BOT_TOKEN', 'KIE_API_KEY', 'PGHOST']) {
      assert.equal(env[name], undefined, name)
    }
    assert.deepEqual([env.TRT_TEST_SERVER, env.HOME], [TESTS, '/'])
  })
})
