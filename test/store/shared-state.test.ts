import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createSendFence } from '../../src/actors/effects/send-fence.ts'
import { claimAlert } from '../../src/store/alerts.ts'
import { createDb } from '../../src/store/db.ts'
import {
  listDeadLetters,
  markReplayed,
  writeDeadLetter,
} from '../../src/store/engine/dead-letters.ts'
import { migrate } from '../../src/store/migrate.ts'
import { readScreens, saveScreens } from '../../src/store/screens.ts'
import { abandonSend, beginSend, finishSend, readSend } from '../../src/store/sends.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'
import { waitFor } from '../support/wait.ts'

const start = async (t: TestContext) => {
  const { pool } = await createDatabase(t)
  return { pool, db: createDb(pool) }
}

const HOUR = 3_600_000

describe('alert', () => {
  test('is claimed by one of many at once, and again after the pause', async (t) => {
    const { db } = await start(t)
    const claim = (at: number) => claimAlert(db, 'credits', new Date(at), HOUR)
    const first = await Promise.all(Array.from({ length: 10 }, () => claim(HOUR)))
    assert.equal(first.filter(Boolean).length, 1)
    assert.equal(await claim(2 * HOUR - 1), false)
    assert.equal(await claim(2 * HOUR), true)
  })

  test('of another topic is not held back', async (t) => {
    const { db } = await start(t)
    assert.equal(await claimAlert(db, 'a', new Date(0), HOUR), true)
    assert.equal(await claimAlert(db, 'b', new Date(0), HOUR), true)
  })
})

describe('dead letter', () => {
  test('is kept once, and leaves the list when it was replayed', async (t) => {
    const { db } = await start(t)
    const letter = { kind: 'event', subject: 'job:a', key: 'k', payload: '{}', error: 'e' } as const
    assert.equal(await writeDeadLetter(db, letter), true)
    assert.equal(await writeDeadLetter(db, letter), false)
    const [kept] = await listDeadLetters(db, 10)
    assert.equal(kept?.subject, 'job:a')
    await markReplayed(db, kept?.id ?? 0)
    assert.deepEqual(await listDeadLetters(db, 10), [])
  })
})

describe('send', () => {
  test('is begun once, and keeps what Telegram gave it', async (t) => {
    const { db } = await start(t)
    assert.equal(await beginSend(db, 'k', 5), true)
    assert.equal(await beginSend(db, 'k', 5), false)
    await finishSend(db, 'k', { method: 'sendPhoto', messageIds: [7, 8], fileIds: ['f'] })
    const sent = await readSend(db, 'k')
    assert.deepEqual([sent?.status, sent?.message_ids, sent?.file_ids], ['sent', [7, 8], ['f']])
  })

  test('that was refused can begin again, one that arrived can not', async (t) => {
    const { db } = await start(t)
    await beginSend(db, 'k', 5)
    await abandonSend(db, 'k')
    assert.equal(await beginSend(db, 'k', 5), true)
    await finishSend(db, 'k', { method: 'sendPhoto', messageIds: [7], fileIds: [] })
    await abandonSend(db, 'k')
    assert.equal((await readSend(db, 'k'))?.status, 'sent')
  })
})

