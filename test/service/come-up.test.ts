import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { comeUp } from '../../src/service/come-up.ts'
import { createLifecycle } from '../../src/service/lifecycle.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** The parts as a list of what was done; `fail` names what does not work yet. */
function stage() {
  const done: string[] = []
  const fail = new Set<string>()
  const part = (name: string) => async () => {
    done.push(fail.has(name) ? `${name} fails` : name)
    if (fail.has(name)) throw new Error(name)
  }
  const lifecycle = createLifecycle('polling', { error: () => {} })
  lifecycle.send('server.listening')
  lifecycle.send('bot.identified')
  const identified = Promise.withResolvers<void>()
  /** Ends the pause between two tries. */
  const pauses: { ms: number; end: () => void }[] = []
  const up = () =>
    comeUp({
      lifecycle,
      storage: { open: part('storage') },
      worker: { start: part('worker') },
      maintenance: { audit: part('audit') },
      telegram: { identified: identified.promise },
      election: { start: () => void done.push('election') },
      log: { info: () => {}, warn: () => {} } as never,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          pauses.push({ ms, end: resolve })
          signal.addEventListener('abort', () => resolve())
        }),
    })
  return { done, fail, pauses, lifecycle, identified, up }
}

describe('coming up', () => {
  test('goes from the database to the election, which waits for the bot’s name', async () => {
    const { done, lifecycle, identified, up } = stage()
    const ready = up()
    await turn()
    assert.deepEqual(done, ['storage', 'worker', 'audit'])
    assert.equal(lifecycle.snapshot().context.schemaReady, true)
    identified.resolve()
    await ready
    assert.equal(done.at(-1), 'election')
  })

  test('tries again without an end, and tells the lifecycle that the database is away', async () => {
    const { done, fail, pauses, lifecycle, identified, up } = stage()
    identified.resolve()
    fail.add('storage')
    const ready = up()
    for (let tries = 1; tries <= 8; tries += 1) {
      await turn()
      assert.equal(done.length, tries)
      assert.equal(lifecycle.snapshot().value.database, 'lost')
      assert.ok(lifecycle.snapshot().hasTag('poll'))
      if (tries === 8) fail.clear()
      pauses.at(-1)?.end()
    }
    assert.deepEqual(
      pauses.map(({ ms }) => ms),
      [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000],
    )
    await ready
    assert.deepEqual(done.slice(8), ['storage', 'worker', 'audit', 'election'])
    assert.equal(lifecycle.snapshot().value.database, 'answering')
  })

  test('ends when the process does, and stands for no election', async () => {
    const { done, fail, lifecycle, up } = stage()
    fail.add('worker')
    const ready = up()
    await turn()
    lifecycle.send('signal.received')
    await ready
    assert.deepEqual(done, ['storage', 'worker fails'])
    assert.equal(lifecycle.snapshot().context.schemaReady, false)
  })

  test('stands for no election when the process ends before the bot has a name', async () => {
    const { done, lifecycle, identified, up } = stage()
    const ready = up()
    await turn()
    lifecycle.send('signal.received')
    identified.reject(new Error('the process ends'))
    await ready
    assert.ok(!done.includes('election'))
  })
})
