import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createChatUser } from '../../src/e2e/chat.ts'
import { isResult } from '../../src/e2e/walk.ts'
import { freePort } from '../../src/sandbox/free-port.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { createGate } from '../support/gate.ts'
import { startInstance } from '../support/instance.ts'
import { startOutside } from '../support/outside.ts'

const NOTICE = 'Бот обновляется (20-60 сек)'
const MENU = 'Просто напишите'

/** How often each update of the chat became an event of its conversation. */
async function storedUpdates({ pool }: TestDatabase, chatId: number): Promise<number[]> {
  const { rows } = await pool.query<{ n: number }>(
    `select count(*) as n from journal where actor_id like $1 and key like 'tg:%' group by key`,
    [`conversation:%:${chatId}`],
  )
  return rows.map(({ n }) => n)
}

describe('without the database', { concurrency: true }, () => {
  for (const botMode of ['webhook', 'polling'] as const) {
    test(`in ${botMode} mode people are told, and everything is answered later`, async (t) => {
      const { telegram, ...outside } = await startOutside(t)
      const { control } = telegram
      const database = await createDatabase(t)
      const gate = await createGate(t, database.url)
      const port = await freePort()
      const env = {
        ...outside.env(botMode, gate.url),
        PORT: String(port),
        WEBHOOK_BASE_URL: `http://127.0.0.1:${port}`,
      }
      const [anna, bob, carl] = [11, 12, 13].map((id) => createChatUser(control, id)) as [
        ReturnType<typeof createChatUser>,
        ReturnType<typeof createChatUser>,
        ReturnType<typeof createChatUser>,
      ]
      const notices = (user: { id: number }) =>
        control.chat(user.id).filter(({ text }) => text?.includes(NOTICE)).length

      await gate.open()
      const first = await startInstance(t, env)
      anna.start('m_z-image')
      await anna.tap('Начать')
      await anna.screen('Напишите ответ')
      const stopping = performance.now()
      assert.deepEqual(await first.end('SIGTERM'), { code: 0, signal: null })
      assert.ok(performance.now() - stopping < 10_000)
      await gate.shut()

      anna.text('рыжий кот')
      const second = await startInstance(t, env)
      const health = await second.until('an open port', () => true)
      assert.deepEqual([health.mode, health.db_schema_ready], ['booting', false])
      bob.start()
      bob.text('раз')
      bob.text('два')
      await control.waitFor(() => notices(anna) === 1 && notices(bob) === 1)
      await second.until('the missing database in /health', ({ status }) => status === 'degraded')
      assert.equal((await fetch(`${second.url}/ready`)).status, 503)
      assert.equal(control.pendingUpdates().length, 4)
      assert.deepEqual(await storedUpdates(database, bob.id), [])

      await gate.open()
      await bob.screen(MENU)
      await anna.tap('16:9')
      await anna.screen('Проверьте заказ')
      await control.waitFor(() => control.pendingUpdates().length === 0)
      assert.deepEqual(await storedUpdates(database, bob.id), [1, 1, 1])
      assert.deepEqual([notices(anna), notices(bob)], [1, 1])

      await gate.shut()
      carl.start()
      await control.waitFor(() => notices(carl) === 1)
      await gate.open()
      await carl.screen(MENU)
      assert.deepEqual(await storedUpdates(database, carl.id), [1])
      await second.until(
        'an active bot',
        ({ mode, status }) => mode === 'active' && status === 'ok',
      )
    })
  }

  test('a generation goes on when it is back, and comes once', async (t) => {
    const callbackPolicy = { timeoutMs: 5_000, retryPausesMs: [500, 1_000, 2_000, 4_000] }
    const { telegram, kie, ...outside } = await startOutside(t, { callbackPolicy })
    const { control } = telegram
    const database = await createDatabase(t)
    const gate = await createGate(t, database.url)
    await gate.open()
    const port = await freePort()
    const instance = await startInstance(t, {
      ...outside.env('webhook', gate.url),
      PORT: String(port),
      WEBHOOK_BASE_URL: `http://127.0.0.1:${port}`,
    })
    kie.control.hold()
    const user = createChatUser(control, 14)
    user.start('m_z-image')
    await user.tap('Начать')
    await user.screen('Напишите ответ')
    user.text('рыжий кот')
    await user.tap('16:9')
    await user.tap('Запустить')
    await kie.control.waitFor(({ tasks }) => tasks.length === 1)
    await gate.shut()
    kie.control.release()
    // The callback comes while it can't be stored.
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.status === 503)
    await gate.open()
    await user.screen('✅ Готово')
    assert.equal(control.chat(user.id).filter(isResult).length, 1)
    assert.equal(kie.control.createTaskCount(), 1)
    await instance.until('a healthy bot', ({ status }) => status === 'ok')
  })
})