describe('a send that several processes want', () => {
  const record = { key: 'job:a:0', chatId: 5 }
  const sent = { method: 'sendPhoto', messageIds: [7], fileIds: ['f'] }
  /** An instance whose signs of life come often, or never. */
  const open = async (t: TestContext, everyMs: number) => {
    const { pool, db } = await start(t)
    let sends = 0
    const instance = (confirmEveryMs = everyMs) => {
      const fence = createSendFence({ db, confirmEveryMs })
      return (work: () => Promise<typeof sent>) =>
        fence.send(record, () => {
          sends += 1
          return work()
        })
    }
    const age = "update sends set doubted_at = doubted_at - interval '1 minute'"
    return {
      ...{ pool, instance, sends: () => sends },
      doubtedLongAgo: () => pool.query(age),
      doubted: async () => (await readSend(db, record.key))?.doubted_at ?? null,
    }
  }
  const busy = { code: 'telegram.unavailable' }

  test('is made by one, whoever thinks it dead, and the others learn what was sent', async (t) => {
    const { instance, sends, doubted, doubtedLongAgo } = await open(t, 10)
    const [first, second] = [instance(), instance(60_000)]
    const { promise, resolve } = Promise.withResolvers<typeof sent>()
    const sending = first(() => promise)
    await waitFor(() => sends() === 1, { what: 'the first send' })
    await assert.rejects(
      second(async () => sent),
      busy,
    )
    await doubtedLongAgo()
    await waitFor(async () => (await doubted()) === null, { what: 'a sign of life' })
    await assert.rejects(
      second(async () => sent),
      busy,
    )
    resolve(sent)
    await sending
    assert.deepEqual(await second(async () => assert.fail('it was sent')), sent)
    assert.equal(sends(), 1)
  })

  test('is taken over from one that gives no sign of life', async (t) => {
    const { instance, sends, doubtedLongAgo } = await open(t, 60_000)
    const [frozen, second] = [instance(), instance()]
    void frozen(() => new Promise(() => {}))
    await waitFor(() => sends() === 1, { what: 'the first send' })
    await assert.rejects(
      second(async () => sent),
      busy,
    )
    await assert.rejects(
      second(async () => sent),
      busy,
    )
    await doubtedLongAgo()
    assert.deepEqual(await second(async () => sent), sent)
  })

  test('is free at once when it failed', async (t) => {
    const { instance } = await open(t, 60_000)
    const lost = new Error('the answer was lost')
    await assert.rejects(
      instance()(() => Promise.reject(lost)),
      lost,
    )
    assert.deepEqual(await instance()(async () => sent), sent)
  })
})

describe('screen', () => {
  test('remembers its message, and its floor never sinks', async (t) => {
    const { db } = await start(t)
    const screen = {
      actor_id: 'a',
      chat_id: 1,
      message_id: 3,
      seq: 4,
      digest: 'd',
      transient: false,
    }
    await saveScreens(db, [{ ...screen, floor: 9 }])
    await saveScreens(db, [{ ...screen, message_id: 5, floor: 2 }])
    const [{ message_id, floor } = {}] = await readScreens(db, ['a'])
    assert.deepEqual([message_id, floor], [5, 9])
  })

  test('is the message of the later step, in whatever order they are stored', async (t) => {
    const { db, pool } = await start(t)
    await pool.query(
      `insert into actors (id, machine, machine_version, version, status, state, snapshot, timers)
       values ('a', 'm', 1, 8, 'active', 's', '{}', '{}')`,
    )
    const screen = { actor_id: 'a', chat_id: 1, floor: 0, digest: 'd', transient: false }
    const of = (message_id: number | null, seq: number) => ({ ...screen, message_id, seq })
    const save = async (row: ReturnType<typeof of>) => (await saveScreens(db, [row])).get('a')
    assert.deepEqual(await save(of(11, 8)), { version: 8, isLive: true })
    assert.deepEqual(await save(of(12, 6)), { version: 8, isLive: false })
    assert.deepEqual(await save(of(null, 0)), { version: 8, isLive: false })
    assert.equal((await readScreens(db, ['a']))[0]?.message_id, 11)
    // Of two that show the same step the one further below
    assert.deepEqual(await save(of(13, 8)), { version: 8, isLive: true })
    assert.deepEqual(await save(of(12, 8)), { version: 8, isLive: false })
    assert.equal((await readScreens(db, ['a']))[0]?.message_id, 13)
    // Of somebody who was erased and came back
    await pool.query(`update screens set seq = 50, floor = 50`)
    assert.deepEqual(await save(of(14, 2)), { version: 8, isLive: true })
    const [{ message_id, floor } = {}] = await readScreens(db, ['a'])
    assert.deepEqual([message_id, floor], [14, 0])
  })
})

describe('migration', () => {
  test('run again on a used database changes nothing', async (t) => {
    const { pool, db } = await start(t)
    await recordUsers(db, [{ id: 1, language: 'ru', blocked: true }])
    const state = async () =>
      JSON.stringify([
        (await pool.query('select * from users')).rows,
        (await pool.query('select * from accounts')).rows,
        (await pool.query('select name from kysely_migration order by name')).rows,
      ])
    const before = await state()
    await Promise.all([migrate(pool), migrate(pool)])
    assert.equal(await state(), before)
  })
})
