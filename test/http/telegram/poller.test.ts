import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type ApiMethod, createTelegramApi } from '../../../src/actors/telegram/api.ts'
import { type ErrorCode, RetryableError, UnknownOutcomeError } from '../../../src/errors.ts'
import { createHopelessUpdates } from '../../../src/http/telegram/hopeless-updates.ts'
import { createAccept } from '../../../src/http/telegram/input-handlers.ts'
import {
  createPoller,
  type PollerDeps,
  type PollerState,
} from '../../../src/http/telegram/poller.ts'
import type { Translation } from '../../../src/http/telegram/translate.ts'
import { startFakeTelegram } from '../../../src/sandbox/telegram/server.ts'
import type { NewDeadLetter } from '../../../src/store/engine/dead-letters.ts'
import { waitFor } from '../../support/wait.ts'
import { ANNA, tap, textFrom } from './updates.ts'

const TOKEN = '123456:AAF-very-secret-token_0123456789abcd'
const allowedUpdates = ['message', 'callback_query', 'my_chat_member'] as const

/** A log that can be searched. */
function memoryLog() {
  const lines: string[] = []
  const write = (fields: unknown, message?: string) =>
    void lines.push(`${JSON.stringify(fields)} ${message ?? ''}`)
  return { lines, log: { info: write, warn: write, error: write } as PollerDeps['log'] }
}

interface Call {
  readonly method: string
  readonly payload: { offset?: number; timeout?: number; allowed_updates?: readonly string[] }
}

/** What the server does on successive getUpdates; afterwards it holds every poll until aborted. */
type Answer = unknown[] | Error | ((signal: AbortSignal) => Promise<unknown[]>)

function setUp(
  answers: Answer[],
  overrides: Partial<PollerDeps> & { deletions?: (Error | undefined)[] } = {},
) {
  const calls: Call[] = []
  const accepted: number[] = []
  const slept: number[] = []
  const states: PollerState[] = []
  const { lines, log } = memoryLog()
  const idle = Promise.withResolvers<void>()
  const controller = new AbortController()
  const { deletions = [], ...rest } = overrides
  const call = async (
    method: ApiMethod,
    payload: Call['payload'],
    { signal = controller.signal }: { signal?: AbortSignal } = {},
  ) => {
    calls.push({ method, payload })
    if (method === 'deleteWebhook') {
      const error = deletions.shift()
      if (error) throw error
      return true
    }
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    if (Array.isArray(answer)) return answer
    if (answer) return answer(signal)
    idle.resolve()
    return hang(signal)
  }
  const poller = createPoller({
    api: { call: call as PollerDeps['api']['call'] },
    accept: async (update) => void accepted.push((update as { update_id: number }).update_id),
    allowedUpdates,
    now: () => 0,
    random: () => 0,
    sleep: async (ms) => void slept.push(ms),
    log,
    onState: (state) => states.push(state),
    ...rest,
  })
  const polls = () => calls.filter((c) => c.method === 'getUpdates')
  return {
    ...{ calls, accepted, slept, states, lines, controller, polls },
    offsets: () => polls().map((c) => c.payload.offset),
    start: () => poller.run(controller.signal),
    /** Runs until the script is used up and the poller waits for news. */
    async play() {
      const run = poller.run(controller.signal)
      await idle.promise
      controller.abort()
      await run
    },
  }
}

const hang = (signal: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new UnknownOutcomeError('telegram.unknown'))),
  )

/** Resolves when the condition holds. */
const until = (condition: () => boolean) => waitFor(condition, { what: `${condition}` })

const conflict = (detail = 'terminated by other getUpdates request') =>
  new RetryableError('telegram.conflict', { detail })
const unavailable = () => new RetryableError('telegram.unavailable')
const waits = (states: PollerState[]) =>
  states.flatMap((s) => (s.phase === 'waiting' ? [[s.reason, s.waitMs]] : []))

