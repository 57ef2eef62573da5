import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { findChromium } from '../../src/bench/chromium.ts'
import { startPostgres } from '../../src/sandbox/postgres/server.ts'
import { cpuSeconds } from '../../test/support/cpu-seconds.ts'
import { KEPT_PREFIX, STOCK_PREFIX, schemaVersion } from '../../test/support/database-stock.ts'
import { TEST_SERVER } from '../../test/support/test-server.ts'
import { costLines, readCosts } from './costs.ts'
import { costsOf, egressLogOf, serverUrlOf, testEnvironment, transitionsOf } from './environment.ts'
import { groupFiles } from './groups.ts'
import { keepTransitions } from './transitions.ts'

export const root = path.resolve(import.meta.dirname, '../..')

/** Where the sandbox's console looks for them. */
const TRANSITIONS_FILE = '.data/transitions.json'
const LEFTOVER_AGE_MS = 3_600_000
const MAX_PARALLEL_FILES = 8
/** Nothing hangs for ever; far above what any file needs, also on a machine that others keep busy. */
const TEST_TIMEOUT_MS = 1_200_000

/**
 * Databases of failed tests stay for a look, an hour later the next run removes them; those of the
 * stock are used again until the schema is another one.
 */
async function removeLeftovers(server: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    'select datname as name from pg_database where starts_with(datname, $1) or starts_with(datname, $2)',
    [STOCK_PREFIX, KEPT_PREFIX],
  )
  for (const { name } of rows) {
    const keptAt = Number.parseInt(name.slice(KEPT_PREFIX.length), 36)
    const isOver = name.startsWith(KEPT_PREFIX)
      ? Date.now() - keptAt > LEFTOVER_AGE_MS
      : !name.startsWith(`${STOCK_PREFIX}${schemaVersion()}`)
    // Another run, of other sources, may still be using it.
    if (isOver) await client.query(`drop database "${name}"`).catch(() => undefined)
  }
  await client.end()
}

/**
 * Keeps the password with one round of hashing instead of 4,096, which cost a test more than all else of
 * a connection. The server listens to this machine only and holds nothing but rows of tests.
 */
async function makeLoginsCheap(server: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  const password = pg.escapeLiteral(decodeURIComponent(new URL(server).password))
  await client.query(`set scram_iterations = 1; alter role current_user password ${password}`)
  await client.end()
}

export interface FilesRun {
  /** Flags of node. */
  flags?: readonly string[]
  /** Of random tests; undefined: the fixed one. */
  seed?: number
  /** Whether the transitions that are taken are written into `TRANSITIONS_FILE`. */
  transitions?: boolean
}

/** Runs test files on one server; resolves with whether all passed and nobody reached out. */
export type RunFiles = (files: readonly string[], run?: FilesRun) => Promise<boolean>

/**
 * Starts the database server, unless TEST_DATABASE_URL names one, and lets `work` run test files on
 * it; in the end the server is stopped and what everything cost is printed.
 */
export async function withTestServer(work: (run: RunFiles) => Promise<void>): Promise<void> {
  const given = serverUrlOf(process.env)
  const server = given
    ? { url: given, stop: async () => {} }
    : await startPostgres({ ...TEST_SERVER, log: console.log })
  const notes = mkdtempSync(path.join(tmpdir(), 'trt-test-'))
  const costs: Parameters<typeof costLines>[0][number][] = []
  try {
    if (given === undefined) await makeLoginsCheap(server.url)
    await removeLeftovers(server.url)
    await work(async (files, { flags = [], seed, transitions = false } = {}) => {
      const chromium = findChromium()
      const env = testEnvironment(process.env, {
        ...{ server: server.url, notes, chromium, seed, transitions },
      })
      const code = await runNode(groupFiles(files, notes, root), flags, env)
      costs.push(...readCosts(costsOf(notes)))
      rmSync(costsOf(notes), { force: true })
      if (transitions) keepTransitions(transitionsOf(notes), path.join(root, TRANSITIONS_FILE))
      return stayedHome(egressLogOf(notes)) && code === 0
    })
  } finally {
    rmSync(notes, { recursive: true })
    const before = cpuSeconds().children
    await server.stop()
    // The server counts when it has ended, if it was ours and nobody else uses it.
    const { own, children } = cpuSeconds()
    const total = own + children
    console.log(`\n${costLines(costs, { root, total, server: children - before }).join('\n')}`)
  }
}

async function runNode(
  files: readonly string[],
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const concurrency = Math.min(Math.max(2, availableParallelism()), MAX_PARALLEL_FILES)
  const options = [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    ...(flags.some((flag) => flag.startsWith('--test-reporter')) ? [] : ['--test-reporter=spec']),
    ...flags,
  ]
  const child = spawn(process.execPath, [...options, ...files], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  // Ctrl-C reaches the child too; we only stay to stop the server after it.
  const stay = () => {}
  const end = () => void child.kill('SIGTERM')
  process.on('SIGINT', stay).on('SIGTERM', end)
  const [code] = (await once(child, 'exit')) as [number | null]
  process.off('SIGINT', stay).off('SIGTERM', end)
  return code ?? 1
}

/** Whether nobody reached out; those who did are named. */
function stayedHome(egressLog: string): boolean {
  if (!existsSync(egressLog)) return true
  console.error(`\nThese reached out beyond this machine:\n${readFileSync(egressLog, 'utf8')}`)
  return false
}
