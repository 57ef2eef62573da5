import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createChatUser } from '../../src/e2e/chat.ts'
import { freePort } from '../../src/sandbox/free-port.ts'
import { createDatabase } from '../support/database.ts'
import { startInstance } from '../support/instance.ts'
import { startOutside } from '../support/outside.ts'
import { within } from '../support/wait.ts'

const HEALTH_KEYS = [
  'active',
  'bot_mode',
  'commit',
  'db_schema_ready',
  'instance_id',
  'kie_mode',
  'lock_acquired',
  'mode',
  'problems',
  'queue',
  'status',
  'storage',
  'storage_mode',
  'ts',
  'uptime',
  'version',
  'workers',
]

const NOWHERE = 'http://127.0.0.1:9'

describe('the port', () => {
  // How fast is measured by `npm run bench`, beside a bare server.
  test('is bound without waiting for a database or for Telegram', async (t) => {
    const instance = await startInstance(t, {
      TELEGRAM_BOT_TOKEN: '123456:abc-def',
      KIE_API_KEY: 'a-key-of-nobody',
      ADMIN_ID: '1',
      BOT_MODE: 'polling',
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/nothing',
      TELEGRAM_API_ROOT: NOWHERE,
    })
    const health = await instance.until('an open port', () => true)
    assert.deepEqual([health.mode, health.active], ['booting', false])
  })
})

describe('a start', { concurrency: true }, () => {
  test('names each missing variable in a line, points to the sandbox and exits with 1', async (t) => {
    const instance = await startInstance(t, { BOT_MODE: 'webhook', KIE_API_KEY: 'a-key-of-nobody' })
    assert.deepEqual(await within(instance.exited, { what: 'the bot to end' }), {
      code: 1,
      signal: null,
    })
    const lines = instance.output().trim().split('\n')
    const missing = ['TELEGRAM_BOT_TOKEN', 'ADMIN_ID', 'DATABASE_URL', 'WEBHOOK_BASE_URL']
    assert.deepEqual(
      lines.slice(0, -1).map((line) => line.split(' ', 1)[0]),
      missing,
    )
    assert.match(lines.at(-1) ?? '', /npm run sandbox/)
    assert.ok(!instance.output().includes('a-key-of-nobody'))
  })

  for (const botMode of ['webhook', 'polling'] as const) {
    test(`needs only the required variables in ${botMode} mode`, async (t) => {
      const { telegram, ...outside } = await startOutside(t)
      const { url } = await createDatabase(t)
      const port = await freePort()
      const { TEST_MODE: _none, ...env } = outside.env(botMode, url)
      const instance = await startInstance(t, {
        ...env,
        PORT: String(port),
        ...(botMode === 'webhook' && { WEBHOOK_BASE_URL: `http://127.0.0.1:${port}` }),
      })
      const user = createChatUser(telegram.control, 21)
      user.start()
      await user.screen('Просто напишите')
      const health = await instance.until('an active bot', ({ active }) => active)
      assert.deepEqual(Object.keys(health).sort(), HEALTH_KEYS)
      const { status, bot_mode, storage, storage_mode, kie_mode, lock_acquired } = health
      assert.deepEqual(
        { status, bot_mode, storage, storage_mode, kie_mode, lock_acquired },
        {
          ...{ status: 'ok', bot_mode: botMode, storage: 'postgres', storage_mode: 'external' },
          ...{ kie_mode: 'real', lock_acquired: true },
        },
      )
      assert.equal(health.db_schema_ready, true)
      assert.equal((await fetch(`${instance.url}/ready`)).status, 200)
      const { url: webhook } = telegram.control.calls.findLast(
        ({ method }) => method === 'setWebhook',
      )?.payload ?? { url: undefined }
      assert.equal(webhook !== undefined, botMode === 'webhook')
    })
  }
})