describe('poller', () => {
  test('deletes the webhook keeping its updates, then polls with an explicit list', async () => {
    const { play, calls } = setUp([[textFrom(5, 1)]])
    await play()
    assert.deepEqual(calls[0], {
      method: 'deleteWebhook',
      payload: { drop_pending_updates: false },
    })
    assert.deepEqual(calls[1]?.payload, { timeout: 50, allowed_updates: allowedUpdates })
    assert.deepEqual(calls[2]?.payload, {
      timeout: 50,
      allowed_updates: allowedUpdates,
      offset: 6,
    })
  })

  test('confirms a batch only after every update of it is accepted', async () => {
    const slow = Promise.withResolvers<void>()
    const started = Promise.withResolvers<void>()
    const { start, polls, controller } = setUp([[textFrom(1, 1), textFrom(2, 2)]], {
      accept: async (update) => {
        if ((update as { update_id: number }).update_id !== 1) return
        started.resolve()
        await slow.promise
      },
    })
    const run = start()
    await started.promise
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(polls().length, 1)
    slow.resolve()
    await until(() => polls().length >= 2)
    assert.equal(polls()[1]?.payload.offset, 3)
    controller.abort()
    await run
  })

  test('accepts the updates of one person in order and of several at once', async () => {
    const log: string[] = []
    const first = Promise.withResolvers<void>()
    const { play } = setUp([[textFrom(1, 1), textFrom(2, 1), textFrom(3, 2)]], {
      accept: async (update) => {
        const id = (update as { update_id: number }).update_id
        log.push(`start ${id}`)
        if (id === 1) await first.promise
        if (id === 3) first.resolve()
        log.push(`end ${id}`)
      },
    })
    await play()
    assert.deepEqual(log, ['start 1', 'start 3', 'end 3', 'end 1', 'start 2', 'end 2'])
  })

  test('keeps a tap behind the message that the same person sent before it', async () => {
    const log: string[] = []
    const { play } = setUp([[textFrom(1, ANNA.id), tap(2), tap(3, { message: undefined })]], {
      accept: async (update) => {
        const id = (update as { update_id: number }).update_id
        log.push(`start ${id}`)
        await new Promise((resolve) => setImmediate(resolve))
        log.push(`end ${id}`)
      },
    })
    await play()
    assert.deepEqual(log, ['start 1', 'end 1', 'start 2', 'end 2', 'start 3', 'end 3'])
  })

  test('keeps a checkout behind nothing that the same person sent before it', async () => {
    const checkout = { update_id: 2, pre_checkout_query: { id: 'c', from: ANNA } }
    const seen: unknown[] = []
    const { play, offsets } = setUp([[textFrom(1, ANNA.id), checkout]], {
      accept: async (update) => {
        if (update === checkout) return void seen.push(update)
        throw unavailable()
      },
    })
    await play()
    assert.deepEqual(seen, [checkout])
    assert.deepEqual(offsets(), [undefined, 1])
  })

  test('looks at least every three seconds while nothing can be stored', async () => {
    const batches = Array.from({ length: 6 }, () => [textFrom(1, 1)])
    const accept = () => Promise.reject(unavailable())
    const { play, slept } = setUp(batches, { accept, random: () => 1 })
    await play()
    assert.equal(slept.length, 6)
    assert.ok(Math.max(...slept) <= 3_000, `${slept}`)
  })

  test('goes on behind an update that can never be committed: it becomes a dead letter', async () => {
    const letters: NewDeadLetter[] = []
    const handle = async (update: unknown): Promise<Translation> => {
      const { update_id: id } = update as { update_id: number }
      if (id === 1) throw new Error('relation "x" does not exist')
      return { kind: 'ignored', what: 'nothing' }
    }
    const accept = createAccept(Promise.resolve({ handle, translate: handle }), {
      crashAt: () => {},
      deadLetter: async (letter) => void letters.push(letter),
    })
    const batch = [textFrom(1, 1), textFrom(2, 2)]
    const { play, offsets } = setUp([batch, batch, batch, batch, batch, []], { accept })
    await play()
    assert.deepEqual(offsets(), [undefined, 1, 1, 1, 1, 3, 3])
    assert.equal(letters.length, 1)
    assert.match(letters[0]?.error ?? '', /could not be committed: relation "x" does not exist/)
    const { raw } = JSON.parse(String(letters[0]?.payload)) as { raw: string }
    assert.deepEqual(JSON.parse(raw), batch[0])
  })

  test('never gives up an update because the database is away or the process ends', () => {
    const hopeless = createHopelessUpdates()
    for (let n = 0; n < 1_000; n += 1) {
      assert.equal(hopeless.failed(1, unavailable()), false)
      assert.equal(hopeless.failed(2, new RetryableError('runtime.draining')), false)
    }
    // Others are committed: what keeps this one back is in itself.
    hopeless.committed(3)
    assert.equal(hopeless.failed(1, unavailable()), true)
    assert.equal(hopeless.failed(2, new RetryableError('runtime.draining')), false)
    // One that was committed in the end is as good as new.
    hopeless.committed(1)
    assert.equal(hopeless.failed(1, new Error('unforeseen')), false)
  })

  test('stops the offset before a rejected update and tries it again', async () => {
    const batch = [textFrom(1, 1), textFrom(2, 2), textFrom(3, 2), textFrom(4, 1)]
    const failures = [unavailable(), new Error('database away')]
    const accepted: number[] = []
    const { play, offsets, slept, states } = setUp([batch, batch.slice(1), batch.slice(1)], {
      accept: async (update) => {
        const id = (update as { update_id: number }).update_id
        const failure = id === 2 && failures.shift()
        if (failure) throw failure
        accepted.push(id)
      },
    })
    await play()
    assert.deepEqual(offsets(), [undefined, 2, 2, 5])
    assert.deepEqual([...new Set(accepted)].sort(), [1, 2, 3, 4])
    assert.ok(accepted.indexOf(2) < accepted.indexOf(3), 'in order within a chat')
    assert.deepEqual(slept, [1000, 2000])
    assert.deepEqual(waits(states), [
      ['input', 1000],
      ['input', 2000],
    ])
  })

  test('goes on after 409 for ever, from 3 to 30 seconds', async () => {
    const { play, slept, states } = setUp(Array.from({ length: 6 }, () => conflict()))
    await play()
    assert.deepEqual(slept, [3000, 6000, 12_000, 24_000, 30_000, 30_000])
    assert.deepEqual(states.at(-1), { phase: 'stopped' })
  })

  test('deletes the webhook again when somebody has set one', async () => {
    const detail = "can't use getUpdates method while webhook is active"
    const { play, calls } = setUp([conflict(detail), []])
    await play()
    assert.deepEqual(
      calls.map((c) => c.method),
      ['deleteWebhook', 'getUpdates', 'deleteWebhook', 'getUpdates', 'getUpdates'],
    )
  })

  test('tries once a minute while the token is refused, loudly', async () => {
    const unauthorized = new RetryableError('telegram.unauthorized')
    const { play, slept, lines } = setUp([unauthorized, unauthorized, [textFrom(1, 1)]])
    await play()
    assert.deepEqual(slept, [60_000, 60_000])
    assert.ok(lines.some((line) => line.includes('telegram.unauthorized')))
  })

  test('waits as long as a 429 asks, and doubles up to 30 s on everything else', async () => {
    const flooded = new RetryableError('telegram.flooded', { retryAfterMs: 41_000 })
    const odd = (async () => 'not a list') as unknown as Answer
    const faults = [unavailable(), new UnknownOutcomeError('telegram.unknown'), odd]
    const { play, slept } = setUp([
      flooded,
      ...faults,
      ...Array.from({ length: 3 }, unavailable),
      [textFrom(1, 1)],
      unavailable(),
    ])
    await play()
    assert.deepEqual(slept, [41_000, 1000, 2000, 4000, 8000, 16_000, 30_000, 1000])
  })

  test('keeps trying to delete the webhook', async () => {
    const { play, calls, slept } = setUp([], { deletions: [unavailable(), conflict()] })
    await play()
    assert.equal(calls.filter((c) => c.method === 'deleteWebhook').length, 3)
    assert.deepEqual(slept, [1000, 3000])
  })

  test('accepts garbage among the updates and never stumbles over it', async () => {
    const seen: unknown[] = []
    const { play, offsets } = setUp([[null, 'x', { update_id: 'y' }, textFrom(7, 1)], [null]], {
      accept: async (update) => void seen.push(update),
    })
    await play()
    assert.equal(seen.length, 5)
    assert.deepEqual(offsets(), [undefined, 8, 8])
  })

  test('follows the numbers of the server when they start again lower', async () => {
    const { play, offsets } = setUp([[textFrom(900, 1)], [textFrom(3, 1)]])
    await play()
    assert.deepEqual(offsets(), [undefined, 901, 4])
  })

  test('does not spin when a server answers empty at once', async () => {
    const { play, slept } = setUp([[], []])
    await play()
    assert.deepEqual(slept, [500, 500])
  })

  test('returns within a few turns of the event loop when aborted in a poll, in a wait and in an accept', async () => {
    const never = new Promise<never>(() => {})
    const reached = Promise.withResolvers<void>()
    const realSleep = (_: number, signal: AbortSignal) => {
      reached.resolve()
      return hang(signal)
    }
    const inAccept = () => {
      reached.resolve()
      return never
    }
    for (const overrides of [
      { answers: [] as Answer[] },
      { answers: [unavailable()], sleep: realSleep },
      { answers: [[textFrom(1, 1)]], accept: inAccept },
    ]) {
      const { answers, ...deps } = overrides
      const { start, polls, controller } = setUp(answers, deps)
      const run = start()
      await until(() => polls().length > 0)
      if (answers.length > 0 || deps.sleep || deps.accept) await reached.promise
      controller.abort()
      let turns = 0
      const over = run.then(() => true)
      while (!(await Promise.race([over, nextTurn(false)]))) turns += 1
      assert.ok(turns < 50, `${turns} turns`)
    }
  })
})

