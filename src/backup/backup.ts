import { execFile } from 'node:child_process'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { coerceError } from '../errors.ts'
import { JOB_STATUSES } from '../machines/job/statuses.ts'
import {
  type BackupSummary,
  backupSummary,
  readSummary,
  summaryDifferences,
} from '../store/backup-summary.ts'
import { createPool } from '../store/database.ts'
import { createDb, dbOf } from '../store/db.ts'
import { appliedMigrations, serverVersion } from '../store/server.ts'

const run = promisify(execFile)

/** A reason in one sentence, for who asked for a backup. */
export class BackupError extends Error {}

/** Where the programs of PostgreSQL are; `PATH` decides otherwise. */
export interface Programs {
  readonly pgDump: string
  readonly pgRestore: string
}

export const PROGRAMS: Programs = { pgDump: 'pg_dump', pgRestore: 'pg_restore' }

/** Major version of one of PostgreSQL's programs, e.g. 15 of "pg_dump (PostgreSQL) 15.18". */
export async function majorOf(program: string): Promise<number> {
  try {
    const { stdout } = await run(program, ['--version'])
    return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new BackupError(
      `${program} is not in PATH: install PostgreSQL's client programs (Debian: postgresql-client).`,
    )
  }
}

/** The address as libpq's variables: in arguments the password would show in the list of processes. */
export function libpqEnv(databaseUrl: string): Record<string, string> {
  const url = new URL(databaseUrl)
  const given: Record<string, string> = {
    PGHOST: url.searchParams.get('host') ?? url.hostname.replace(/^\[|\]$/g, ''),
    PGPORT: url.port,
    PGUSER: decodeURIComponent(url.username),
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
    PGSSLMODE: (url.searchParams.get('sslmode') ?? '').replace('no-verify', 'require'),
    PGSSLROOTCERT: url.searchParams.get('sslrootcert') ?? '',
    PGAPPNAME: 'trt-backup',
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
}

const summaryFile = (file: string) => `${file}.json`

/**
 * Writes a dump and beside it, in `<file>.json`, what it holds: both see the same moment, while the bot
 * goes on. A file that is there stays as it is until the new one is whole.
 */
export async function backup({
  url,
  file,
  version,
  now,
  programs = PROGRAMS,
}: {
  url: string
  file: string
  version: string
  now: number
  programs?: Programs
}): Promise<BackupSummary> {
  const pool = createPool({ url, max: 1, name: 'trt-backup', timeoutMs: 3_600_000 })
  const client = await pool.connect()
  const draft = `${file}.part`
  try {
    await client.query('begin isolation level repeatable read, read only')
    await client.query('set local idle_in_transaction_session_timeout = 0')
    const db = dbOf(client)
    const serverMajor = await serverVersion(db)
    const major = await majorOf(programs.pgDump)
    if (major < serverMajor) {
      throw new BackupError(
        `pg_dump ${major} can't dump PostgreSQL ${serverMajor}: put a pg_dump of ${serverMajor} or newer first in PATH.`,
      )
    }
    const { rows } = await client.query<{ id: string }>('select pg_export_snapshot() as id')
    const migrations = await appliedMigrations(db)
    const takenAt = new Date(now).toISOString()
    const summary = await readSummary(db, JOB_STATUSES, {
      takenAt,
      version,
      serverMajor,
      migrations,
    })
    const args = ['--format=custom', '--no-owner', '--no-privileges', `--file=${draft}`]
    await program(programs.pgDump, [...args, `--snapshot=${rows[0]?.id}`], url)
    await client.query('commit')
    await rename(draft, file)
    await writeFile(summaryFile(file), `${JSON.stringify(summary, null, 2)}\n`)
    return summary
  } finally {
    client.release(true)
    await pool.end()
    await rm(draft, { force: true })
  }
}

/** Loads a dump into an empty database, all of it or nothing. */
export async function restore({
  url,
  file,
  programs = PROGRAMS,
}: {
  url: string
  file: string
  programs?: Programs
}): Promise<void> {
  await majorOf(programs.pgRestore)
  const pool = createPool({ url, max: 1, name: 'trt-restore' })
  try {
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::int as n from pg_class
       where relnamespace = current_schema()::regnamespace and relkind = 'r'`,
    )
    if ((rows[0]?.n ?? 0) > 0) {
      throw new BackupError(
        `the database has ${rows[0]?.n} tables: restore into an empty one, and point DATABASE_URL at it afterwards.`,
      )
    }
  } finally {
    await pool.end()
  }
  const { PGDATABASE: database = '' } = libpqEnv(url)
  const args = ['--exit-on-error', '--single-transaction', '--no-owner', '--no-privileges']
  await program(programs.pgRestore, [...args, `--dbname=${database}`, file], url)
}

/** How a database differs from what its backup held; none: nothing was lost on the way. */
export async function compareWithBackup(url: string, file: string): Promise<string[]> {
  const text = await readFile(summaryFile(file), 'utf8').catch(() => {
    throw new BackupError(`${summaryFile(file)} is missing: it says what the backup holds.`)
  })
  const should = backupSummary.parse(JSON.parse(text))
  const pool = createPool({ url, max: 1, name: 'trt-verify', timeoutMs: 600_000 })
  try {
    const db = createDb(pool)
    const { takenAt, version, serverMajor } = should
    const migrations = await appliedMigrations(db)
    const about = { takenAt, version, serverMajor, migrations }
    return summaryDifferences(should, await readSummary(db, JOB_STATUSES, about))
  } finally {
    await pool.end()
  }
}

/** What it writes to stderr is the reason, first line first. */
async function program(name: string, args: readonly string[], url: string): Promise<void> {
  try {
    const env = { PATH: process.env.PATH, ...libpqEnv(url) }
    await run(name, [...args], { env, maxBuffer: 2 ** 24 })
  } catch (thrown) {
    const { stderr = '' } = thrown as { stderr?: string }
    const [line = coerceError(thrown).message] = stderr.trim().split('\n')
    throw new BackupError(line, { cause: thrown })
  }
}
