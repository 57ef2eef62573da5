import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { askForReplay } from '../../../src/actors/effects/ask-for-replay.ts'
import { createReplayEffect } from '../../../src/actors/effects/dead-letter.ts'
import type { Envelope, Receipt } from '../../../src/actors/engine/envelope.ts'
import type { Runtime } from '../../../src/actors/engine/runtime.ts'
import { createDb } from '../../../src/store/db.ts'
import {
  listDeadLetters,
  type NewDeadLetter,
  writeDeadLetter,
} from '../../../src/store/engine/dead-letters.ts'
import { createDatabase } from '../../support/database.ts'
import { jobOf } from './bench.ts'

const committed: Receipt = { outcome: 'committed', seq: 1, state: 'x' }

/** One dead letter, and a replay whose every way out is recorded. */
async function start(t: TestContext, letter: NewDeadLetter, receipt: Receipt = committed) {
  const { pool } = await createDatabase(t)
  const db = createDb(pool)
  await writeDeadLetter(db, letter)
  const [kept] = await listDeadLetters(db, 1)
  assert.ok(kept)
  const { id } = kept
  const sent: Envelope[] = []
  const updates: unknown[] = []
  const runtime = {
    send: async (envelope: Envelope) => {
      sent.push(envelope)
      return receipt
    },
  } as Runtime
  const { handler } = createReplayEffect({
    db,
    runtime,
    log: pino({ level: 'silent' }),
    takeUpdate: async (update) => void updates.push(update),
  })
  await askForReplay(db, id, 5)
  await askForReplay(db, id, 6)
  return {
    id,
    sent,
    added: async () =>
      (await pool.query(`select * from effects where type <> 'dead-letter.replay'`)).rows,
    asked: async () =>
      (await pool.query(`select * from effects where type = 'dead-letter.replay'`)).rows,
    updates,
    replay: () =>
      handler(jobOf({ id }, { actor: `dead-letter:${id}` }), new AbortController().signal),
    waiting: async () => (await listDeadLetters(db, 10)).length,
  }
}

const event = { type: 'text.received', text: 'hello' }
const poisoned: NewDeadLetter = {
  kind: 'event',
  subject: 'conversation:1:2',
  key: 'tg:7',
  payload: JSON.stringify({ actor: 'conversation:1:2', key: 'tg:7', event, at: 5 }),
  error: 'Error: boom',
}

describe('dead letter', () => {
  test('gives an event to its actor under a key of its own, once', async (t) => {
    const letter = await start(t, poisoned)
    await letter.replay()
    await letter.replay()
    const key = `tg:7:replay:${letter.id}`
    assert.deepEqual(letter.sent, [{ actor: 'conversation:1:2', key, event, at: 5 }])
    assert.equal(await letter.waiting(), 0)
  })

  test('stays when the event fails again', async (t) => {
    const receipt: Receipt = { outcome: 'poisoned', error: new Error('boom') }
    const letter = await start(t, poisoned, receipt)
    await letter.replay()
    assert.equal(await letter.waiting(), 1)
  })

  test('adds an effect again as a first try', async (t) => {
    const job = { actor: 'job:a', seq: 3, index: 0, at: 1, attempt: 25, params: { chatId: 2 } }
    const letter = await start(t, {
      kind: 'effect',
      subject: 'job:a',
      key: 'telegram.deliver:job:a#3.0',
      payload: JSON.stringify(job),
      error: 'gone',
    })
    await letter.replay()
    assert.partialDeepStrictEqual(await letter.added(), [
      { actor_id: 'job:a', type: 'telegram.deliver', seq: 3, index: 0, attempt: 1 },
    ])
    assert.equal(await letter.waiting(), 0)
  })

  test('of an effect that nobody handles any more stays, instead of waiting in the queue', async (t) => {
    const letter = await start(t, {
      kind: 'effect',
      subject: 'job:a',
      key: 'telegram.wave:job:a#3.0',
      payload: JSON.stringify({ actor: 'job:a', seq: 3, index: 0, at: 1, attempt: 2, params: {} }),
      error: 'gone',
    })
    await letter.replay()
    assert.deepEqual([await letter.added(), await letter.waiting()], [[], 1])
  })

  test('reads a callback again', async (t) => {
    const raw = JSON.stringify({ code: 501, data: { taskId: 'T', state: 'fail', failCode: '501' } })
    const letter = await start(t, {
      kind: 'callback',
      subject: 'a',
      key: 'digest',
      payload: JSON.stringify({ raw }),
      error: 'failed',
    })
    await letter.replay()
    assert.equal(letter.sent[0]?.actor, 'job:a')
    assert.equal(letter.sent[0]?.key, 'kie:a:failed')
    assert.equal(await letter.waiting(), 0)
  })

  test('takes an update as if it had just come', async (t) => {
    const letter = await start(t, {
      kind: 'update',
      subject: 'telegram',
      key: 'tg:9',
      payload: JSON.stringify({ raw: '{"update_id":9}' }),
      error: 'unreadable',
    })
    await letter.replay()
    assert.deepEqual(letter.updates, [{ update_id: 9 }])
    assert.equal(await letter.waiting(), 0)
  })
})
