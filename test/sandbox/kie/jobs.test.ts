import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dimensionsOf } from '../../../src/sandbox/kie/media/dimensions.ts'
import { create, finished, fox, get, recordInfo, reply, resultUrls, startKie } from './fixture.ts'

describe('market jobs', () => {
  test('go through waiting, queuing and generating to success, with real times', async (t) => {
    const kie = await startKie(t, { timing: { queueMs: 4, generateMs: 4 } })
    const before = Date.now()
    const taskId = await finished(kie)
    const task = kie.control.tasks[0]
    assert.deepEqual(
      task?.history.map(({ state }) => state),
      ['waiting', 'queuing', 'generating', 'success'],
    )
    const { code, data } = await recordInfo(kie, taskId)
    assert.equal(code, 200)
    assert.equal(data.state, 'success')
    assert.ok((data.createTime as number) >= before && (data.completeTime as number) <= Date.now())
    assert.equal(data.costTime, (data.completeTime as number) - (data.createTime as number))
    assert.deepEqual([data.failCode, data.failMsg], ['', ''])
  })

  test('keep the request as a string within a string, the result as a JSON string', async (t) => {
    const kie = await startKie(t)
    const callBackUrl = 'http://127.0.0.1:9/never'
    const taskId = await finished(kie, { callBackUrl })
    const { data } = await recordInfo(kie, taskId)
    const param = JSON.parse(String(data.param)) as Record<string, string>
    assert.equal(param.model, 'z-image')
    assert.equal(param.callBackUrl, callBackUrl)
    assert.deepEqual(JSON.parse(param.input as string), fox)
    const [url] = await resultUrls(kie, taskId)
    assert.match(String(url), /\/files\/[0-9a-f]{32}\.png$/)
  })

  test('show nothing of a result before they are done', async (t) => {
    const kie = await startKie(t)
    kie.control.hold()
    const { data } = await create(kie)
    const info = await recordInfo(kie, data.taskId)
    assert.equal(info.data.resultJson, '')
    assert.equal(info.data.completeTime, null)
    assert.equal(info.data.creditsConsumed, 0)
  })

  test('end in a picture of the asked shape', async (t) => {
    const kie = await startKie(t)
    const [url] = await resultUrls(kie, await finished(kie))
    const response = await fetch(String(url))
    assert.equal(response.headers.get('content-type'), 'image/png')
    const size = dimensionsOf(new Uint8Array(await response.arrayBuffer()))
    assert.deepEqual(size, { width: 1024, height: 576 })
  })

  test('cost what the catalogue says, and nothing when they fail', async (t) => {
    const kie = await startKie(t)
    kie.control.credits = 10
    const taskId = await finished(kie)
    assert.equal((await recordInfo(kie, taskId)).data.creditsConsumed, 0.8)
    assert.equal((await reply<number>(get(kie, '/api/v1/chat/credit'))).data, 9.2)

    kie.control.hold()
    const second = await create(kie)
    await kie.control.fail(second.data.taskId, { code: 501, msg: 'Generation failed' })
    const { data } = await recordInfo(kie, second.data.taskId)
    assert.deepEqual(
      [data.state, data.failCode, data.failMsg, data.creditsConsumed, data.resultJson],
      ['fail', '501', 'Generation failed', 0, ''],
    )
    assert.equal(kie.control.credits, 9.2)
  })

  test('wait while held, until finished by hand or released', async (t) => {
    const kie = await startKie(t)
    kie.control.hold()
    const first = await create(kie)
    const second = await create(kie)
    await kie.control.finish(first.data.taskId)
    assert.deepEqual(
      kie.control.tasks.map(({ state }) => state),
      ['success', 'waiting'],
    )
    kie.control.release()
    await kie.control.waitFor(({ tasks }) => tasks[1]?.state === 'success')
    await assert.rejects(kie.control.finish(second.data.taskId), /already success/)
  })

  test('answer 422 for a task that nobody made', async (t) => {
    const kie = await startKie(t)
    const { code, msg } = await recordInfo(kie, 'unknown')
    assert.deepEqual([code, msg], [422, 'recordInfo is null'])
  })
})
