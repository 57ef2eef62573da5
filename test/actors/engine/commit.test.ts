import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type pg from 'pg'
import type { Envelope } from '../../../src/actors/engine/envelope.ts'
import { createPool } from '../../../src/store/database.ts'
import { loadActor } from '../../../src/store/engine/actors.ts'
import { listDeadLetters } from '../../../src/store/engine/dead-letters.ts'
import { readJournal } from '../../../src/store/engine/journal.ts'
import { bookMovements, readAccount } from '../../../src/store/ledger.ts'
import { createProxy } from '../../support/proxy.ts'
import { waitFor } from '../../support/wait.ts'
import { createEngine, type Engine, envelope, outcomeOf } from './stage.ts'

/** A runtime whose way to the database can fail. */
async function createFragileEngine(t: TestContext) {
  const engine = await createEngine(t)
  const proxy = await createProxy(t, engine.url)
  const writers = createPool({ url: proxy.url, max: 2, name: 'fragile', timeoutMs: 400 })
  t.after(() => writers.end())
  return { ...engine, proxy, writers, runtime: engine.another({ writers }) }
}

/** Users with accounts; all but the first have 100 kopecks. */
async function addUsers({ runtime, db }: Engine, ids: readonly number[]) {
  await Promise.all(ids.map((id) => runtime.send(envelope(`person:${id}`, 'greet'))))
  const topUps = ids
    .slice(1)
    .map((userId) => ({ userId, kind: 'top_up' as const, ref: `t${userId}`, kopecks: 100 }))
  await bookMovements(db, topUps)
}

const hold = (userId: number, kopecks = 60): Envelope =>
  envelope(`purse:${userId}`, 'actor.begun', {
    key: 'begun',
    input: { userId, ref: `r${userId}`, kopecks },
  })

const texts = async ({ db }: Engine, actor: string) =>
  (await readJournal(db, actor)).map(({ event }) => (event as { text?: string }).text)

