import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createChatUser } from '../../src/e2e/chat.ts'
import { createDatabase } from '../support/database.ts'
import { startInstance } from '../support/instance.ts'
import { startOutside } from '../support/outside.ts'

/** What people may wait for an answer when the process that polls dies. */
const TAKEOVER_MS = 15_000

describe('two processes that poll one bot', () => {
  test('one polls; after kill -9 the other answers within 15 s; 409 ends neither', async (t) => {
    const { telegram, ...outside } = await startOutside(t)
    const { control } = telegram
    const env = outside.env('polling', (await createDatabase(t)).url)
    const user = createChatUser(control, 31)
    const polls = () => control.calls.filter(({ method }) => method === 'getUpdates')
    const refused = () => polls().filter(({ error }) => error?.startsWith('Conflict'))

    const both = await Promise.all([startInstance(t, env), startInstance(t, env)])
    user.start()
    await user.screen('Просто напишите')
    const reports = await Promise.all(
      both.map((one) => one.until('a ready process', ({ db_schema_ready: ready }) => ready)),
    )
    assert.deepEqual(reports.map(({ mode }) => mode).sort(), ['active', 'passive'])
    const [active, standby] = reports[0]?.active ? both : [both[1], both[0]]
    assert.ok(active && standby)

    // Of two that poll at the same time Telegram refuses one.
    assert.deepEqual(refused(), [])
    control.faults.add({ kind: 'conflict', method: 'getUpdates' })
    user.text('привет')
    await control.waitFor(() => refused().length === 1)
    user.text('/help')
    await user.screen('Помощь')
    assert.equal((await active.health()).active, true)
    assert.equal((await standby.health()).mode, 'passive')

    assert.deepEqual(await active.end('SIGKILL'), { code: null, signal: 'SIGKILL' })
    const diedAt = performance.now()
    user.text('/balance')
    await user.screen('Ваш баланс')
    const tookMs = performance.now() - diedAt
    assert.ok(tookMs < TAKEOVER_MS, `it took over after ${tookMs} ms`)
    const successor = await standby.health()
    assert.deepEqual([successor.mode, successor.lock_acquired], ['active', true])

    const third = await startInstance(t, env)
    await third.until('a ready process', ({ db_schema_ready: ready }) => ready)
    user.text('/menu')
    await user.screen('Просто напишите')
    assert.equal((await third.health()).mode, 'passive')
    assert.equal(refused().length, 1)
  })
})
