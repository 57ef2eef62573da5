import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RetryableError, TerminalError } from '../../src/errors.ts'
import { comeUp } from '../../src/service/come-up.ts'
import { createLifecycle } from '../../src/service/lifecycle.ts'
import { createProblems } from '../../src/service/problems.ts'
import { waitFor } from '../support/wait.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** The parts as a list of what was done; `fail` names what does not work yet. */
function stage({ open, stuckMs }: { open?: () => Promise<void>; stuckMs?: number } = {}) {
  const done: string[] = []
  const refusals: Error[] = []
  const lines: string[] = []
  const problems = createProblems({ warn: () => {}, info: () => {} })
  /** What the next try of the database fails with, if not with its name. */
  let error: Error | undefined
  const fail = new Set<string>()
  const part = (name: string) => async () => {
    done.push(fail.has(name) ? `${name} fails` : name)
    if (fail.has(name)) throw error ?? new Error(name)
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
      storage: { open: open ?? part('storage') },
      ...(stuckMs === undefined ? {} : { stuckMs }),
      worker: { start: part('worker') },
      maintenance: { audit: part('audit'), takeOver: part('takeOver') },
      telegram: { identified: identified.promise },
      election: { start: () => void done.push('election') },
      problems,
      onRefused: (refusal) => refusals.push(refusal),
      log: {
        info: () => {},
        warn: ({ reason }: { reason: string }) => lines.push(reason),
      } as never,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          pauses.push({ ms, end: resolve })
          signal.addEventListener('abort', () => resolve())
        }),
    })
  const failWith = (next: Error) => {
    error = next
    fail.add('storage')
  }
  return { done, fail, failWith, pauses, lifecycle, identified, up, problems, refusals, lines }
}

/** The same with a database whose migrations wait until they are told to end. */
function hanging() {
  const open = Promise.withResolvers<void>()
  const parts = stage({ open: () => open.promise, stuckMs: 5 })
  const { lifecycle, identified, up, problems } = parts
  return { lifecycle, identified, up, problems, open, stage: parts }
}

describe('coming up', () => {
  test('goes from the database to the election, which waits for the bot’s name', async () => {
    const { done, lifecycle, identified, up } = stage()
    const ready = up()
    await turn()
    assert.deepEqual(done, ['storage', 'worker', 'audit', 'takeOver'])
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
    assert.deepEqual(done.slice(8), ['storage', 'worker', 'audit', 'takeOver', 'election'])
    assert.equal(lifecycle.snapshot().value.database, 'answering')
  })

  test('says the real reason once and shows it until it is over', async () => {
    const { failWith, fail, pauses, identified, up, problems, lines } = stage()
    identified.resolve()
    const cause = new Error('password authentication failed for user "trt"')
    failWith(new RetryableError('database.unavailable', { cause }))
    const ready = up()
    for (let tries = 1; tries <= 3; tries += 1) {
      await turn()
      assert.match(
        problems.reasons().start ?? '',
        /^the database: .*password authentication failed/,
      )
      assert.ok(problems.blocked())
      if (tries === 3) fail.clear()
      pauses.at(-1)?.end()
    }
    await ready
    assert.equal(lines.length, 1)
    assert.deepEqual(problems.reasons(), {})
  })

  test('names a migration that waits for too long', async () => {
    const { lifecycle, identified, up, problems, open, stage: parts } = hanging()
    const ready = up()
    await waitFor(() => problems.has('start'), { what: 'the problem' })
    assert.deepEqual(problems.reasons(), { start: 'the database takes long' })
    assert.ok(problems.blocked())
    open.resolve()
    identified.resolve()
    await ready
    assert.deepEqual(problems.reasons(), {})
    assert.ok(parts.done.includes('election'))
    lifecycle.send('signal.received')
  })

  test('tries no database again that this process must not use', async () => {
    const { failWith, done, identified, up, refusals } = stage()
    identified.resolve()
    failWith(new TerminalError('database.foreign', { detail: 'It is that of bot 1.' }))
    await up()
    assert.deepEqual(done, ['storage fails'])
    assert.deepEqual(
      refusals.map(({ message }) => message),
      ['The database belongs to another bot. It is that of bot 1.'],
    )
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
