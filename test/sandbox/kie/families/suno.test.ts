import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { familyNamed, parseCallback } from '../../../../src/actors/kie/families.ts'
import { sunoFamily } from '../../../../src/sandbox/kie/families/suno.ts'
import type { FakeKie } from '../../../../src/sandbox/kie/server.ts'
import type { Task } from '../../../../src/sandbox/kie/task.ts'
import { get, post, reply, startKie, startReceiver } from '../fixture.ts'

const suno = familyNamed('suno')

const song = { model: 'V4', customMode: false, instrumental: false, prompt: 'A song of rain' }
const nowhere = 'http://127.0.0.1:1/cb'

const order = (kie: FakeKie, body: object = {}) =>
  reply<{ taskId: string }>(post(kie, '/api/v1/generate', { ...song, ...body }))

const record = (kie: FakeKie, taskId: string) =>
  reply(get(kie, `/api/v1/generate/record-info?taskId=${taskId}`))

const bodiesOf = ({ received }: Awaited<ReturnType<typeof startReceiver>>) =>
  received.map(({ text }) => JSON.parse(text) as { data: { callbackType: string; data: object[] } })

const toldTheEnd = (kie: FakeKie, task = 0) =>
  kie.control.waitFor(({ tasks }) =>
    Boolean(tasks[task]?.callbacks.some((c) => c.kind === 'genuine' && c.status === 200)),
  )

