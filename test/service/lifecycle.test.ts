import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import type { BotMode } from '../../src/machines/lifecycle/machine.ts'
import { createLifecycle } from '../../src/service/lifecycle.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A lifecycle that is elected, with a duty whose runs end only when they are told to. */
function stage(botMode: BotMode = 'webhook') {
  const failures: unknown[] = []
  const lifecycle = createLifecycle(botMode, { error: (facts: unknown) => failures.push(facts) })
  const runs: { until: AbortSignal; end: (error?: Error) => void }[] = []
  const work = (until: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      runs.push({ until, end: (error) => (error === undefined ? resolve() : reject(error)) })
    })
  return { lifecycle, runs, work, failures }
}

describe('a duty', () => {
  test('runs once while it is due, and its signal ends with it', async () => {
    const { lifecycle, runs, work } = stage()
    lifecycle.onDuty('lead', work)
    await turn()
    assert.equal(runs.length, 0)
    lifecycle.send('lock.gained')
    await turn()
    assert.equal(runs.length, 1)
    assert.equal(runs[0]?.until.aborted, false)
    runs[0]?.end()
    lifecycle.send('heartbeat.answered')
    await turn()
    assert.equal(runs.length, 1)
    lifecycle.send('lock.lost')
    assert.equal(runs[0]?.until.aborted, true)
  })

  test('begins at once when it is due already', async () => {
    const { lifecycle, runs, work } = stage()
    lifecycle.send('lock.gained')
    lifecycle.onDuty('register webhook', work)
    await turn()
    assert.equal(runs.length, 1)
  })

  test('is begun again only after the run before has ended', async () => {
    const { lifecycle, runs, work } = stage()
    lifecycle.onDuty('lead', work)
    for (const event of ['lock.gained', 'lock.lost', 'lock.gained'] as const) lifecycle.send(event)
    await turn()
    assert.equal(runs.length, 1)
    assert.equal(runs[0]?.until.aborted, false)

    lifecycle.send('lock.lost')
    lifecycle.send('lock.gained')
    await turn()
    assert.equal(runs.length, 1)
    assert.equal(runs[0]?.until.aborted, true)
    runs[0]?.end()
    await turn()
    assert.equal(runs.length, 2)
    assert.equal(runs[1]?.until.aborted, false)
  })

  test('that fails is reported, and is begun again the next time it is due', async () => {
    const { lifecycle, runs, work, failures } = stage()
    lifecycle.onDuty('lead', work)
    lifecycle.send('lock.gained')
    await turn()
    runs[0]?.end(new Error('unforeseen'))
    await turn()
    assert.equal(failures.length, 1)
    lifecycle.send('lock.lost')
    lifecycle.send('lock.gained')
    await turn()
    assert.equal(runs.length, 2)
  })

  test('ends with the signal to end, and is not begun after it', async () => {
    const { lifecycle, runs, work } = stage('polling')
    lifecycle.onDuty('poll', work)
    lifecycle.send('bot.identified')
    lifecycle.send('database.unreachable')
    await turn()
    const ended = once(lifecycle.ending, 'abort')
    lifecycle.send('signal.received')
    await ended
    assert.equal(runs[0]?.until.aborted, true)
    runs[0]?.end()
    lifecycle.send('database.unreachable')
    lifecycle.send('lock.gained')
    await turn()
    assert.equal(runs.length, 1)
  })
})
