/**
 * `npm run keep:release`: keeps the present release under test/fixtures/releases, so that
 * later versions can be held against it:
 *
 * - `bundle.json.gz`: the production bundle, minified, without the console's page: texts by path.
 *   Beside the program it has `migrate.js`, which makes this release's schema.
 * - `database.jsonl.gz`: a database with actors of every machine in every state. First a head, then
 *   one table a line.
 * - `histories/<machine>.jsonl.gz`: the histories of all these actors, one a line, in the form that
 *   `npm run replay` reads.
 *
 * Everything is made by the real engine on a real PostgreSQL; a second run makes the same files.
 * A release that is kept never changes: after that, `--check` writes nothing and names what would be
 * made differently now, and `--again` is for the commit of the release itself. `shapes` only notes the shapes of
 * machines whose version is new, in test/fixtures/shapes.json.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { toHistory } from '../src/actors/engine/replay.ts'
import { startPostgres } from '../src/sandbox/postgres/server.ts'
import { createPool } from '../src/store/database.ts'
import { readJournal } from '../src/store/engine/journal.ts'
import { migrate } from '../src/store/migrate.ts'
import { keptReleases, readHistories } from '../test/support/release.ts'
import { keptShapes, presentRegistry, SHAPES_FILE, shapeOf } from '../test/support/shapes.ts'
import { TEST_SERVER } from '../test/support/test-server.ts'
import { buildBundle } from './build.ts'
import { liveAll } from './keep-release/cast.ts'
import { dumpDatabase } from './keep-release/dump.ts'
import { createLife, KEPT_AT } from './keep-release/life.ts'

const root = path.resolve(import.meta.dirname, '..')

type Files = Record<string, string>

/** An empty database with the newest schema, for as long as the work takes. */
async function withDatabase<T>(work: (url: string, pool: pg.Pool) => Promise<T>): Promise<T> {
  const server = await startPostgres(TEST_SERVER)
  const admin = new pg.Client(server.url)
  const name = `trt_keep_${randomUUID().slice(0, 8)}`
  try {
    await admin.connect()
    await admin.query(`create database ${name}`)
    const url = new URL(server.url)
    url.pathname = `/${name}`
    const pool = createPool({ url: url.href, max: 4, name: 'keep-release' })
    try {
      await migrate(pool)
      return await work(url.href, pool)
    } finally {
      await pool.end()
      await admin.query(`drop database ${name} with (force)`)
    }
  } finally {
    await admin.end()
    await server.stop()
  }
}

async function keepDatabase(release: string): Promise<Files> {
  return withDatabase(async (url, pool) => {
    const since = Date.now() - 60_000
    const life = createLife(url, pool)
    const counts = await liveAll(life)
    console.log(`${counts.size} kinds of event in a state were tried by wanderers`)
    await life.end()
    const { rows: actors } = await pool.query('select * from actors order by id collate "C"')
    const histories: Record<string, string> = {}
    for (const row of actors) {
      const history = toHistory(row, await readJournal(life.db, row.id))
      const file = `histories/${row.machine}.jsonl`
      histories[file] = `${histories[file] ?? ''}${JSON.stringify(history)}\n`
    }
    const database = await dumpDatabase(pool, { release, keptAt: KEPT_AT, since })
    return { 'database.jsonl': database, ...histories }
  })
}

async function keepBundle(): Promise<Files> {
  const dir = await mkdtemp(path.join(tmpdir(), 'trt-keep-'))
  try {
    await buildBundle(dir, { kept: true })
    const files: Files = {}
    for (const file of (await readdir(dir, { recursive: true })).sort()) {
      if (file.endsWith('.js')) files[file] = await readFile(path.join(dir, file), 'utf8')
    }
    return { 'bundle.json': JSON.stringify(files) }
  } finally {
    await rm(dir, { recursive: true })
  }
}

/** Writes what is not as it should be; returns its names. */
async function put(dir: string, files: Files, isCheck: boolean): Promise<string[]> {
  const changed: string[] = []
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, `${name}.gz`)
    const kept = await readFile(file).then(
      (bytes) => gunzipSync(bytes).toString(),
      () => undefined,
    )
    if (kept === text) continue
    changed.push(name)
    if (isCheck) continue
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, gzipSync(text, { level: 9 }))
  }
  return changed
}

/** Notes the shapes of versions that no kept release has; that of a released one never changes. */
async function noteShapes(): Promise<void> {
  const shapes = await keptShapes()
  const releases = await keptReleases()
  const histories = (await Promise.all(releases.map(readHistories))).flat()
  for (const definition of presentRegistry().all) {
    const { id, version } = definition
    const isReleased = histories.some((h) => h.machine === id && h.machineVersion === version)
    if (isReleased && shapes[id]?.[version] !== undefined) continue
    const shape = { releases, ...shapeOf(definition, histories) }
    shapes[id] = { ...shapes[id], [version]: shape }
    console.log(`noted: the shape of ${id} ${version}`)
  }
  await writeFile(SHAPES_FILE, `${JSON.stringify(shapes, null, 2)}\n`)
}

const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
const isCheck = process.argv.includes('--check')
if (!process.argv.includes('shapes')) {
  const dir = path.join(root, 'test/fixtures/releases', version)
  if (!isCheck && !process.argv.includes('--again') && (await keptReleases()).includes(version)) {
    console.error(`release ${version} is kept already: raise the version in package.json first`)
    process.exit(1)
  }
  const files = { ...(await keepBundle()), ...(await keepDatabase(version)) }
  const changed = await put(dir, files, isCheck)
  for (const name of changed) console.log(`${isCheck ? 'differs' : 'kept'}: ${version}/${name}`)
  if (isCheck && changed.length > 0) process.exitCode = 1
}
if (!isCheck) await noteShapes()
