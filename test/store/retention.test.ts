import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { JOB_STATUSES } from '../../src/machines/job/statuses.ts'
import { createDb } from '../../src/store/db.ts'
import { countStates } from '../../src/store/engine/state-counts.ts'
import { dueForRetention, retain } from '../../src/store/retention.ts'
import { createDatabase } from '../support/database.ts'

const options = { now: Date.now(), ended: JOB_STATUSES.ended }

/** A delivered order of so many days ago, with all that it left; `lives`: it still goes on. */
const order = (id: string, days: number, { lives = false } = {}) => `
  insert into jobs (id, user_id, chat_id, model_id, status, price_kopecks, credits, input,
      created_at, updated_at)
    values ('${id}', 1, 1, 'z-image', '${lives ? 'created' : 'delivered'}', 0, 1, '{"prompt": "кот"}',
      now() - interval '${days} days', now() - interval '${days} days');
  insert into actors (id, machine, machine_version, version, status, state, snapshot, timers)
    values ('job:${id}', 'job', 2, 9, 'active', 'delivered', '{}', '{}');
  insert into state_counts values ('job', 'delivered', 1, 1)
    on conflict (machine, state, slot) do update set count = state_counts.count + 1;
  insert into journal (actor_id, seq, key, at, event, state, effects)
    select 'job:${id}', n, 'k' || n, now() - interval '${days} days', '{}', 's', '[]'
    from generate_series(1, 9) n;
  insert into sends (key, chat_id, status, method, sent_at, started_at)
    values ('job:${id}:0', 1, 'sent', 'sendPhoto', now(), now() - interval '${days} days'),
      ('notice:${id}', 1, 'sent', 'sendMessage', now(), now() - interval '${days} days')`

describe('retention', async () => {
  const { pool } = await createDatabase({})
  const db = createDb(pool)
  await pool.query(`insert into users (id, language) values (1, 'ru');
    ${[order('new', 10), order('older', 50), order('old', 100), order('words', 200)].join(';')};
    ${[order('kept', 201), order('ancient', 500), order('stuck', 300, { lives: true })].join(';')};
    insert into favourites (user_id, job_id, saved, step) values (1, 'kept', true, 1);
    insert into broadcasts (id, made_by, status, fixed_at, updated_at) values
      ('b-old', 1, 'done', now(), now() - interval '200 days'),
      ('b-new', 1, 'done', now(), now() - interval '100 days');
    insert into broadcast_recipients (broadcast_id, user_id, status, changed_at)
      select b, 1, 'sent', now() - interval '200 days' from unnest(array['b-old', 'b-new']) b;
    insert into dead_letters (kind, subject, key, payload, error, created_at, replayed_at) values
      ('event', 'a', '1', '{}', 'e', now() - interval '200 days', null),
      ('event', 'a', '2', '{}', 'e', now() - interval '100 days', null),
      ('event', 'a', '3', '{}', 'e', now() - interval '100 days', now() - interval '40 days')`)
  await pool.query(`
    insert into actors (id, machine, machine_version, version, status, state, snapshot, updated_at)
      values ('topup:closed', 'topup', 2, 2, 'done', 'closed', '{}', now() - interval '2 days'),
        ('topup:just now', 'topup', 2, 2, 'done', 'closed', '{}', now());
    insert into state_counts values ('topup', 'closed', 1, 2);
    insert into journal (actor_id, seq, key, at, event, state, effects)
      values ('topup:closed', 1, 'k', now() - interval '2 days', '{}', 's', '[]'),
        ('topup:closed', 2, 'l', now() - interval '2 days', '{}', 's', '[]');
    insert into alerts values ('old', now() - interval '31 days'), ('new', now())`)
  const ids = async (text: string) => (await pool.query(text)).rows.map(({ id }) => id as string)
  const journals = () =>
    ids(
      "select distinct substr(actor_id, 5) as id from journal where actor_id like 'job:%' order by 1",
    )

  test('says what would go and leaves it', async () => {
    assert.partialDeepStrictEqual(await dueForRetention(db, options), {
      'journal of orders': 5 * 9,
      'actors of orders': 4,
      'words of orders': 2,
      'sends of notices': 6,
      'sends of results': 1,
      'dead letters': 1,
      'replayed dead letters': 1,
      'journal of closed actors': 2,
      'closed actors': 1,
      'recipients of broadcasts': 1,
      alarms: 1,
    })
    assert.equal((await journals()).length, 7)
  })

  test('takes what became due lately, and all of it when asked to look at all', async () => {
    const lately = await retain(db, options)
    assert.partialDeepStrictEqual(lately, {
      'journal of orders': 2 * 9,
      'actors of orders': 1,
      'words of orders': 1,
      'dead letters': 1,
      'replayed dead letters': 1,
    })
    await retain(db, { ...options, full: true })
    assert.deepEqual(await journals(), ['new', 'stuck'])
    const actors = "select substr(id, 5) as id from actors where id like 'job:%' order by 1"
    assert.deepEqual(await ids(actors), ['new', 'older', 'stuck'])
    const counts = (await countStates(db)).toSorted((a, b) => (a.machine < b.machine ? -1 : 1))
    assert.deepEqual(counts, [
      { machine: 'job', state: 'delivered', count: 3 },
      { machine: 'topup', state: 'closed', count: 1 },
    ])
    assert.deepEqual(
      await ids("select id from actors where id like 'topup:%'"),
      ['topup:just now'],
      'what is closed is archived',
    )
    assert.deepEqual(await ids('select topic as id from alerts'), ['new'])
    const words = "select id from jobs where input <> '{}' order by 1"
    assert.deepEqual(await ids(words), ['kept', 'new', 'old', 'older', 'stuck'])
    const results =
      "select split_part(key, ':', 2) as id from sends where key like 'job:%' order by 1"
    assert.equal((await ids(results)).includes('ancient'), false)
    assert.equal((await ids(results)).length, 6)
    const notices = "select split_part(key, ':', 2) as id from sends where key like 'notice:%'"
    assert.deepEqual(await ids(notices), ['new'])
    const kept = await ids('select broadcast_id as id from broadcast_recipients')
    assert.deepEqual(kept, ['b-new'])
    assert.equal((await ids('select id from jobs')).length, 7, 'orders themselves stay')
    const none = Object.values(await dueForRetention(db, options))
    assert.deepEqual([...new Set(none)], [0])
  })
})
