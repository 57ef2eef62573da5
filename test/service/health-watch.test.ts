import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { describe, test } from 'node:test'
import { RetryableError } from '../../src/errors.ts'
import { createClock } from '../../src/service/clock.ts'
import { checkRoom } from '../../src/service/disk.ts'
import { createHealthWatch, watchCommits } from '../../src/service/health-watch.ts'
import { createProblems } from '../../src/service/problems.ts'

const HOUR = 3_600_000

/** A watch over a worker whose state is set by hand; `pass` lets time go by and looks. */
function stage() {
  let ticks = 0
  const lines: string[] = []
  const note = (facts: object, message: string) =>
    void lines.push(`${JSON.stringify(facts)} ${message}`)
  const problems = createProblems({ warn: note, info: note })
  const runs = { effects: { lastRun: 1, lastError: null as string | null } }
  const queues = { screens: { slots: 2, running: 0, gated: 0, waiting: 0, ended: 0 } }
  const answers: Partial<Record<'telegram' | 'provider' | 'disk', Error | undefined>> = {}
  const watch = createHealthWatch({
    problems,
    worker: { lastRun: () => runs, queues: () => queues },
    askTelegram: async () => {
      if (answers.telegram) throw answers.telegram
    },
    askProvider: async () => {
      if (answers.provider) throw answers.provider
    },
    askDisk: async () => {
      if (answers.disk) throw answers.disk
    },
    ticks: () => ticks,
  })
  const pass = (ms: number) => {
    ticks += ms
    watch.lookAtQueues()
    return problems.reasons()
  }
  const ask = async () => {
    await watch.ask(new AbortController().signal)
    return problems.reasons()
  }
  return { problems, runs, queues, answers, pass, ask, lines }
}

describe('the watch', () => {
  test('sees within 30 s that a queue fetches nothing, and that it fetches again', () => {
    const { runs, pass, problems } = stage()
    assert.deepEqual(pass(0), {})
    runs.effects.lastError = 'no connection'
    assert.deepEqual(pass(10_000), {})
    assert.deepEqual(pass(10_000), { queue: 'effects did nothing for 20 s: no connection' })
    assert.ok(problems.blocked())
    runs.effects.lastRun = 2
    assert.deepEqual(pass(5_000), {})
    assert.ok(!problems.blocked())
  })

  test('is not misled by a clock that jumps: only what stands still counts', () => {
    const { runs, pass } = stage()
    for (let n = 0; n < 20; n += 1) {
      runs.effects.lastRun += n % 2 === 0 ? HOUR : -HOUR
      assert.deepEqual(pass(5_000), {})
    }
  })

  test('sees within 30 s that a full queue ends nothing, and leaves alone one that works or idles', () => {
    const { queues, runs, pass } = stage()
    const { screens } = queues
    const go = (ms: number) => {
      runs.effects.lastRun += 1
      return pass(ms)
    }
    for (let n = 0; n < 10; n += 1) assert.deepEqual(go(10_000), {})
    screens.running = 2
    screens.waiting = 5
    for (let n = 0; n < 10; n += 1) {
      screens.ended += 1
      assert.deepEqual(go(10_000), {})
    }
    assert.deepEqual(go(10_000), {})
    assert.deepEqual(go(10_000), {})
    assert.deepEqual(go(9_000), { queue: 'the queue screens is full and ended nothing for 29 s' })
    screens.ended += 1
    assert.deepEqual(go(1_000), {})
  })

  test('sees a revoked token at once, and that nobody can be answered then', async () => {
    const { answers, ask, problems } = stage()
    answers.telegram = new RetryableError('telegram.unauthorized')
    assert.match((await ask()).telegram ?? '', /does not know the token/)
    assert.ok(problems.blocked())
    answers.telegram = undefined
    assert.deepEqual(await ask(), {})
  })

  test('sees a refused key of the provider, which keeps nobody from browsing', async () => {
    const { answers, ask, problems } = stage()
    answers.provider = new RetryableError('kie.unauthorized')
    assert.match((await ask()).provider ?? '', /refuses our key/)
    assert.ok(!problems.blocked())
  })

  test('takes one question without an answer for chance, and two for a problem', async () => {
    const { answers, ask, problems } = stage()
    answers.telegram = new RetryableError('telegram.unavailable')
    assert.deepEqual(await ask(), {})
    assert.match((await ask()).telegram ?? '', /could not be reached/)
    assert.ok(!problems.blocked())
  })

  test('sees within two looks that files have no room on this machine', async () => {
    const { answers, ask, problems } = stage()
    await checkRoom(tmpdir(), 0)
    const errors = await Promise.all(
      [checkRoom(tmpdir(), Number.MAX_SAFE_INTEGER), checkRoom('/nowhere/at/all')].map((look) =>
        look.then(
          () => assert.fail('there is room'),
          (error: Error) => error,
        ),
      ),
    )
    const words = [/no room .* has \d+ MB left/, /no room .* can not be written/]
    for (const [i, error] of errors.entries()) {
      answers.disk = error
      await ask()
      assert.match((await ask()).disk ?? '', words[i] as RegExp)
    }
    assert.ok(!problems.blocked())
    answers.disk = undefined
    assert.deepEqual(await ask(), {})
  })

  test('says a problem once when it comes and once when it goes', () => {
    const { runs, pass, lines } = stage()
    for (let n = 0; n < 4; n += 1) pass(10_000)
    runs.effects.lastRun = 2
    pass(1_000)
    assert.equal(lines.filter((line) => line.includes('a problem is over')).length, 1)
  })

  test('sees that no commit gets through, but not that one event is refused or the process ends', () => {
    const { problems } = stage()
    const commits = watchCommits(problems)
    const readOnly = new RetryableError('database.unavailable', {
      cause: new Error('cannot execute INSERT in a read-only transaction'),
    })
    for (let n = 0; n < 9; n += 1) commits.rejected(new RetryableError('runtime.draining'))
    commits.rejected(readOnly)
    commits.stored()
    for (let n = 0; n < 2; n += 1) commits.rejected(readOnly)
    assert.deepEqual(problems.reasons(), {})
    commits.rejected(readOnly)
    assert.match(problems.reasons().commits ?? '', /read-only transaction/)
    assert.ok(problems.blocked())
    commits.stored()
    assert.deepEqual(problems.reasons(), {})
  })
})

