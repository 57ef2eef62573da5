import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { NewFault } from '../../../src/sandbox/telegram/faults.ts'
import { createClock } from './support/clock.ts'
import { refused, startFake, until } from './support/fake.ts'

async function started(t: TestContext, ...faults: NewFault[]) {
  const clock = createClock()
  const server = await startFake(t, { now: clock.now, sleep: clock.sleep })
  const user = server.control.user(1)
  for (const fault of faults) server.control.faults.add(fault)
  const send = (chat_id = 1) => server.api('sendMessage', { chat_id, text: 'x' })
  const raw = () => fetch(`${server.base}/sendMessage?chat_id=1&text=x`)
  return { ...server, clock, user, send, raw }
}

describe('faults', () => {
  test('flood one chat and leave the others alone', async (t) => {
    const { send, control, user } = await started(t, { kind: 'flood', chatId: 1, retryAfter: 60 })
    control.user(2)
    assert.equal((await send(2)).ok, true)
    const flooded = await send(1)
    refused(flooded, 429, 'Too Many Requests: retry after 60')
    assert.deepEqual(flooded.parameters, { retry_after: 60 })
    assert.equal(flooded.headers.get('retry-after'), '60')
    assert.equal((await send(1)).ok, true)
    assert.equal(user.chat().length, 1)
  })

  test('answer 502 with HTML, and 200 with HTML', async (t) => {
    const { raw, user } = await started(t, { kind: 'server-error' }, { kind: 'garbage' })
    for (const status of [502, 200]) {
      const answer = await raw()
      assert.deepEqual([answer.status, (await answer.text()).startsWith('<html>')], [status, true])
    }
    assert.equal(user.chat().length, 0)
  })

  test('answer 401, 404 and 409', async (t) => {
    const kinds = ['unauthorized', 'not-found', 'conflict'] as const
    const { send } = await started(t, ...kinds.map((kind) => ({ kind })))
    refused(await send(), 401, 'Unauthorized')
    refused(await send(), 404, 'Not Found')
    assert.equal((await send()).status, 409)
  })

  test('mislay a file for a moment', async (t) => {
    const { api, user } = await started(t, { kind: 'file-away', method: 'getFile' })
    const sent = await user.sendFile(Buffer.from('%PDF-1.7'), { kind: 'document' })
    const getFile = () => api('getFile', { file_id: sent.media?.fileId })
    const answer = 'Bad Request: wrong file_id or the file is temporarily unavailable'
    refused(await getFile(), 400, answer)
    assert.equal((await getFile()).ok, true)
  })

  test('delay, then perform', async (t) => {
    const { send, user, clock } = await started(t, { kind: 'delay', ms: 700 })
    const sent = send()
    await until(() => clock.waiting().includes(700))
    assert.equal(user.chat().length, 0)
    clock.advance(700)
    assert.equal((await sent).ok, true)
  })

  test('cut the connection before the call', async (t) => {
    const { raw, user, control } = await started(t, { kind: 'reset-before' })
    await assert.rejects(raw(), TypeError)
    assert.equal(user.chat().length, 0)
    assert.deepEqual([control.calls[0]?.ok, control.calls[0]?.fault], [false, 'reset-before'])
  })

  test('cut the connection after the call', async (t) => {
    const { raw, user, control } = await started(t, { kind: 'reset-after' })
    await assert.rejects(raw(), TypeError)
    assert.equal(user.chat().length, 1)
    assert.deepEqual([control.calls[0]?.ok, control.calls[0]?.fault], [true, 'reset-after'])
  })

  test('hang until the time given, then cut', async (t) => {
    const { raw, user, clock } = await started(t, { kind: 'hang', ms: 5000 })
    const hanging = assert.rejects(raw(), TypeError)
    await until(() => clock.waiting().includes(5000))
    clock.advance(5000)
    await hanging
    assert.equal(user.chat().length, 0)
  })

  test('hit a method as often as told, or until cleared', async (t) => {
    const { send, api, control } = await started(
      t,
      { kind: 'flood', method: 'sendmessage', times: 2 },
      { kind: 'unauthorized', method: 'getMe', times: 0 },
    )
    const statuses = [await send(), await send(), await send()].map(({ status }) => status)
    assert.deepEqual(statuses, [429, 429, 200])
    for (let index = 0; index < 3; index += 1) assert.equal((await api('getMe')).status, 401)
    control.faults.clear()
    assert.equal((await api('getMe')).ok, true)
  })
})
