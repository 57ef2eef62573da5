import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFloodGate } from '../../../src/actors/telegram/flood.ts'
import { RetryableError, TerminalError } from '../../../src/errors.ts'

/** A gate whose sleeps advance its clock: waiting costs the tests no time. */
function gateWithClock(maxChats?: number) {
  let clock = 1_000_000
  const slept: number[] = []
  const gate = createFloodGate({
    now: () => clock,
    sleep: async (ms) => {
      slept.push(ms)
    },
    ...(maxChats ? { maxChats } : {}),
  })
  return {
    gate,
    slept,
    advance: (ms: number) => {
      clock += ms
    },
  }
}

const flooded = (retryAfterMs: number) => new RetryableError('telegram.flooded', { retryAfterMs })

describe('flood gate', () => {
  test('lets a burst of three pass, then one a second for a chat', async () => {
    const { gate, slept, advance } = gateWithClock()
    for (let i = 0; i < 5; i++) await gate.pass(1)
    assert.deepEqual(slept, [1000, 2000])
    advance(5000)
    assert.equal(gate.delayMs(1), 0)
  })

  test('sends a longer wait back to the queue and does not count it', async () => {
    const { gate, slept } = gateWithClock()
    for (let i = 0; i < 6; i++) await gate.pass(1)
    const refused = { code: 'telegram.flooded', retryAfterMs: 4000 }
    await assert.rejects(gate.pass(1), refused)
    await assert.rejects(gate.pass(1), refused)
    assert.deepEqual(slept, [1000, 2000, 3000])
  })

  test('holds only the chat that Telegram flooded', async () => {
    const { gate, advance } = gateWithClock()
    gate.hold(1, 60_000)
    await assert.rejects(gate.pass(1), { code: 'telegram.flooded', retryAfterMs: 60_000 })
    await gate.pass(2)
    gate.hold(1, 5_000)
    assert.equal(gate.delayMs(1), 60_000, 'a shorter answer does not open the gate earlier')
    advance(60_000)
    await gate.pass(1)
  })

  test('allows a burst, then about thirty messages a second over all chats', async () => {
    const { gate, slept, advance } = gateWithClock()
    for (let chat = 1; chat <= 10; chat++) await gate.pass(chat)
    assert.deepEqual(slept, [])
    assert.equal(gate.delayMs(11), 34)
    for (let chat = 11; chat <= 40; chat++) await gate.pass(chat)
    assert.equal(slept.at(-1), 30 * 34)
    advance(40 * 34)
    assert.equal(gate.delayMs(41), 0)
  })

  test('learns the hold from the call itself and passes errors on', async () => {
    const { gate } = gateWithClock()
    assert.equal(await gate.run(1, async () => 'sent'), 'sent')
    await assert.rejects(
      gate.run(1, () => Promise.reject(flooded(9000))),
      flooded(9000),
    )
    assert.equal(gate.delayMs(1), 9000)
    const blocked = new TerminalError('telegram.blocked')
    await assert.rejects(
      gate.run(2, () => Promise.reject(blocked)),
      blocked,
    )
    assert.equal(gate.delayMs(2), 0)
  })

  test('ends a wait when aborted', async () => {
    const gate = createFloodGate({ now: () => 0 })
    gate.hold(1, 2500)
    await assert.rejects(gate.pass(1, AbortSignal.timeout(5)), { name: 'AbortError' })
  })

  test('forgets the oldest holds beyond its bound, and those that are over', () => {
    const { gate, advance } = gateWithClock(3)
    for (let chat = 1; chat <= 5; chat++) gate.hold(chat, 60_000)
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((chat) => gate.delayMs(chat) > 0),
      [false, false, true, true, true],
    )
    advance(60_000)
    gate.hold(6, 1000)
    assert.deepEqual([gate.delayMs(5), gate.delayMs(6)], [0, 1000])
  })
})