describe('the clock of a service', () => {
  /** A machine whose clock is off, and a database that is right. */
  function machines(offMs: number) {
    let time = Date.UTC(2026, 0, 1)
    let ticks = 0
    let jump = 0
    const clock = createClock({ wall: () => time + offMs + jump, ticks: () => ticks })
    return {
      clock,
      right: () => time,
      pass: (ms: number) => {
        time += ms
        ticks += ms
      },
      jump: (ms: number) => {
        jump += ms
      },
      /** Asks; the way there and back takes so long. */
      compare: (tookMs = 4) =>
        clock.compare(async () => {
          time += tookMs / 2
          ticks += tookMs / 2
          const answer = time
          time += tookMs / 2
          ticks += tookMs / 2
          return answer
        }),
    }
  }

  for (const offMs of [HOUR, -HOUR]) {
    test(`goes by the database when the machine is off by ${offMs / HOUR} h`, async () => {
      const { clock, right, pass, compare } = machines(offMs)
      assert.equal(clock.aheadMs(), null)
      await compare()
      assert.equal(clock.aheadMs(), offMs)
      assert.equal(clock.now(), right())
      pass(90_000)
      assert.equal(clock.now(), right())
    })
  }

  test('does not follow a machine whose clock jumps, not even before the next comparison', async () => {
    const { clock, right, pass, jump, compare } = machines(0)
    await compare()
    jump(HOUR)
    pass(1_000)
    assert.equal(clock.now(), right())
    await compare()
    assert.equal(clock.aheadMs(), HOUR)
    assert.equal(clock.now(), right())
  })

  test('does not run to and fro because answers take their time', async () => {
    const { clock, compare, pass, right } = machines(0)
    let last = clock.now()
    for (const tookMs of [2, 300, 5, 80, 1_500, 2]) {
      await compare(tookMs)
      pass(10)
      assert.ok(clock.now() >= last)
      assert.ok(Math.abs(clock.now() - right()) < 300)
      last = clock.now()
    }
  })
})
