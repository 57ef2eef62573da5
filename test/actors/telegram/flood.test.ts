import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFloodGate, type Turn } from '../../../src/actors/telegram/flood.ts'
import { RetryableError, TerminalError } from '../../../src/errors.ts'

/** A gate on a clock that only `advance` moves; `passed` lists what was let through, and when. */
function gateWithClock(maxChats?: number) {
  let clock = 1_000_000
  const begun = clock
  let calls: { at: number; call: () => void }[] = []
  let jumped = 0
  const gate = createFloodGate({
    now: () => clock + jumped,
    after(ms, call) {
      const entry = { at: clock + ms, call }
      calls.push(entry)
      return () => {
        calls = calls.filter((other) => other !== entry)
      }
    },
    ...(maxChats ? { maxChats } : {}),
  })
  const passed: [name: string | number, at: number][] = []
  return {
    gate,
    passed,
    jump(ms: number) {
      jumped += ms
    },
    ask(chatId: number, turn?: Turn, name: string | number = chatId) {
      void gate.turn(chatId, turn).then(() => passed.push([name, clock - begun]))
    },
    async advance(ms: number) {
      const end = clock + ms
      await settle()
      for (;;) {
        const next = calls.toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined || next.at > end) break
        clock = Math.max(clock, next.at)
        calls = calls.filter((other) => other !== next)
        next.call()
        await settle()
      }
      clock = end
    },
  }
}

const settle = () => new Promise(setImmediate)
const flooded = (retryAfterMs: number) => new RetryableError('telegram.flooded', { retryAfterMs })

