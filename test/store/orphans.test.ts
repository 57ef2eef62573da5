import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { JOB_STATUSES } from '../../src/machines/job/statuses.ts'
import { createDb } from '../../src/store/db.ts'
import {
  askAboutOrders,
  findOrphans,
  lettersOf,
  lettersOfOlderPrograms,
} from '../../src/store/orphans.ts'
import { createDatabase } from '../support/database.ts'

const options = { now: Date.now(), ended: JOB_STATUSES.ended }

describe('orphans', async () => {
  const { pool } = await createDatabase({})
  const db = createDb(pool)
  const found = async () =>
    Object.fromEntries((await findOrphans(db, options)).map(({ what, count }) => [what, count]))

  test('are none where everything goes its way', async () => {
    await pool.query(`insert into users (id, language) values (1, 'ru');
      insert into jobs (id, user_id, chat_id, model_id, status, price_kopecks, credits, input)
        values ('new', 1, 1, 'z-image', 'created', 0, 1, '{}');
      insert into timers (actor_id, id, seq, due_at, event)
        values ('job:new', 'xstate.after.pollPause.job', 1, now() + interval '1 minute', '{}');
      insert into effects (actor_id, key, type, seq, index, payload, attempt)
        values ('job:new', '1.0', 'x', 1, 0, '{}', 30);
      insert into sends (key, chat_id, status) values ('a', 1, 'sending')`)
    assert.deepEqual(await found(), {})
  })

  test('are named by kind, with their number', async () => {
    await pool.query(`
      update jobs set created_at = now() - interval '5 hours';
      update effects set added_at = now() - interval '2 hours';
      update sends set started_at = now() - interval '2 hours';
      insert into timers (actor_id, id, seq, due_at, event)
        values ('job:old', 'x', 1, now() - interval '1 hour', '{}');
      insert into dead_letters (kind, subject, key, payload, error, replayed_at) values
        ('callback', 'a', '1', '{}', 'e', null), ('callback', 'a', '2', '{}', 'e', null),
        ('event', 'a', '1', '{}', 'e', now())`)
    assert.deepEqual(await found(), {
      'orders that neither end nor fail': 1,
      'effects that fail again and again': 1,
      'timers that nobody fires': 1,
      'sends without an end': 1,
      'dead letters: callback': 2,
    })
    assert.equal((await lettersOf(db, 'callback')).length, 2)
    assert.deepEqual(await lettersOf(db, 'event'), [])
  })

  test('that an older program refused are found by whoever knows the version, but for claims', async () => {
    await pool.query(`
      insert into actors (id, machine, machine_version, version, status, state, snapshot)
        values ('job:v3', 'job', 3, 1, 'active', 'created', '{}'),
          ('job:v4', 'job', 4, 1, 'active', 'created', '{}');
      insert into dead_letters (kind, subject, key, payload, error) values
        ('event', 'job:v3', 'report', '{"event": {"type": "task.reported"}}', 'Error: Unfit. job:v3'),
        ('event', 'job:v3', 'claim', '{"event": {"type": "create.claimed"}}', 'Error: Unfit. job:v3'),
        ('event', 'job:v3', 'other', '{"event": {"type": "task.reported"}}', 'It threw.'),
        ('event', 'job:v4', 'report', '{"event": {"type": "task.reported"}}', 'Error: Unfit. job:v4')`)
    const keys = async (versions: Record<string, number>) => {
      const ids = await lettersOfOlderPrograms(db, { error: 'Unfit.', versions })
      const { rows } = await pool.query(
        'select subject || key as k from dead_letters where id = any ($1)',
        [ids],
      )
      return rows.map(({ k }) => k as string).sort()
    }
    assert.deepEqual(await keys({ job: 2 }), [])
    assert.deepEqual(await keys({ job: 3, topup: 2 }), ['job:v3report'])
    assert.deepEqual(await keys({ job: 4 }), ['job:v3report', 'job:v4report'])
    await pool.query("delete from dead_letters where subject like 'job:v%'")
  })

  test('that wait for the provider have it asked now', async () => {
    assert.equal(await askAboutOrders(db, options), 1)
    const due = 'select from timers where due_at <= now() and actor_id = $1'
    assert.equal((await pool.query(due, ['job:new'])).rowCount, 1)
  })
})
