import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createClock } from './support/clock.ts'
import { refused, startFake, until } from './support/fake.ts'

async function started(t: TestContext) {
  const clock = createClock()
  const server = await startFake(t, { now: clock.now, sleep: clock.sleep })
  const user = server.control.user(1)
  const ids = async (params: Record<string, unknown> = {}) => {
    // Past the rule against polling the same offset fast.
    clock.advance(3001)
    const updates = await server.ok('getUpdates', params)
    return updates.map(({ update_id }: { update_id: number }) => update_id)
  }
  return { ...server, clock, user, ids }
}

const OTHER =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running'

describe('getUpdates', () => {
  test('gives sequential ids and repeats what is not confirmed', async (t) => {
    const { user, ids } = await started(t)
    for (const text of ['a', 'b', 'c']) user.sendText(text)
    const [first = 0, ...rest] = await ids()
    assert.deepEqual(rest, [first + 1, first + 2])
    assert.deepEqual(await ids(), [first, first + 1, first + 2])
  })

  test('forgets everything before the offset', async (t) => {
    const { user, ids, control } = await started(t)
    for (const text of ['a', 'b', 'c']) user.sendText(text)
    const [first] = await ids()
    assert.deepEqual(await ids({ offset: first + 2 }), [first + 2])
    assert.equal(control.pendingUpdates().length, 1)
    assert.deepEqual(await ids({ offset: first }), [first + 2])
  })

  test('keeps only the last ones for a negative offset', async (t) => {
    const { user, ids, control } = await started(t)
    for (const text of ['a', 'b', 'c', 'd']) user.sendText(text)
    assert.equal((await ids({ offset: -2 })).length, 2)
    assert.deepEqual(
      control.pendingUpdates().map((update) => (update.message as { text: string }).text),
      ['c', 'd'],
    )
  })

  test('confirms nothing for an offset that it has never given out', async (t) => {
    const { user, ids } = await started(t)
    user.sendText('a')
    assert.equal((await ids({ offset: 1_999_999_999 })).length, 1)
  })

  test('gives at most the limit, and never more than 100', async (t) => {
    const { user, ids } = await started(t)
    for (let index = 0; index < 120; index += 1) user.sendText(`${index}`)
    assert.equal((await ids({ limit: 7 })).length, 7)
    assert.equal((await ids({ limit: 1000 })).length, 100)
    assert.equal((await ids()).length, 100)
  })

  test('cuts an answer at 4 MB', async (t) => {
    const { user, ids } = await started(t)
    const long = 'ы'.repeat(4000)
    for (let index = 0; index < 3; index += 1) user.sendRaw({ message: { text: long.repeat(200) } })
    assert.equal((await ids()).length, 2)
  })

  test('waits for an update and answers at once', async (t) => {
    const { ok, user, control, clock } = await started(t)
    const polled = ok('getUpdates', { timeout: 30 })
    await until(() => clock.waiting().includes(30_000))
    user.sendText('now')
    user.sendText('and now')
    assert.equal((await polled).length, 2)
    assert.equal(clock.waiting().length, 0)
    assert.equal(control.pendingUpdates().length, 2)
  })

  test('answers with nothing when the time is up, at most 50 s', async (t) => {
    const { ok, clock } = await started(t)
    const polled = ok('getUpdates', { timeout: 600 })
    await until(() => clock.waiting().length === 1)
    assert.deepEqual(clock.waiting(), [50_000])
    clock.advance(50_000)
    assert.deepEqual(await polled, [])
  })

  test('answers the older of two polls with 409', async (t) => {
    const { api, ok, clock, user } = await started(t)
    const older = api('getUpdates', { timeout: 30 })
    await until(() => clock.waiting().length === 1)
    const newer = ok('getUpdates', { timeout: 30 })
    refused(await older, 409, OTHER)
    user.sendText('for the newer')
    assert.equal((await newer).length, 1)
  })

  test('answers a second conflict within 3 s only after 3 s', async (t) => {
    const { api, clock } = await started(t)
    const first = api('getUpdates', { timeout: 30 })
    await until(() => clock.waiting().length === 1)
    const second = api('getUpdates', { timeout: 30 })
    refused(await first, 409, OTHER)
    const third = api('getUpdates', { timeout: 30 })
    await until(() => clock.waiting().includes(3000))
    let answered = false
    void second.then(() => {
      answered = true
    })
    await turn()
    assert.equal(answered, false)
    clock.advance(3000)
    refused(await second, 409, OTHER)
    clock.advance(30_000)
    assert.equal((await third).ok, true)
  })

  test('refuses to work while a webhook is set', async (t) => {
    const { api, ok } = await started(t)
    await ok('setWebhook', { url: 'https://example.com/hook' })
    refused(
      await api('getUpdates'),
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
  })

  test('gives one update when the same offset comes again within half a second', async (t) => {
    const { ok, user, clock } = await started(t)
    user.sendText('a')
    user.sendText('b')
    assert.equal((await ok('getUpdates')).length, 2)
    clock.advance(499)
    assert.equal((await ok('getUpdates')).length, 1)
    clock.advance(501)
    assert.equal((await ok('getUpdates')).length, 2)
  })

  test('holds an empty answer for 3 s when the same offset comes again within 3 s', async (t) => {
    const { ok, clock } = await started(t)
    assert.deepEqual(await ok('getUpdates'), [])
    const again = ok('getUpdates')
    await until(() => clock.waiting().length === 1)
    assert.deepEqual(clock.waiting(), [3000])
    clock.advance(3000)
    assert.deepEqual(await again, [])
  })

  test('ends the poll of a client that has gone', async (t) => {
    const { base, clock, user, ids } = await started(t)
    const client = new AbortController()
    const polled = fetch(`${base}/getUpdates?timeout=30`, { signal: client.signal })
    await until(() => clock.waiting().length === 1)
    client.abort()
    await assert.rejects(polled)
    await until(() => clock.waiting().length === 0)
    user.sendText('kept')
    assert.equal((await ids()).length, 1)
  })

  test('drops messages after 24 hours and taps after 150 s', async (t) => {
    const { ok, user, clock, control } = await started(t)
    const keyboard = { inline_keyboard: [[{ text: 'x', callback_data: 'x' }]] }
    await ok('sendMessage', { chat_id: 1, text: 'tap', reply_markup: keyboard })
    user.tap(1, 'x')
    user.sendText('stays')
    clock.advance(149_000)
    assert.equal(control.pendingUpdates().length, 2)
    clock.advance(1000)
    assert.deepEqual(Object.keys(control.pendingUpdates()[0] ?? {}), ['update_id', 'message'])
    clock.advance(24 * 3600_000)
    assert.equal(control.pendingUpdates().length, 0)
  })

  test('remembers allowed_updates, and an empty list is the default', async (t) => {
    const { user, ids, control } = await started(t)
    const both = () => {
      user.block()
      user.unblock()
      user.sendText('text')
    }
    await ids({ offset: 0, allowed_updates: ['message'] })
    both()
    assert.equal(control.pendingUpdates().length, 1)
    await ids({ offset: -1 })
    both()
    assert.equal(control.pendingUpdates().length, 2)
    await ids({ offset: 0, allowed_updates: [] })
    both()
    assert.equal(control.pendingUpdates().length, 5)
    user.sendRaw({ chat_member: {} })
    assert.equal(control.pendingUpdates().length, 5)
  })

  test('takes its parameters from query, form and JSON', async (t) => {
    const { base, user, clock } = await started(t)
    for (const text of ['a', 'b', 'c']) user.sendText(text)
    const counts: number[] = []
    for (const init of [
      { method: 'GET' },
      { method: 'POST', body: new URLSearchParams({ limit: '2' }) },
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"limit":"2"}',
      },
    ]) {
      clock.advance(3001)
      const query = init.method === 'GET' ? '?limit=2' : ''
      const answer = await fetch(`${base}/GETUPDATES${query}`, init)
      counts.push(((await answer.json()) as { result: unknown[] }).result.length)
    }
    assert.deepEqual(counts, [2, 2, 2])
  })

  test('carries thousands of updates of many users', async (t) => {
    const { control, ok, clock } = await started(t)
    const users = Array.from({ length: 200 }, (_, index) => control.user(5000 + index))
    for (let round = 0; round < 25; round += 1)
      for (const user of users) user.sendText(`message ${round}`)
    const seen = new Map<number, string[]>()
    let offset = 0
    for (;;) {
      clock.advance(3001)
      const updates = await ok('getUpdates', { offset })
      if (updates.length === 0) break
      for (const { update_id, message } of updates) {
        offset = update_id + 1
        seen.set(message.from.id, [...(seen.get(message.from.id) ?? []), message.text])
      }
    }
    assert.equal(seen.size, 200)
    const expected = Array.from({ length: 25 }, (_, round) => `message ${round}`)
    for (const texts of seen.values()) assert.deepEqual(texts, expected)
  })
})
