import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Envelope, Receipt } from '../../../src/actors/engine/envelope.ts'
import { createTimerRunner } from '../../../src/actors/engine/timer-runner.ts'
import { RetryableError } from '../../../src/errors.ts'
import { createDb } from '../../../src/store/db.ts'
import { createDatabase } from '../../support/database.ts'
import { waitFor } from '../../support/wait.ts'

/** Timers in a database, and what reaches their actors; a step removes its timer, as real ones do. */
async function start(
  t: TestContext,
  answer: (envelope: Envelope, nth: number) => Receipt | Error = () => ({
    outcome: 'committed',
    seq: 4,
    state: 'failed',
  }),
) {
  const { pool } = await createDatabase(t)
  const sent: Envelope[] = []
  let clock = 1_000_000
  const send = async (envelope: Envelope) => {
    sent.push(envelope)
    const given = answer(envelope, sent.length)
    if (given instanceof Error) throw given
    if (given.outcome === 'committed') {
      await pool.query('delete from timers where actor_id = $1', [envelope.actor])
    }
    return given
  }
  const deps = { db: createDb(pool), send, now: () => clock, everyMs: 20 }
  const runners = [createTimerRunner(deps), createTimerRunner(deps)]
  t.after(() => Promise.all(runners.map((runner) => runner.stop())))
  return {
    pool,
    sent,
    runners,
    at(time: number) {
      clock = time
    },
    set: (actor: string, dueAt: number, seq = 3) =>
      pool.query(
        `insert into timers (actor_id, id, seq, due_at, event)
         values ($1, 'after.limit', $2, to_timestamp($3::float8 / 1000), '{"type": "after.limit"}')`,
        [actor, seq, dueAt],
      ),
    left: async () => (await pool.query('select actor_id from timers')).rows.length,
  }
}

describe('timers', () => {
  test('fire once they are due by the clock that set them, as their actors’ events', async (t) => {
    const { set, sent, at, left, runners } = await start(t)
    await set('job:1', 1_500_000)
    await set('job:2', 2_500_000)
    runners[0]?.start()
    at(2_000_000)
    await waitFor(async () => (await left()) === 1, { what: 'the first timer to fire' })
    assert.deepEqual(sent, [
      {
        actor: 'job:1',
        key: 'timer:after.limit:3',
        event: { type: 'after.limit' },
        timer: { id: 'after.limit', seq: 3 },
      },
    ])
  })

  test('fire once each, however many processes look for them', async (t) => {
    const { pool, sent, at, left, runners } = await start(t)
    await pool.query(`insert into timers (actor_id, id, seq, due_at, event)
      select 'job:' || i, 'after.limit', 1, to_timestamp(1000), '{"type": "after.limit"}'
      from generate_series(1, 700) i`)
    at(2_000_000)
    for (const runner of runners) runner.start()
    await waitFor(async () => (await left()) === 0, { what: 'all of them to fire' })
    assert.equal(new Set(sent.map(({ actor }) => actor)).size, 700)
    assert.equal(sent.length, 700)
  })

  test('go when they were superseded', async (t) => {
    const { set, at, left, runners } = await start(t, () => ({ outcome: 'duplicate' }))
    await set('job:1', 1_000)
    at(2_000_000)
    runners[0]?.start()
    await waitFor(async () => (await left()) === 0, { what: 'the timer to go' })
  })

  test('are sent again while the database is away', async (t) => {
    const { set, sent, left, runners } = await start(t, (_, nth) =>
      nth < 3
        ? new RetryableError('database.unavailable')
        : { outcome: 'committed', seq: 4, state: 'failed' },
    )
    await set('job:1', 1_000)
    runners[0]?.start()
    await waitFor(async () => (await left()) === 0, { what: 'the third send' })
    assert.equal(sent.length, 3)
  })

  test('that a dead process had claimed are delivered by another', async (t) => {
    const { pool, set, sent, left, runners } = await start(t)
    await set('job:1', 1_000)
    await pool.query(`update timers set claimed_until = now() + interval '1 hour'`)
    runners[0]?.start()
    await set('job:2', 1_000)
    await waitFor(async () => (await left()) === 1, { what: 'the other timer' })
    assert.deepEqual(
      sent.map(({ actor }) => actor),
      ['job:2'],
    )
    await pool.query(`update timers set claimed_until = now() - interval '1 second'`)
    await waitFor(async () => (await left()) === 0, { what: 'the claim to run out' })
  })
})
