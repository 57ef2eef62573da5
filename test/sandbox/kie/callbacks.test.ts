import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { create, finished, recordInfo, startKie, startReceiver } from './fixture.ts'

const bodyOf = (text: string | undefined) =>
  JSON.parse(String(text)) as { code: number; msg: string; data: Record<string, unknown> }

describe('callbacks', () => {
  test('bring the same data as recordInfo, in the documented envelope', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    const taskId = await finished(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.status === 200)
    assert.equal(bot.received.length, 1)
    assert.equal(bot.received[0]?.path, '/cb?job=1&sig=secret')
    assert.equal(bot.received[0]?.headers['content-type'], 'application/json')
    const { code, msg, data } = bodyOf(bot.received[0]?.text)
    assert.deepEqual([code, msg], [200, 'Playground task completed successfully.'])
    const info = (await recordInfo(kie, taskId)).data
    for (const key of ['taskId', 'model', 'state', 'param', 'resultJson', 'createTime'])
      assert.deepEqual(data[key], info[key], key)
    assert.deepEqual([data.failCode, data.failMsg], [null, null])
    assert.equal(kie.control.tasks[0]?.callbacks[0]?.answer, '{"ok":true}')
  })

  test('say 501 when the task failed', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.hold()
    const { taskId } = (await create(kie, { callBackUrl: bot.url })).data
    await kie.control.fail(taskId, { code: 422, msg: 'Rejected' })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.status === 200)
    const { code, msg, data } = bodyOf(bot.received[0]?.text)
    assert.deepEqual([code, msg, data.state], [501, 'Playground task failed.', 'fail'])
    assert.deepEqual([data.failCode, data.failMsg, data.resultJson], ['422', 'Rejected', null])
  })

  test('are signed over task id and time when a key is set', async (t) => {
    const kie = await startKie(t, { hmacKey: 'hmac-key', now: () => 1_786_413_258_900 })
    const bot = await startReceiver(t)
    const taskId = await finished(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.status === 200)
    const headers = bot.received[0]?.headers
    assert.equal(headers?.['x-webhook-timestamp'], '1786413258')
    const wanted = createHmac('sha256', 'hmac-key').update(`${taskId}.1786413258`).digest('base64')
    assert.equal(headers?.['x-webhook-signature'], wanted)
  })

  test('carry no signature without a key', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    await finished(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.status === 200)
    assert.equal(bot.received[0]?.headers['x-webhook-signature'], undefined)
  })

  test('come again until they are answered with 200, at most 3 times more', async (t) => {
    const kie = await startKie(t)
    const patient = await startReceiver(t, [503, 404])
    await finished(kie, { callBackUrl: patient.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks.at(-1)?.status === 200)
    const statuses = kie.control.tasks[0]?.callbacks.map(({ status }) => status)
    assert.deepEqual(statuses, [503, 404, 200])

    const never = await startReceiver(t, [500, 500, 500, 500, 500])
    await finished(kie, { callBackUrl: never.url })
    await kie.control.waitFor(({ tasks }) => tasks[1]?.callbacks[3]?.status === 500)
    assert.equal(never.received.length, 4)
  })

  test('record an address that nobody answers', async (t) => {
    const kie = await startKie(t)
    await finished(kie, { callBackUrl: 'http://127.0.0.1:1/cb' })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[3]?.error !== undefined)
  })

  test('lost: never sent', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.faults.add({ route: 'callback', kind: 'lost' })
    await finished(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.kind === 'lost')
    await finished(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[1]?.callbacks[0]?.status === 200)
    assert.equal(bot.received.length, 1)
  })

  test('doubled: sent twice at once', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.faults.add({ route: 'callback', kind: 'doubled' })
    await finished(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(
      ({ tasks }) => tasks[0]?.callbacks.filter(({ status }) => status === 200).length === 2,
    )
    assert.equal(bot.received[0]?.text, bot.received[1]?.text)
  })

  test('early: sent and answered before createTask answers', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.faults.add({ route: 'callback', kind: 'early' })
    const { data } = await create(kie, { callBackUrl: bot.url })
    assert.equal(bot.received.length, 1)
    assert.equal(bodyOf(bot.received[0]?.text).data.taskId, data.taskId)
    assert.equal((await recordInfo(kie, data.taskId)).data.state, 'success')
  })

  test('early and refused: sent again as usual', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t, [503])
    kie.control.faults.add({ route: 'callback', kind: 'early' })
    await create(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[1]?.status === 200)
    assert.deepEqual(
      kie.control.tasks[0]?.callbacks.map(({ kind }) => kind),
      ['early', 'genuine'],
    )
  })

  test('delay: sent later', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.faults.add({ route: 'callback', kind: 'delay', ms: 60 })
    await finished(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.status === 200)
    const [task] = kie.control.tasks
    assert.ok(Number(task?.callbacks[0]?.at) - Number(task?.completeTime) >= 55)
  })

  test('forged: a stranger without the proof comes first, the genuine one follows', async (t) => {
    const kie = await startKie(t, { hmacKey: 'hmac-key' })
    const bot = await startReceiver(t, [401])
    kie.control.faults.add({ route: 'callback', kind: 'forged' })
    await finished(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[1]?.status === 200)
    const [forged, genuine] = bot.received
    assert.match(String(forged?.path), /^\/cb\?job=1&sig=0{64}$/)
    assert.match(String(forged?.text), /https:\/\/forged\.test/)
    assert.equal(genuine?.path, '/cb?job=1&sig=secret')
    const signatures = bot.received.map(({ headers }) => headers['x-webhook-signature'])
    assert.notEqual(signatures[0], signatures[1])
  })

  test('garbage: a broken body from the right sender, then the whole one', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.faults.add({ route: 'callback', kind: 'garbage' })
    await finished(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[1]?.status === 200)
    assert.throws(() => bodyOf(bot.received[0]?.text), SyntaxError)
    assert.equal(bodyOf(bot.received[1]?.text).code, 200)
  })
})