describe('poller against the strict server', () => {
  async function setUpServer(t: TestContext) {
    const clock = { aheadMs: 0 }
    const telegram = await startFakeTelegram({ now: () => Date.now() + clock.aheadMs })
    t.after(() => telegram.close())
    telegram.addBot({ token: TOKEN, username: 'TrtTestBot' })
    const accepted: number[] = []
    const start = (overrides: Partial<PollerDeps> = {}) => {
      const api = createTelegramApi({ token: TOKEN, apiRoot: telegram.url })
      const { lines, log } = memoryLog()
      const states: PollerState[] = []
      const controller = new AbortController()
      const poller = createPoller({
        api,
        accept: async (update) => void accepted.push((update as { update_id: number }).update_id),
        allowedUpdates,
        now: Date.now,
        random: () => 0,
        // Waits are for real servers; here one turn of the loop is enough.
        sleep: () => new Promise((resolve) => setImmediate(resolve)),
        log,
        onState: (state) => states.push(state),
        ...overrides,
      })
      const run = poller.run(controller.signal)
      const stop = async () => {
        controller.abort()
        await run
        api.close()
      }
      t.after(stop)
      return { stop, lines, states }
    }
    return { telegram, accepted, start, clock }
  }

  test('takes what people write, past every fault of the server, and each once', async (t) => {
    const { telegram, accepted, start } = await setUpServer(t)
    const anna = telegram.control.user(501)
    for (let i = 0; i < 5; i++) anna.sendText(`before ${i}`)
    const codes: [Parameters<typeof telegram.control.faults.add>[0], ErrorCode][] = [
      [{ kind: 'flood', retryAfter: 1 }, 'telegram.flooded'],
      [{ kind: 'server-error' }, 'telegram.unavailable'],
      [{ kind: 'reset-after' }, 'telegram.unknown'],
      [{ kind: 'reset-before' }, 'telegram.unknown'],
      [{ kind: 'garbage' }, 'telegram.unknown'],
      [{ kind: 'unauthorized' }, 'telegram.unauthorized'],
      [{ kind: 'not-found' }, 'telegram.unauthorized'],
      [{ kind: 'conflict' }, 'telegram.conflict'],
    ]
    for (const [fault] of codes) telegram.control.faults.add({ ...fault, method: 'getUpdates' })
    const { states, lines } = start()
    await until(() => accepted.length >= 5 && telegram.control.pendingUpdates().length === 0)
    anna.sendText('after')
    await until(() => accepted.length >= 6 && telegram.control.pendingUpdates().length === 0)
    assert.equal(new Set(accepted).size, 6)
    assert.equal(accepted.length, 6)
    assert.deepEqual(
      waits(states).map(([reason]) => reason),
      codes.map(([, code]) => code),
    )
    assert.ok(!lines.join().includes(TOKEN.slice(7)), 'the log contains the token')
  })

  test('loses nothing when a webhook was set before, and takes it away again', async (t) => {
    const { telegram, accepted, start, clock } = await setUpServer(t)
    const api = createTelegramApi({ token: TOKEN, apiRoot: telegram.url })
    t.after(() => api.close())
    await api.call('setWebhook', { url: 'https://127.0.0.1:1/hook' })
    telegram.control.user(501).sendText('while the webhook was dead')
    start()
    await until(() => accepted.length === 1)
    // setWebhook is refused when it comes twice within a second.
    clock.aheadMs += 2000
    await api.call('setWebhook', { url: 'https://127.0.0.1:1/hook' })
    telegram.control.user(501).sendText('again')
    await until(() => accepted.length === 2)
    assert.equal((await api.call('getWebhookInfo', {})).url, '')
  })

  test('an aborted poller leaves its unconfirmed updates to the next one', async (t) => {
    const { telegram, accepted, start } = await setUpServer(t)
    const stuck: unknown[] = []
    const first = start({
      accept: (update) => {
        stuck.push(update)
        return new Promise(() => {})
      },
    })
    telegram.control.user(501).sendText('hello')
    await until(() => stuck.length > 0)
    await first.stop()
    start()
    await until(() => accepted.length === 1 && telegram.control.pendingUpdates().length === 0)
  })
})
