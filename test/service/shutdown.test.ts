import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createChatUser } from '../../src/e2e/chat.ts'
import { isResult } from '../../src/e2e/walk.ts'
import { freePort } from '../../src/sandbox/free-port.ts'
import { createDatabase } from '../support/database.ts'
import { type Instance, startInstance } from '../support/instance.ts'
import { startOutside } from '../support/outside.ts'

/** When this was logged first. */
function timeOf(message: string, instance: Instance): number {
  const line = instance
    .output()
    .split('\n')
    .find((text) => text.includes(`"msg":"${message}"`))
  assert.ok(line, `${message} was not logged`)
  return Date.parse((JSON.parse(line) as { time: string }).time)
}

async function endsInTime(instance: Instance): Promise<void> {
  const startedAt = performance.now()
  assert.deepEqual(await instance.end('SIGTERM'), { code: 0, signal: null })
  assert.ok(performance.now() - startedAt < 10_000)
  // Neither the start nor the stop has anything to warn of.
  assert.doesNotMatch(instance.output(), /PASSIVE MODE|Warning:|\(node:\d+\)/)
}

describe('SIGTERM', { concurrency: true }, () => {
  for (const botMode of ['webhook', 'polling'] as const) {
    test(`loses no message in ${botMode} mode, before it or after`, async (t) => {
      const { telegram, ...outside } = await startOutside(t)
      const { control } = telegram
      const database = await createDatabase(t)
      const port = await freePort()
      const env = {
        ...outside.env(botMode, database.url),
        PORT: String(port),
        WEBHOOK_BASE_URL: `http://127.0.0.1:${port}`,
      }
      const first = await startInstance(t, env)
      const users = Array.from({ length: 20 }, (_, i) => createChatUser(control, 41 + i))
      await first.until('an active bot', ({ active }) => active)
      if (botMode === 'webhook') {
        await control.waitFor(() => control.calls.some(({ method }) => method === 'setWebhook'))
      }
      for (const user of users) user.start()
      const ending = endsInTime(first)
      for (const user of users) user.text('/help')
      await ending
      for (const user of users) user.text('/balance')

      await startInstance(t, env)
      for (const user of users) await user.screen('Ваш баланс')
      await control.waitFor(() => control.pendingUpdates().length === 0)
      const { rows } = await database.pool.query(
        `select actor_id, count(*) as updates from journal where key like 'tg:%' group by 1`,
      )
      assert.deepEqual(
        rows.map(({ updates }) => updates),
        users.map(() => 3),
      )
    })
  }

  test('in the middle of a delivery: the next start finishes it, once', async (t) => {
    const { telegram, kie, ...outside } = await startOutside(t)
    const { control } = telegram
    const database = await createDatabase(t)
    const env = outside.env('polling', database.url)
    const first = await startInstance(t, env)
    const user = createChatUser(control, 71)
    user.start('m_z-image')
    await user.tap('Начать')
    await user.screen('Напишите ответ')
    user.text('рыжий кот')
    await user.tap('16:9')
    // The picture gets lost on its way: the call is never answered.
    control.faults.add({ kind: 'hang', method: 'sendPhoto' })
    await user.tap('Запустить')
    await control.waitFor(() => control.calls.some(({ method }) => method === 'sendPhoto'))
    await endsInTime(first)
    // Whoever stands by must not wait until this one has finished what it has in hand.
    assert.ok(timeOf('leadership lost', first) - timeOf('stopping', first) < 2_000)

    await startInstance(t, env)
    await user.screen('✅ Готово')
    assert.equal(control.chat(user.id).filter(isResult).length, 1)
    assert.equal(kie.control.createTaskCount(), 1)
  })

  test('between two questions: the next answer goes on where the user was', async (t) => {
    const { telegram, ...outside } = await startOutside(t)
    const env = outside.env('polling', (await createDatabase(t)).url)
    const first = await startInstance(t, env)
    const user = createChatUser(telegram.control, 72)
    user.start('m_z-image')
    await user.tap('Начать')
    await user.screen('Напишите ответ')
    user.text('рыжий кот')
    const shown = await user.screen('Выберите кнопкой')
    await endsInTime(first)

    await startInstance(t, env)
    // The very button that the process before has shown.
    await user.tap('16:9')
    const preview = await user.screen('Проверьте заказ')
    assert.equal(preview.id, shown.id)
    assert.match(preview.text ?? '', /рыжий кот/)
    assert.match(preview.text ?? '', /16:9/)
  })
})
