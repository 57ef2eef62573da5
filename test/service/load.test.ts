import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type pg from 'pg'
import { createChatUser } from '../../src/e2e/chat.ts'
import { conversationId } from '../../src/machines/conversation/actor-id.ts'
import { freePort } from '../../src/sandbox/free-port.ts'
import { createDb } from '../../src/store/db.ts'
import { addEffect } from '../../src/store/engine/effects.ts'
import { startBalancer } from '../support/balancer.ts'
import { createDatabase } from '../support/database.ts'
import { startInstance } from '../support/instance.ts'
import { startOutside } from '../support/outside.ts'
import { waitFor } from '../support/wait.ts'

const MENU = 'Просто напишите'

/** What a tap on the preview's button leads to. */
async function orderPicture(pool: pg.Pool, chatId: number): Promise<void> {
  const params = {
    ...{ jobId: `job${chatId}`, userId: chatId, chatId, language: 'ru', modelId: 'z-image' },
    ...{ answers: { prompt: 'рыжий кот', aspect_ratio: '1:1' }, priceKopecks: 0 },
  }
  await addEffect(createDb(pool), {
    actor: conversationId(700000001, chatId),
    key: `order:${params.jobId}`,
    type: 'job.start',
    at: Date.now(),
    params,
  })
}

describe('under load', () => {
  test('two instances process 240 updates once and in order, however often they come', async (t) => {
    const { telegram, ...outside } = await startOutside(t)
    const { control } = telegram
    const database = await createDatabase(t)
    const balancer = await startBalancer(t)
    const env = { ...outside.env('webhook', database.url), WEBHOOK_BASE_URL: balancer.url }
    const instances = await Promise.all([startInstance(t, env), startInstance(t, env)])
    balancer.send(instances.map(({ url }) => url))
    await Promise.all(instances.map((one) => one.until('an active bot', ({ active }) => active)))
    await control.waitFor(() => control.calls.some(({ method }) => method === 'setWebhook'))

    const users = Array.from({ length: 60 }, (_, i) => createChatUser(control, 101 + i))
    const startedAt = performance.now()
    for (const user of users) {
      user.start()
      user.text('раз')
      user.text('/help')
      user.text('/balance')
    }
    await control.waitFor(() => control.pendingUpdates().length === 0)
    const perSecond = Math.round((240 / (performance.now() - startedAt)) * 1_000)
    t.diagnostic(`${perSecond} updates a second`)

    assert.ok(balancer.statuses.length > 240 * (1 + 1 / 3), 'nothing came twice')
    assert.deepEqual([...new Set(balancer.statuses)], [200])
    const { rows } = await database.pool.query<{ ids: number[] }>(
      `select array_agg(substr(key, 4)::int order by seq) as ids from journal
       where key like 'tg:%' group by actor_id`,
    )
    assert.equal(rows.length, users.length)
    for (const { ids } of rows) {
      assert.equal(ids.length, 4)
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => a - b),
      )
    }
    for (const user of users) await user.screen('Ваш баланс')
  })

  test('/start is answered while 50 generations are under way', async (t) => {
    const { telegram, kie, ...outside } = await startOutside(t)
    const { control } = telegram
    kie.control.hold()
    const { url, pool } = await createDatabase(t)
    const port = await freePort()
    const instance = await startInstance(t, {
      ...outside.env('webhook', url),
      PORT: String(port),
      WEBHOOK_BASE_URL: `http://127.0.0.1:${port}`,
    })
    await instance.until('an active bot', ({ active }) => active)
    const busy = Array.from({ length: 50 }, (_, i) => 301 + i)
    for (const chatId of busy) createChatUser(control, chatId).start()
    const countOf = async (sql: string) => (await pool.query(sql)).rows.length
    await waitFor(async () => (await countOf('select from users')) === 50, { what: '50 users' })
    for (const chatId of busy) await orderPicture(pool, chatId)
    // As many as the provider lets us create at once: the others wait for their turn.
    await kie.control.waitFor(() => kie.control.createTaskCount() === 20)
    const running = `select from jobs where status in ('pending', 'creating', 'created')`
    await waitFor(async () => (await countOf(running)) === 50, { what: '50 generations' })

    const times: number[] = []
    for (const chatId of [401, 402, 403, 404, 405]) {
      const user = createChatUser(control, chatId)
      const startedAt = performance.now()
      user.start()
      await user.screen(MENU)
      times.push(performance.now() - startedAt)
    }
    // A line to stand in would delay all of them.
    assert.ok(Math.min(...times) < 1_000, `it took ${times.map(Math.round).join(', ')} ms`)
  })
})
