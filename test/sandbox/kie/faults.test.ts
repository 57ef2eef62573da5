import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  API_KEY,
  create,
  finished,
  fox,
  get,
  post,
  recordInfo,
  reply,
  resultUrls,
  startKie,
} from './fixture.ts'

describe('faults', () => {
  test('code: the body refuses inside HTTP 200, once, and no task is made', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'createTask', kind: 'code', code: 402, msg: 'No credits' })
    const response = await post(kie, '/api/v1/jobs/createTask', { model: 'z-image', input: fox })
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { code: 402, msg: 'No credits', data: null })
    assert.equal(kie.control.createTaskCount(), 0)
    assert.equal((await create(kie)).code, 200)
  })

  test('times: as often as asked', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'createTask', kind: 'code', code: 455, times: 2 })
    const codes = [await create(kie), await create(kie), await create(kie)].map((r) => r.code)
    assert.deepEqual(codes, [455, 455, 200])
  })

  test('http: an HTML page with that status', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'credit', kind: 'http', status: 503 })
    const response = await get(kie, '/api/v1/chat/credit')
    assert.equal(response.status, 503)
    assert.match(await response.text(), /^<html>/)
  })

  test('garbage: HTTP 200 without JSON', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'recordInfo', kind: 'garbage' })
    const response = await get(kie, '/api/v1/jobs/recordInfo?taskId=1')
    assert.equal(response.status, 200)
    assert.match(await response.text(), /^<!doctype/)
  })

  test('delay: the answer comes later', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'credit', kind: 'delay', ms: 60 })
    const before = performance.now()
    assert.equal((await reply(get(kie, '/api/v1/chat/credit'))).code, 200)
    assert.ok(performance.now() - before >= 55)
  })

  test('delay: a client that gives up meanwhile has made a task all the same', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'createTask', kind: 'delay', ms: 300 })
    const asked = fetch(`${kie.url}/api/v1/jobs/createTask`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}` },
      body: JSON.stringify({ model: 'z-image', input: fox }),
      signal: AbortSignal.timeout(40),
    })
    await assert.rejects(asked, { name: 'TimeoutError' })
    await kie.control.waitFor(({ createTaskCount }) => createTaskCount() === 1)
  })

  test('hang: no answer until the client gives up', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'credit', kind: 'hang' })
    const signal = AbortSignal.timeout(50)
    const headers = { authorization: `Bearer ${API_KEY}` }
    await assert.rejects(fetch(`${kie.url}/api/v1/chat/credit`, { headers, signal }), {
      name: 'TimeoutError',
    })
  })

  test('hang: closing the fake does not wait for it', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'credit', kind: 'hang' })
    const asked = get(kie, '/api/v1/chat/credit').catch(() => 'broken')
    await kie.control.waitFor(({ faults }) => faults.list().length === 0)
    await kie.close()
    assert.equal(await asked, 'broken')
  })

  test('reset-before: the connection dies and no task exists', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'createTask', kind: 'reset-before' })
    await assert.rejects(create(kie), { message: 'fetch failed' })
    assert.equal(kie.control.createTaskCount(), 0)
  })

  test('reset-after: the connection dies, but the task exists and is charged', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'createTask', kind: 'reset-after' })
    await assert.rejects(create(kie), { message: 'fetch failed' })
    await kie.control.waitFor(({ tasks }) => tasks[0]?.state === 'success')
    assert.equal(kie.control.credits, 99_999.2)
  })

  test('reset-after on an upload: the file exists', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'upload', kind: 'reset-after' })
    const body = { base64Data: 'aGVsbG8=', uploadPath: 'a', fileName: 'b' }
    await assert.rejects(post(kie, '/api/file-base64-upload', body), { message: 'fetch failed' })
    assert.equal(kie.control.uploads[0]?.key, 'a/b')
  })

  test('on files: the download fails, the next one works', async (t) => {
    const kie = await startKie(t)
    const [url] = await resultUrls(kie, await finished(kie))
    kie.control.faults.add({ route: 'file', kind: 'http', status: 500 })
    assert.equal((await fetch(String(url))).status, 500)
    assert.equal((await fetch(String(url))).status, 200)
  })

  test('a fault that its route does not know is refused at once', async (t) => {
    const kie = await startKie(t)
    assert.throws(() => kie.control.faults.add({ route: 'upload', kind: 'lost' }), /does not exist/)
    assert.throws(() => kie.control.faults.add({ route: 'callback', kind: 'code' }))
  })

  test('can be taken back', async (t) => {
    const kie = await startKie(t)
    kie.control.faults.add({ route: 'recordInfo', kind: 'code', code: 500 })
    kie.control.faults.clear()
    assert.equal((await recordInfo(kie, 'x')).code, 422)
  })
})
