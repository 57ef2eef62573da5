import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { familyNamed, parseCallback } from '../../../../src/actors/kie/families.ts'
import type { FakeKie } from '../../../../src/sandbox/kie/server.ts'
import { get, post, reply, startKie, startReceiver } from '../fixture.ts'

const veo = familyNamed('veo')

const film = { model: 'veo3_fast', prompt: 'A red fox', resolution: '720p', duration: 4 }

const order = (kie: FakeKie, body: object = {}) =>
  reply<{ taskId: string }>(post(kie, '/api/v1/veo/generate', { ...film, ...body }))

const record = (kie: FakeKie, taskId: string) =>
  reply(get(kie, `/api/v1/veo/record-info?taskId=${taskId}`))

const ended = (kie: FakeKie) =>
  kie.control.waitFor(({ tasks }) => tasks[0]?.completeTime !== undefined)

describe('Veo jobs of the fake', () => {
  test('end in a film, told by a number and by times without zone', async (t) => {
    const kie = await startKie(t)
    kie.control.hold()
    const { taskId } = (await order(kie)).data
    assert.match(taskId, /^veo_task_[0-9a-f]+$/)
    const { data: early } = await record(kie, taskId)
    assert.deepEqual([early.successFlag, early.response, early.completeTime], [0, null, null])
    await kie.control.finish(taskId)
    const body = await record(kie, taskId)
    assert.equal(body.data.successFlag, 1)
    assert.match(String(body.data.completeTime), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    assert.equal('state' in body.data, false)
    const status = veo.parseStatus(body)
    assert.deepEqual([status.phase, status.taskId, status.urls.length], ['succeeded', taskId, 1])
    const response = await fetch(String(status.urls[0]))
    assert.equal(response.headers.get('content-type'), 'video/mp4')
    const bytes = Buffer.from(await response.arrayBuffer())
    assert.equal(bytes.toString('latin1', 4, 8), 'ftyp')
  })

  test('are counted, listed and charged like all others', async (t) => {
    const kie = await startKie(t)
    const before = kie.control.credits
    await order(kie)
    assert.equal(
      kie.control.createTaskCount(({ model }) => model === 'veo3_fast'),
      1,
    )
    assert.equal(before - kie.control.credits, 60)
    await ended(kie)
  })

  test('name the film as first made only where it is not wide', async (t) => {
    const kie = await startKie(t)
    const { taskId } = (await order(kie, { aspect_ratio: '9:16' })).data
    await ended(kie)
    const { data } = await record(kie, taskId)
    const response = data.response as Record<string, unknown>
    assert.deepEqual(response.originUrls, response.resultUrls)
    assert.equal(veo.parseStatus({ code: 200, data }).urls.length, 1)
  })

  const refusals: [string, object, string][] = [
    ['no prompt', { prompt: '' }, 'Please enter prompt'],
    ['an input object', { input: { prompt: 'x' } }, 'input is not supported'],
    ['a length that does not exist', { duration: 5 }, 'duration is not one of the allowed'],
    ['a number as text', { duration: '8' }, 'duration'],
    ['an old switch', { enableFallback: true }, 'enableFallback is not supported'],
    [
      'photos in text mode',
      { generationType: 'TEXT_2_VIDEO', imageUrls: ['https://x.example/'] },
      '',
    ],
    ['a model of another family', { model: 'V4' }, 'The model name you specified is not supported'],
  ]
  for (const [name, body, msg] of refusals)
    test(`refuse ${name}`, async (t) => {
      const kie = await startKie(t)
      const answer = await order(kie, body)
      assert.equal(answer.code, 422)
      assert.ok(answer.msg.startsWith(msg), answer.msg)
      assert.equal(kie.control.createTaskCount(), 0)
    })

  test('are unknown to the market’s status route, and the other way round', async (t) => {
    const kie = await startKie(t)
    const { taskId } = (await order(kie)).data
    const { code, msg } = await reply(get(kie, `/api/v1/jobs/recordInfo?taskId=${taskId}`))
    assert.deepEqual([code, msg], [422, 'recordInfo is null'])
    await ended(kie)
  })

  test('call back once, without a state', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    const { taskId } = (await order(kie, { callBackUrl: bot.url })).data
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.status === 200)
    assert.equal(bot.received.length, 1)
    const body: unknown = JSON.parse(String(bot.received[0]?.text))
    assert.doesNotMatch(String(bot.received[0]?.text), /"state"/)
    const status = parseCallback(body)
    assert.deepEqual([status.phase, status.taskId, status.urls.length], ['succeeded', taskId, 1])
  })

  test('tell a failure by code and flag', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.hold()
    const { taskId } = (await order(kie, { callBackUrl: bot.url })).data
    await kie.control.fail(taskId, { code: 422, msg: 'Rejected by Flow' })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.callbacks[0]?.status === 200)
    const told = parseCallback(JSON.parse(String(bot.received[0]?.text)))
    const asked = veo.parseStatus(await record(kie, taskId))
    for (const status of [told, asked])
      assert.deepEqual(
        [status.phase, status.failCode, status.failMessage],
        ['failed', '422', 'Rejected by Flow'],
      )
  })

  test('suffer lost, doubled and early callbacks too', async (t) => {
    const kie = await startKie(t)
    const bot = await startReceiver(t)
    kie.control.faults.add({ route: 'callback', kind: 'early' })
    const { taskId } = (await order(kie, { callBackUrl: bot.url })).data
    assert.equal(parseCallback(JSON.parse(String(bot.received[0]?.text))).taskId, taskId)
    kie.control.faults.add({ route: 'callback', kind: 'lost' })
    await order(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(({ tasks }) => tasks[1]?.callbacks[0]?.kind === 'lost')
    kie.control.faults.add({ route: 'callback', kind: 'doubled' })
    await order(kie, { callBackUrl: bot.url })
    await kie.control.waitFor(
      ({ tasks }) => tasks[2]?.callbacks.filter(({ status }) => status === 200).length === 2,
    )
    assert.equal(bot.received.length, 3)
  })
})
