import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import type { KeptHead, KeptTable } from '../../scripts/keep-release/dump.ts'
import type { History } from '../../src/actors/engine/replay.ts'
import { RELEASES, unpack, unpackProgram } from '../../src/chaos/kept-release.ts'

/** Names of the kept releases, e.g. `0.1.0`. */
export const keptReleases = async (): Promise<string[]> =>
  (await readdir(RELEASES, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()

/** The histories of all actors of a kept release, in the form that `npm run replay` reads. */
export async function readHistories(release: string): Promise<History[]> {
  const files = (await readdir(path.join(RELEASES, release, 'histories'))).sort()
  const texts = await Promise.all(
    files.map((file) => unpack(release, `histories/${file.replace(/\.gz$/, '')}`)),
  )
  return texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
}

/** A difference between a kept history and the present machines that is meant. */
export interface MeantDifference {
  /** Why it is meant: said in the release notes, too. */
  why: string
  /** Which differences these are; what is left out is any. */
  actor?: string
  machine?: string
  event?: string
  events?: readonly string[]
  /** Beginning of the path to the place, e.g. `effects.0.params.text`. */
  path?: string
  /**
   * Only taps of a button that the screen shows no more: it is answered as stale, so what followed
   * in that history cannot be compared.
   */
  stale?: true
  /** Leads to another state, so what followed in that history is not compared. */
  elsewhere?: true
}

export const meantDifferences = async (): Promise<MeantDifference[]> =>
  JSON.parse(await readFile(path.join(RELEASES, 'differences.json'), 'utf8'))

export interface KeptBundle {
  /** To be started with Node. */
  main: string
  /** Brings an empty database to the schema of that release. */
  migrate(pool: pg.Pool): Promise<void>
  remove(): Promise<void>
}

/** Unpacks the program of a kept release into a folder of its own. */
export async function unpackBundle(release: string): Promise<KeptBundle> {
  const { dir, main, remove } = await unpackProgram(release)
  return {
    ...{ main, remove },
    async migrate(pool) {
      const module = await import(pathToFileURL(path.join(dir, 'migrate.js')).href)
      await module.migrate(pool)
    },
  }
}

export interface KeptDatabase {
  head: KeptHead
  tables: KeptTable[]
  /** The rows of a table, by column. */
  rows(table: string): Record<string, unknown>[]
}

export async function readKeptDatabase(release: string): Promise<KeptDatabase> {
  const lines = (await unpack(release, 'database.jsonl')).trim().split('\n')
  const [head, ...tables] = lines.map((line) => JSON.parse(line))
  return {
    head,
    tables,
    rows(name) {
      const { columns, rows }: KeptTable = tables.find((t) => t.table === name) ?? assertKept(name)
      return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])))
    },
  }
}

function assertKept(table: string): never {
  throw new Error(`nothing of ${table} was kept`)
}

/**
 * Fills an empty database as that release left it: its schema, by its own migrations, and its rows.
 * With `asOf` (Unix ms) every moment is moved so that the database was kept then; moments inside of
 * snapshots stay.
 */
export async function restoreDatabase(
  pool: pg.Pool,
  bundle: KeptBundle,
  kept: KeptDatabase,
  { asOf }: { asOf?: number } = {},
): Promise<void> {
  await bundle.migrate(pool)
  const keptAt = Date.parse(kept.head.keptAt)
  const aheadMs = asOf === undefined ? 0 : asOf - keptAt
  const client = await pool.connect()
  try {
    await client.query('begin')
    for (const table of kept.tables) await fill(client, table, aheadMs)
    for (const [name, value] of Object.entries(kept.head.sequences)) {
      await client.query('select setval($1, $2)', [name, value])
    }
    await client.query('commit')
  } finally {
    client.release()
  }
}

async function fill(
  client: pg.PoolClient,
  { table, columns, moments, rows }: KeptTable,
  aheadMs: number,
): Promise<void> {
  const moved = (column: string, value: unknown): unknown =>
    aheadMs !== 0 && typeof value === 'string' && moments.includes(column) && Date.parse(value)
      ? new Date(Date.parse(value) + aheadMs).toISOString()
      : value
  const objects = rows.map((row) =>
    Object.fromEntries(columns.map((column, i) => [column, moved(column, row[i])])),
  )
  const names = columns.join(', ')
  // What triggers do is in the rows already; references are checked all the same.
  await client.query(`alter table ${table} disable trigger user`)
  await client.query(
    `insert into ${table} (${names}) overriding system value
     select ${names} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [JSON.stringify(objects)],
  )
  await client.query(`alter table ${table} enable trigger user`)
}
