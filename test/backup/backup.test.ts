import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { backup, compareWithBackup, libpqEnv, majorOf, restore } from '../../src/backup/backup.ts'
import { findingsOfDatabase, readDatabase } from '../../src/checks/database.ts'
import { createChatUser } from '../../src/e2e/chat.ts'
import { samplePicture } from '../../src/e2e/picture.ts'
import { confirm, waitForEnd, walkToPreview } from '../../src/e2e/walk.ts'
import { type Model, modelById } from '../../src/machines/catalogue/catalogue.ts'
import { createBotProcess, startFakes } from '../support/bot-process.ts'
import { createDatabase } from '../support/database.ts'
import { startSystemPostgres, systemPrograms } from '../support/system-postgres.ts'
import { waitFor } from '../support/wait.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')

function folder(t: TestContext): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'trt-backup-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

describe('a backup', () => {
  test('is refused in one sentence by an older pg_dump than the server, or by none', async (t) => {
    const { url } = await createDatabase(t)
    const dir = folder(t)
    const old = path.join(dir, 'pg_dump')
    writeFileSync(old, '#!/bin/sh\necho "pg_dump (PostgreSQL) 14.2 (Debian 14.2-1)"\n')
    chmodSync(old, 0o755)
    assert.equal(await majorOf(old), 14)
    const file = path.join(dir, 'x.dump')
    const taken = (pgDump: string) =>
      backup({ url, file, version: '1', now: NOW, programs: { pgDump, pgRestore: 'pg_restore' } })
    await assert.rejects(taken(old), /^Error: pg_dump 14 can't dump PostgreSQL 18: put a pg_dump/)
    await assert.rejects(taken('/nowhere/pg_dump'), /is not in PATH: install PostgreSQL's client/)
    assert.equal(existsSync(file), false)
  })

  test('hands address and password over out of sight', () => {
    assert.deepEqual(libpqEnv('postgresql://u%40x:p%3Aw@db.example:6543/bot?sslmode=verify-full'), {
      ...{ PGHOST: 'db.example', PGPORT: '6543', PGUSER: 'u@x', PGPASSWORD: 'p:w' },
      ...{ PGDATABASE: 'bot', PGSSLMODE: 'verify-full', PGAPPNAME: 'trt-backup' },
    })
  })

  test('taken under load and restored elsewhere loses nothing, and running orders go on', async (t) => {
    const bin = systemPrograms()
    if (bin === undefined) {
      // What a person without these programs gets instead of a backup.
      await assert.rejects(majorOf('pg_dump-of-nobody'), /is not in PATH/)
      t.diagnostic('this machine has no PostgreSQL programs: the drill was NOT run')
      return
    }
    const programs = { pgDump: path.join(bin, 'pg_dump'), pgRestore: path.join(bin, 'pg_restore') }
    const server = await startSystemPostgres(t, bin)
    const admin = new pg.Client({ connectionString: server })
    // The server ends before it.
    admin.on('error', () => {})
    await admin.connect()
    t.after(() => admin.end())
    const databaseOf = async (name: string) => {
      await admin.query(`create database ${name}`)
      return server.replace(/postgres$/, name)
    }
    const lost = await databaseOf('lost')
    const fakes = await startFakes(t)
    const bot = await createBotProcess(t, { databaseUrl: lost, fakes })
    await bot.start()
    fakes.kie.control.hold()
    const order = async (chatId: number) => {
      const user = createChatUser(fakes.telegram.control, chatId)
      const answers = { prompt: 'кот', picture: samplePicture(), choice: 0 }
      await walkToPreview(user, modelById('z-image') as Model, answers)
      await confirm(user)
      return user
    }
    const user = await order(2_001)
    await waitFor(() => fakes.kie.control.createTaskCount() === 1, { what: 'the task' })

    const file = path.join(folder(t), 'bot.dump')
    const others = Promise.all([2_002, 2_003, 2_004].map((id) => order(id)))
    const summary = await backup({ url: lost, file, version: '1', now: NOW, programs })
    await others
    assert.ok(summary.runningJobs.length >= 1)
    await bot.kill9()
    await admin.query('drop database lost with (force)')

    const back = await databaseOf('back')
    await restore({ url: back, file, programs })
    assert.deepEqual(await compareWithBackup(back, file), [])
    const judged = findingsOfDatabase(await readDatabase(back, Date.now), { deployed: false })
    assert.deepEqual(
      judged.filter(({ status }) => status === 'fail'),
      [],
    )
    await assert.rejects(restore({ url: back, file, programs }), /has \d+ tables: restore into an/)

    await bot.start({ DATABASE_URL: back })
    fakes.kie.control.release()
    await waitForEnd(user, Date.now() + 60_000, Date.now)
    const client = new pg.Client({ connectionString: back })
    await client.connect()
    const { rows } = await client.query(`select status from jobs where user_id = 2001`)
    await client.end()
    assert.deepEqual(rows, [{ status: 'delivered' }])
    assert.notDeepEqual(await compareWithBackup(back, file), [])
  })
})
