import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { create, startKie } from './fixture.ts'

describe('the controls over HTTP', () => {
  test('lists tasks and decides them', async (t) => {
    const kie = await startKie(t)
    const control = (method: string, path: string, body?: unknown) =>
      fetch(`${kie.url}/sandbox/kie${path}`, { method, body: JSON.stringify(body) ?? null })
    await control('POST', '/hold')
    const first = (await create(kie)).data.taskId
    const second = (await create(kie)).data.taskId
    assert.equal((await control('POST', `/tasks/${first}/finish`)).status, 200)
    const reason = { code: 500, msg: 'Broken' }
    assert.equal((await control('POST', `/tasks/${second}/fail`, reason)).status, 200)
    const tasks = (await (await control('GET', '/tasks')).json()) as Record<string, unknown>[]
    assert.deepEqual(
      tasks.map(({ taskId, model, state }) => [taskId, model, state]),
      [
        [first, 'z-image', 'success'],
        [second, 'z-image', 'fail'],
      ],
    )
    assert.deepEqual(tasks[1]?.failure, { code: '500', msg: 'Broken' })
    assert.equal((await control('POST', '/tasks/none/finish')).status, 400)
  })

  test('adds, shows and removes faults', async (t) => {
    const kie = await startKie(t)
    const address = `${kie.url}/sandbox/kie/faults`
    const fault = { route: 'createTask', kind: 'code', code: 433 }
    const add = (body: unknown) => fetch(address, { method: 'POST', body: JSON.stringify(body) })
    assert.deepEqual(await (await add(fault)).json(), [{ ...fault, times: 1 }])
    assert.equal((await add({ route: 'moon', kind: 'code' })).status, 400)
    assert.equal((await create(kie)).code, 433)
    await add(fault)
    await fetch(address, { method: 'DELETE' })
    assert.deepEqual(await (await fetch(address)).json(), [])
  })

  test('sets the balance', async (t) => {
    const kie = await startKie(t)
    const address = `${kie.url}/sandbox/kie/credits`
    await fetch(address, { method: 'POST', body: '{"credits":0.5}' })
    assert.deepEqual(await (await fetch(address)).json(), { credits: 0.5 })
    assert.equal((await create(kie)).code, 402)
  })

  test('lets only pages of this machine read along', async (t) => {
    const kie = await startKie(t)
    const allowed = async (origin: string) =>
      (await fetch(`${kie.url}/sandbox/kie/tasks`, { headers: { origin } })).headers.get(
        'access-control-allow-origin',
      )
    assert.equal(await allowed('http://127.0.0.1:8000'), 'http://127.0.0.1:8000')
    assert.equal(await allowed('https://evil.example'), null)
  })
})

describe('waiting', () => {
  test('ends with an error when nothing happens in time', async (t) => {
    const kie = await startKie(t)
    await assert.rejects(
      kie.control.waitFor(() => false, 10),
      /within 10 ms/,
    )
  })

  test('ends with an error when the fake is closed', async (t) => {
    const kie = await startKie(t)
    const refused = assert.rejects(
      kie.control.waitFor(() => false),
      /closed/,
    )
    await kie.close()
    await refused
  })
})