describe('Suno jobs of the fake', () => {
  test('call back with text, first and complete, in snake case', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    const { taskId } = (await order(kie, { callBackUrl: bot.url })).data
    await toldTheEnd(kie)
    const bodies = bodiesOf(bot)
    assert.deepEqual(
      bodies.map(({ data }) => data.callbackType),
      ['text', 'first', 'complete'],
    )
    assert.ok('task_id' in (bodies[0]?.data ?? {}) && !('taskId' in (bodies[0]?.data ?? {})))
    assert.ok(bodies[2]?.data.data.every((track) => 'audio_url' in track && !('audioUrl' in track)))
    const statuses = bodies.map(parseCallback)
    assert.deepEqual(
      statuses.map(({ phase, urls }) => `${phase} ${urls.length}`),
      ['running 0', 'running 0', 'succeeded 2'],
    )
    assert.ok(statuses.every((status) => status.taskId === taskId))
  })

  test('have as many finished tracks in each callback as were finished', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    await order(kie, { callBackUrl: bot.url })
    await toldTheEnd(kie)
    const counts = bodiesOf(bot).map(
      ({ data }) => data.data.filter((track) => 'audio_url' in track && track.audio_url).length,
    )
    assert.deepEqual(counts, [0, 1, 2])
  })

  test('go from PENDING by way of two stages to SUCCESS, in camel case', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.hold()
    const { taskId } = (await order(kie, { callBackUrl: bot.url })).data
    const { data } = await record(kie, taskId)
    assert.deepEqual([data.status, data.errorCode], ['PENDING', null])
    kie.control.release()
    await toldTheEnd(kie)
    const body = await record(kie, taskId)
    assert.equal(body.data.status, 'SUCCESS')
    const status = suno.parseStatus(body)
    assert.deepEqual([status.phase, status.urls.length], ['succeeded', 2])

    const done = kie.control.tasks[0] as Task
    const seen = ['text', 'first'].map((stage) => {
      const task: Task = { ...done, state: 'generating', stage, result: undefined }
      const asked = suno.parseStatus({ code: 200, data: sunoFamily.status(task) })
      return `${asked.stage} ${asked.phase} ${asked.urls.length}`
    })
    assert.deepEqual(seen, ['text_success running 0', 'first_success running 0'])
  })

  test('are two different recordings', async (t) => {
    const kie = await startKie(t)
    const { taskId } = (await order(kie, { callBackUrl: nowhere })).data
    await kie.control.waitFor(({ tasks }) => tasks[0]?.state === 'success')
    const { urls } = suno.parseStatus(await record(kie, taskId))
    const files = await Promise.all(
      urls.map(async (url) => {
        const response = await fetch(url)
        assert.equal(response.headers.get('content-type'), 'audio/mpeg')
        return Buffer.from(await response.arrayBuffer())
      }),
    )
    assert.equal(files.length, 2)
    assert.ok(files.every((bytes) => bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0))
    assert.notDeepEqual(files[0], files[1])
  })

  test('skip what is not reached when they are finished early', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.hold()
    const { taskId } = (await order(kie, { callBackUrl: bot.url })).data
    await kie.control.finish(taskId)
    await toldTheEnd(kie)
    assert.deepEqual(
      bodiesOf(bot).map(({ data }) => data.callbackType),
      ['complete'],
    )
  })

  test('blame the callback in the record when nobody took it, with the music there', async (t) => {
    const kie = await startKie(t)
    const { taskId } = (await order(kie, { callBackUrl: nowhere })).data
    await kie.control.waitFor(({ tasks }) =>
      Boolean(tasks[0]?.callbacks.some((c) => c.kind === 'genuine' && c.error)),
    )
    const body = await record(kie, taskId)
    assert.equal(body.data.status, 'CALLBACK_EXCEPTION')
    const status = suno.parseStatus(body)
    assert.deepEqual([status.phase, status.urls.length], ['succeeded', 2])
  })

  const custom = { customMode: true, style: 'folk', title: 'Rain' }
  const refusals: [string, object, string][] = [
    ['no callback', {}, 'Please enter callBackUrl'],
    ['a callback that is no link', { callBackUrl: 'playground' }, 'callBackUrl is not a valid URL'],
    ['no prompt', { callBackUrl: nowhere, prompt: undefined }, 'prompt is required'],
    ['no lyrics', { callBackUrl: nowhere, ...custom, prompt: undefined }, 'prompt is required'],
    ['no style', { callBackUrl: nowhere, ...custom, style: undefined }, 'style is required'],
    ['a long idea', { callBackUrl: nowhere, prompt: 'x'.repeat(501) }, 'prompt must NOT have more'],
    ['an unknown field', { callBackUrl: nowhere, wait: true }, 'wait is not supported'],
    ['a text for a switch', { callBackUrl: nowhere, instrumental: 'true' }, 'instrumental must be'],
    ['an unknown model', { callBackUrl: nowhere, model: 'V99' }, 'The model name you specified'],
  ]
  for (const [name, body, msg] of refusals)
    test(`refuse ${name}`, async (t) => {
      const kie = await startKie(t)
      const answer = await order(kie, body)
      assert.equal(answer.code, 422)
      assert.ok(answer.msg.startsWith(msg), answer.msg)
      assert.equal(kie.control.createTaskCount(), 0)
    })

  test('tell a failure by error and by their own words', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.hold()
    const { taskId } = (await order(kie, { callBackUrl: bot.url })).data
    await kie.control.fail(taskId, { code: 400, msg: 'Copyrighted lyrics' })
    await toldTheEnd(kie)
    assert.equal(bodiesOf(bot)[0]?.data.callbackType, 'error')
    const body = await record(kie, taskId)
    assert.equal(body.data.status, 'SENSITIVE_WORD_ERROR')
    for (const status of [parseCallback(bodiesOf(bot)[0]), suno.parseStatus(body)])
      assert.deepEqual(
        [status.phase, status.failCode, status.failMessage],
        ['failed', '400', 'Copyrighted lyrics'],
      )
  })

  test('suffer early, lost and doubled callbacks at their end only', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.faults.add({ route: 'callback', kind: 'early' })
    await order(kie, { callBackUrl: bot.url })
    assert.deepEqual(
      bodiesOf(bot).map(({ data }) => data.callbackType),
      ['complete'],
    )
    kie.control.faults.add({ route: 'callback', kind: 'lost' })
    await order(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) =>
      Boolean(tasks[1]?.callbacks.some(({ kind }) => kind === 'lost')),
    )
    kie.control.faults.add({ route: 'callback', kind: 'doubled' })
    await order(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(
      ({ tasks }) =>
        tasks[2]?.callbacks.filter((c) => c.kind !== 'interim' && c.status === 200).length === 2,
    )
    const types = bodiesOf(bot).map(({ data }) => data.callbackType)
    assert.deepEqual(types.slice(1, 3), ['text', 'first'])
    assert.deepEqual(types.slice(3), ['text', 'first', 'complete', 'complete'])
  })

  test('are signed over their task like all others', async (t) => {
    const kie = await startKie(t, { hmacKey: 'hmac-key' })
    const bot = await startReceiver(t)
    await order(kie, { callBackUrl: bot.url })
    await toldTheEnd(kie)
    assert.ok(bot.received.every(({ headers }) => headers['x-webhook-signature']))
  })
})
