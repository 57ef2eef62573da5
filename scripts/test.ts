/**
 * `npm test [-- part-of-a-path | glob | --node-flag …]`: all tests on one real PostgreSQL. An own
 * server is named by TEST_DATABASE_URL or DATABASE_URL; it then needs the right to create databases.
 * Fails when anything reached out beyond this machine.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  constants,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { CONFIG_NAMES } from '../src/config/config.ts'
import { startPostgres } from '../src/sandbox/postgres/server.ts'
import { TEST_SERVER_DIR } from '../test/support/server-dir.ts'

const root = path.resolve(import.meta.dirname, '..')
const LEFTOVER_AGE_MS = 3_600_000
const MAX_PARALLEL_FILES = 8
/** Nothing hangs for ever; far above what any file needs. */
const TEST_TIMEOUT_MS = 300_000

/** Sees to it that tests reach nothing but this machine. */
const GUARD = pathToFileURL(path.join(root, 'test/support/egress-guard.ts')).href

const FILES = ['test/**/*.test.ts', 'examples/**/*.test.ts']

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'))

const matches = (file: string) =>
  wanted.length === 0 ||
  wanted.some((part) => file.includes(part) || path.matchesGlob(file, part.replace(/^\.\//, '')))

const isBrowserTest = (file: string) => file.endsWith('.browser.test.ts')

function findChromium(): string | undefined {
  return [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find((file) => {
    try {
      accessSync(file ?? '', constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Exits with 1 when there is nothing to run, or when CI would skip the browser tests. */
function chooseFiles(chromium: string | undefined): string[] {
  const all = globSync(FILES, { cwd: root }).sort().filter(matches)
  const skipped = chromium ? [] : all.filter(isBrowserTest)
  if (skipped.length > 0) {
    console.log(`no Chromium (CHROMIUM_PATH): ${skipped.length} browser test file(s) left out`)
    if (process.env.CI === 'true') process.exit(1)
  }
  const files = all.filter((file) => !skipped.includes(file))
  if (files.length === 0) {
    console.error(`no test file matches ${(wanted.length > 0 ? wanted : FILES).join(' ')}`)
    process.exit(1)
  }
  return files
}

/** Tests never see the bot, the key or the database of the person who runs them. */
function testEnvironment(
  server: string,
  chromium: string | undefined,
  egressLog: string,
): NodeJS.ProcessEnv {
  const own = new Set<string>([...CONFIG_NAMES, 'RENDER_EXTERNAL_URL', 'TEST_DATABASE_URL'])
  const foreign = /^(TELEGRAM_|KIE_|WEBHOOK_|TRT_|PG[A-Z]+$)/
  const kept = Object.entries(process.env).filter(([name]) => !own.has(name) && !foreign.test(name))
  return {
    ...Object.fromEntries(kept),
    TRT_TEST_SERVER: server,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${GUARD}`.trim(),
    EGRESS_LOG: egressLog,
    EGRESS_HOSTS: new URL(server).hostname,
    ...(chromium ? { CHROMIUM_PATH: chromium } : {}),
  }
}

/** Databases of failed tests stay for a look; an hour later the next run removes them. */
async function removeLeftovers(server: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database where datname like 'trt\\_test\\_%'`,
  )
  for (const { datname } of rows) {
    const createdAt = Number.parseInt(datname.split('_')[2] ?? '', 36)
    const old = Date.now() - createdAt > LEFTOVER_AGE_MS
    if (old) await client.query(`drop database "${datname}"`).catch(() => undefined)
  }
  await client.end()
}

async function runTests(files: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const concurrency = Math.min(Math.max(2, availableParallelism()), MAX_PARALLEL_FILES)
  const options = [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    '--test-reporter=spec',
    ...flags,
  ]
  const child = spawn(process.execPath, [...options, ...files], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  // Ctrl-C reaches the child too; we only stay to stop the server after it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

/** Whether nobody reached out; those who did are named. */
function stayedHome(egressLog: string): boolean {
  if (!existsSync(egressLog)) return true
  console.error(`\nThese reached out beyond this machine:\n${readFileSync(egressLog, 'utf8')}`)
  return false
}

const chromium = findChromium()
const files = chooseFiles(chromium)
const given = process.env.TEST_DATABASE_URL ?? process.env.DATABASE_URL
const server = given
  ? { url: given, stop: async () => {} }
  : await startPostgres({ dir: TEST_SERVER_DIR, log: console.log })
const notes = mkdtempSync(path.join(tmpdir(), 'trt-test-'))
const egressLog = path.join(notes, 'egress.log')
try {
  await removeLeftovers(server.url)
  const code = await runTests(files, testEnvironment(server.url, chromium, egressLog))
  process.exitCode = stayedHome(egressLog) ? code : 1
} finally {
  rmSync(notes, { recursive: true })
  await server.stop()
}