describe('a commit that fails', () => {
  test('is told retryably when a connection is ended, and the next one works', async (t) => {
    const engine = await createEngine(t)
    const { runtime, pool, jobs } = engine
    await runtime.send(envelope('lamp:1', 'toggle'))
    const blocker = await pool.connect()
    await blocker.query(`begin; select from actors where id = 'lamp:1' for update`)
    const stuck = envelope('lamp:1', 'say', { text: 'stuck' })
    const sent = outcomeOf(runtime.send(stuck))
    const waiting = `select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    const pid = await waitFor(async () => (await pool.query(waiting)).rows[0]?.pid, {
      what: 'the step to wait for the row',
    })
    await pool.query('select pg_terminate_backend($1)', [pid])
    assert.equal(await sent, 'database.unavailable')
    await blocker.query('rollback')
    blocker.release()
    assert.equal(await outcomeOf(runtime.send(stuck)), 'committed')
    assert.deepEqual((await texts(engine, 'lamp:1')).filter(Boolean), ['stuck'])
    assert.equal((await jobs()).filter((job) => job.task === 'lamp.say').length, 1)
  })

  test('rejects everything while the database is away and goes on when it is back', async (t) => {
    const { runtime, proxy } = await createFragileEngine(t)
    await runtime.send(envelope('lamp:1', 'toggle'))
    proxy.goAway()
    const sends = Array.from({ length: 30 }, (_, i) => envelope(`lamp:${i % 9}`, 'toggle'))
    const away = await Promise.all(sends.map((e) => outcomeOf(runtime.send(e))))
    assert.deepEqual([...new Set(away)], ['database.unavailable'])
    assert.equal(runtime.stats().waiting, 0)
    proxy.comeBack()
    const back = await Promise.all(sends.map((e) => outcomeOf(runtime.send(e))))
    assert.deepEqual([...new Set(back)], ['committed'])
  })

  test('takes no answer for granted that follows from it', async (t) => {
    const { runtime, proxy } = await createFragileEngine(t)
    await runtime.send(envelope('lamp:1', 'toggle'))
    const last = envelope('lamp:1', 'break')
    // Known if the first is committed; too late if the lamp is broken.
    const sends = [last, last, envelope('lamp:1', 'toggle')]
    proxy.cutBefore('commit-steps')
    const outcomes = sends.map((e) => outcomeOf(runtime.send(e)))
    assert.equal(await outcomes[0], 'database.unavailable')
    // The two went on by themselves, on what is in the database: the lamp is not broken yet.
    assert.deepEqual(await Promise.all(outcomes.slice(1)), ['committed', 'ended'])
  })

  for (const [name, text] of [
    ['of one statement', 'commit-steps'],
    ['of a transaction', 'commit\0'],
  ] as const) {
    test(`whose answer is lost counts once when it is repeated: ${name}`, async (t) => {
      const engine = await createFragileEngine(t)
      const { runtime, proxy, db, jobs } = engine
      await addUsers(engine, [1, 2])
      const happening = text === 'commit-steps' ? envelope('lamp:1', 'say') : hold(2)
      proxy.loseAnswerTo(text)
      assert.equal(await outcomeOf(runtime.send(happening)), 'database.unavailable')
      await waitFor(() => loadActor(db, happening.actor), {
        what: 'the step that was not answered',
      })
      assert.equal(await outcomeOf(runtime.send(happening)), 'duplicate')
      assert.equal((await readJournal(db, 'lamp:1')).length, text === 'commit-steps' ? 2 : 0)
      assert.equal((await jobs()).length, text === 'commit-steps' ? 1 : 0)
      assert.equal((await readAccount(db, 2)).held_kopecks, text === 'commit-steps' ? 0 : 60)
      const { rows } = await engine.writers.query('select pg_current_xact_id_if_assigned() as id')
      assert.equal(rows[0].id, null)
    })
  }

  test('is given up when the network falls silent; others do not wait behind it', async (t) => {
    const { runtime, proxy, writers } = await createFragileEngine(t)
    await runtime.send(envelope('lamp:1', 'toggle'))
    proxy.fallSilent()
    assert.equal(
      await outcomeOf(runtime.send(envelope('lamp:1', 'toggle'))),
      'database.unavailable',
    )
    assert.equal(await outcomeOf(runtime.send(envelope('lamp:1', 'toggle'))), 'committed')
    assert.ok(writers.totalCount <= 2)
  })

  test('is given up behind a lock that is held too long', async (t) => {
    const { url, pool, another, runtime } = await createEngine(t)
    await runtime.send(envelope('lamp:1', 'toggle'))
    const writers = createPool({ url, max: 2, name: 'short', settings: { lock_timeout: '100ms' } })
    const hasty = another({ writers })
    const blocker = await pool.connect()
    await blocker.query(`begin; select from actors where id = 'lamp:1' for update`)
    assert.equal(await outcomeOf(hasty.send(envelope('lamp:1', 'toggle'))), 'database.unavailable')
    await blocker.query('rollback')
    blocker.release()
    assert.equal(await outcomeOf(hasty.send(envelope('lamp:1', 'toggle'))), 'committed')
  })

  test('as the victim of a deadlock is repeated at once', async (t) => {
    const { url, pool, another, runtime } = await createEngine(t)
    for (const id of [1, 2]) await runtime.send(envelope(`lamp:${id}`, 'toggle'))
    // Each looks for a deadlock once, so long after it began to wait. The writer must look first, to
    // be the victim, and not before the other waits, too.
    const settings = { deadlock_timeout: '3s' }
    const writers = createPool({ url, max: 2, name: 'victim', settings })
    const victim = another({ writers })
    const blocker = await pool.connect()
    await blocker.query(`set deadlock_timeout = '1min'`)
    await blocker.query(`begin; select from actors where id = 'lamp:2' for update`)
    const sent = ['lamp:1', 'lamp:2'].map((id) => outcomeOf(victim.send(envelope(id, 'toggle'))))
    const waits = `select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    await waitFor(async () => (await pool.query(waits)).rowCount, { what: 'the step to wait' })
    await blocker.query(`select from actors where id = 'lamp:1' for update`)
    await blocker.query('rollback')
    blocker.release(true)
    assert.deepEqual(await Promise.all(sent), ['committed', 'committed'])
  })
})