describe('the flood gate', () => {
  test('lets a burst of three messages pass, then one a second for a chat', async () => {
    const { ask, passed, advance, gate } = gateWithClock()
    for (let i = 0; i < 5; i++) ask(1)
    await advance(10_000)
    assert.deepEqual(
      passed.map(([, at]) => at),
      [0, 0, 0, 1_000, 2_000],
    )
    assert.equal(gate.delayMs(1), 0)
  })

  test('keeps edits apart from messages, with a wider budget for a chat', async () => {
    const { ask, passed, advance } = gateWithClock()
    for (let i = 0; i < 3; i++) ask(1, { kind: 'message' })
    for (let i = 0; i < 10; i++) ask(1, { kind: 'edit' }, 'edit')
    await advance(600)
    assert.equal(passed.filter(([name]) => name === 'edit').length, 10)
    assert.equal(passed.at(-1)?.[1], 500)
  })

  test('refuses a longer wait to who holds a slot, and does not count it', async () => {
    const { gate, ask, passed, advance } = gateWithClock()
    for (let i = 0; i < 6; i++) ask(1)
    const refused = { code: 'telegram.flooded' }
    await assert.rejects(gate.pass(1), refused)
    await assert.rejects(gate.pass(1), refused)
    await advance(10_000)
    assert.equal(passed.length, 6)
    await gate.pass(1)
  })

  test('holds only the chat that Telegram flooded', async () => {
    const { gate, ask, passed, advance } = gateWithClock()
    gate.hold(1, 60_000)
    await assert.rejects(gate.pass(1), { code: 'telegram.flooded', retryAfterMs: 60_000 })
    ask(1)
    ask(2)
    gate.hold(1, 5_000)
    assert.equal(gate.delayMs(1), 60_000, 'a shorter answer does not open the gate earlier')
    await advance(60_000)
    assert.deepEqual(passed, [
      [2, 0],
      [1, 60_000],
    ])
  })

  test('counts for nothing in the wait of others the chats that are held', async () => {
    const { gate, ask, advance } = gateWithClock()
    for (let chat = 1; chat <= 500; chat++) {
      gate.hold(chat, 3_600_000)
      ask(chat)
    }
    await gate.pass(1_000)
    await advance(60_000)
    assert.equal(gate.waiting(), 500)
  })

  test('sees that a hold is over when the clock was moved on', async () => {
    const { gate, ask, passed, advance, jump } = gateWithClock()
    gate.hold(1, 40 * 24 * 3_600_000)
    ask(1)
    await advance(5_000)
    assert.deepEqual(passed, [])
    jump(40 * 24 * 3_600_000)
    await advance(5_000)
    assert.equal(passed.length, 1)
  })

  test('spends at least 95 % of the budget of some thirty messages a second', async () => {
    const { ask, passed, advance } = gateWithClock()
    for (let chat = 1; chat <= 600; chat++) ask(chat)
    await advance(20_000)
    const budget = 10 + Math.floor(20_000 / 34)
    assert.ok(passed.length <= budget && passed.length >= 0.95 * Math.min(600, budget))
  })

  test('lets the more important go first, until waiting makes up for it', async () => {
    const { ask, passed, advance } = gateWithClock()
    for (let chat = 1; chat <= 10; chat++) ask(chat)
    ask(20, { priority: 'broadcast' }, 'broadcast')
    ask(21, { priority: 'notice' }, 'notice')
    ask(22, { priority: 'payment' }, 'payment')
    ask(23, { priority: 'result' }, 'result')
    await advance(1_000)
    assert.deepEqual(
      passed.slice(10).map(([name]) => name),
      ['payment', 'result', 'notice', 'broadcast'],
    )
    // Results without end: a mailing that waits eight seconds goes before the newer ones.
    const busy = gateWithClock()
    for (let chat = 1; chat <= 10; chat++) busy.ask(chat)
    busy.ask(99, { priority: 'broadcast' }, 'broadcast')
    for (let chat = 100; chat < 500; chat++) {
      busy.ask(chat, { priority: 'result' })
      await busy.advance(30)
    }
    const at = busy.passed.find(([name]) => name === 'broadcast')?.[1]
    assert.ok(at !== undefined && at > 1_000 && at <= 8_000, `${at}`)
  })

  test('one chat that asks without end costs the others nothing but its share', async () => {
    const { ask, passed, advance } = gateWithClock()
    for (let i = 0; i < 200; i++) ask(1, undefined, 'busy')
    for (let chat = 2; chat <= 6; chat++) ask(chat, undefined, 'calm')
    await advance(50)
    assert.equal(passed.filter(([name]) => name === 'calm').length, 5)
  })

  test('learns the hold from the call itself and passes errors on', async () => {
    const { gate } = gateWithClock()
    assert.equal(await gate.watch(1, async () => 'sent'), 'sent')
    await assert.rejects(
      gate.watch(1, () => Promise.reject(flooded(9000))),
      flooded(9000),
    )
    assert.equal(gate.delayMs(1), 9000)
    const blocked = new TerminalError('telegram.blocked')
    await assert.rejects(
      gate.watch(2, () => Promise.reject(blocked)),
      blocked,
    )
    assert.equal(gate.delayMs(2), 0)
  })

  test('gives back what was not sent', async () => {
    const { gate, ask, passed, advance } = gateWithClock()
    for (let i = 0; i < 4; i++) ask(1)
    await advance(0)
    assert.equal(passed.length, 3)
    gate.giveBack(1)
    await advance(0)
    assert.equal(passed.length, 4)
  })

  test('ends a wait when aborted, and forgets it', async () => {
    const gate = createFloodGate({ now: () => 0 })
    gate.hold(1, 2500)
    await assert.rejects(gate.turn(1, { signal: AbortSignal.timeout(5) }), { name: 'TimeoutError' })
    assert.equal(gate.waiting(), 0)
  })

  test('forgets the oldest holds beyond its bound, and those that are over', async () => {
    const { gate, advance } = gateWithClock(3)
    for (let chat = 1; chat <= 5; chat++) gate.hold(chat, 60_000)
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((chat) => gate.delayMs(chat) > 0),
      [false, false, true, true, true],
    )
    await advance(60_000)
    gate.hold(6, 1000)
    assert.deepEqual([gate.delayMs(5), gate.delayMs(6)], [0, 1000])
  })
})
