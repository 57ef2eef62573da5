import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { claimAlert } from '../../src/store/alerts.ts'
import { createDb } from '../../src/store/db.ts'
import {
  listDeadLetters,
  markReplayed,
  writeDeadLetter,
} from '../../src/store/engine/dead-letters.ts'
import { migrate } from '../../src/store/migrate.ts'
import { readScreen, saveScreen } from '../../src/store/screens.ts'
import { abandonSend, beginSend, finishSend, readSend } from '../../src/store/sends.ts'
import { recordUsers } from '../../src/store/users.ts'
import { createDatabase } from '../support/database.ts'

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
    await saveScreen(db, { ...screen, floor: 9 })
    await saveScreen(db, { ...screen, message_id: 5, floor: 2 })
    const { message_id, floor } = (await readScreen(db, 'a')) ?? {}
    assert.deepEqual([message_id, floor], [5, 9])
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