describe('what the database refuses', () => {
  test('is the one step that a constraint forbids, among many actors', async (t) => {
    const engine = await createEngine(t)
    const { runtime, db, pool, jobs } = engine
    const ids = Array.from({ length: 40 }, (_, i) => i + 1)
    await addUsers(engine, ids)
    const sends = ids.flatMap((id) => [
      outcomeOf(runtime.send(hold(id))),
      outcomeOf(runtime.send(envelope(`lamp:${id}`, 'say', { text: 'me too' }))),
    ])
    const outcomes = await Promise.all(sends)
    assert.equal(outcomes[0], 'refused')
    assert.deepEqual([...new Set(outcomes.slice(1))], ['committed'])
    const again = await runtime.send(hold(1))
    assert.deepEqual(again, {
      outcome: 'refused',
      constraint: 'accounts_available_not_negative',
    })
    assert.equal(await loadActor(db, 'purse:1'), undefined)
    assert.equal((await jobs()).length, 40)
    const { rows } = await pool.query('select sum(held_kopecks)::int as held from accounts')
    assert.equal(rows[0].held, 39 * 60)
  })

  test('is the one event among several of one actor', async (t) => {
    const engine = await createEngine(t)
    const { runtime, db, pool } = engine
    await addUsers(engine, [5])
    const languages = ['en', 'ru', 'en', 'en', 'ru', 'en', 'xx']
    const sends = languages.map((language) =>
      runtime.send(envelope('person:5', 'speak', { language })),
    )
    const outcomes = (await Promise.all(sends)).map((r) => r.outcome)
    const expected = languages.map((language) => (language === 'xx' ? 'refused' : 'committed'))
    assert.deepEqual(outcomes, expected)
    assert.equal((await loadActor(db, 'person:5'))?.version, 2 + 6)
    const { rows } = await pool.query('select language from users where id = 5')
    assert.equal(rows[0].language, 'en')
  })

  test('names the column where a value is missing', async (t) => {
    const engine = await createEngine(t)
    await addUsers(engine, [5])
    const receipt = await engine.runtime.send(envelope('person:5', 'speak'))
    assert.deepEqual(receipt, { outcome: 'refused', constraint: 'language' })
  })

  test('is told as refused when it is refused at commit', async (t) => {
    const engine = await createEngine(t)
    const { runtime, pool } = engine
    await addUsers(engine, [1, 2])
    await pool.query(`
      create function late() returns trigger language plpgsql as $$
      begin raise exception 'no' using errcode = 'check_violation', constraint = 'late'; end $$;
      create constraint trigger late after insert on ledger_entries
        deferrable initially deferred for each row execute function late()`)
    assert.deepEqual(await runtime.send(hold(2)), { outcome: 'refused', constraint: 'late' })
  })

  test('is kept readable where jsonb knows no such character', async (t) => {
    const engine = await createEngine(t)
    const text = 'nul \0, half \ud83d, whole 😀, written \\u0000'
    const said = await engine.runtime.send(envelope('lamp:1', 'say', { text }))
    assert.equal(said.outcome, 'committed')
    const kept = 'nul \ufffd, half \ufffd, whole 😀, written \\u0000'
    assert.deepEqual(await texts(engine, 'lamp:1'), [undefined, kept])
    const row = await loadActor(engine.db, 'lamp:1')
    assert.partialDeepStrictEqual(row?.snapshot, { context: { last: kept } })
  })

  test('is buried when a machine makes what can not be stored', async (t) => {
    const engine = await createEngine(t)
    const { runtime, db } = engine
    await runtime.send(envelope('lamp:1', 'say', { text: 'first' }))
    const outcomes = await Promise.all([
      outcomeOf(runtime.send(envelope('lamp:1', 'say', { text: 'fine' }))),
      // A snapshot with half a character, and one that is no JSON at all.
      outcomeOf(runtime.send(envelope('lamp:1', 'cut', { text: '😀', key: 'half' }))),
      outcomeOf(runtime.send(envelope('lamp:2', 'say', { text: 'fine' }))),
      outcomeOf(runtime.send(envelope('lamp:2', 'clot', { key: 'no-json' }))),
      outcomeOf(runtime.send(envelope('lamp:3', 'say', { text: 'next to it' }))),
      outcomeOf(runtime.send(envelope('lamp:4', 'say', { text: 'no such key', key: 'nul\0' }))),
    ])
    const expected = ['committed', 'poisoned', 'committed', 'poisoned', 'committed', 'poisoned']
    assert.deepEqual(outcomes, expected)
    assert.equal(await outcomeOf(runtime.send(envelope('lamp:1', 'say'))), 'committed')
    assert.deepEqual(await texts(engine, 'lamp:1'), [undefined, 'first', 'fine', undefined])
    const letters = await listDeadLetters(db, 10)
    assert.deepEqual(letters.map((l) => l.key).sort(), ['half', 'no-json', 'nul\ufffd'])
  })

  test('rejects a poisoned event whose letter can not be kept, and nothing else', async (t) => {
    const { runtime, pool } = await createEngine(t)
    await pool.query('alter table dead_letters rename to moved')
    const bad = envelope('lamp:1', 'poke')
    const outcomes = await Promise.all([
      outcomeOf(runtime.send(bad)),
      outcomeOf(runtime.send(envelope('lamp:1', 'toggle'))),
      outcomeOf(runtime.send(envelope('lamp:2', 'toggle'))),
    ])
    assert.match(outcomes[0] ?? '', /42P01/)
    assert.deepEqual(outcomes.slice(1), ['committed', 'committed'])
    await pool.query('alter table moved rename to dead_letters')
    const worse = envelope('lamp:3', 'poke')
    assert.equal(await outcomeOf(runtime.send(worse)), 'poisoned')
  })

  test('leaves no open transaction behind', async (t) => {
    const engine = await createEngine(t)
    const writers: pg.Pool = createPool({ url: engine.url, max: 1, name: 'single' })
    const runtime = engine.another({ writers })
    await addUsers(engine, [1])
    assert.equal(await outcomeOf(runtime.send(hold(1))), 'refused')
    const { rows } = await writers.query('select pg_current_xact_id_if_assigned() as id')
    assert.equal(rows[0].id, null)
    assert.equal(await outcomeOf(runtime.send(envelope('lamp:1', 'toggle'))), 'committed')
  })
})
