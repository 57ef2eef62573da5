/**
 * `npm test [-- part-of-a-path | glob | --fast | --transitions | --node-flag …]`: all tests on one real
 * PostgreSQL; `--fast`: only the pure machines and the store; `--transitions`: writes which transitions of
 * the machines were taken, for the sandbox's console. An own server is named by TEST_DATABASE_URL; it
 * then needs the right to create databases. Fails when anything reached out beyond this machine.
 */
import { globSync } from 'node:fs'
import path from 'node:path'
import { findChromium } from '../src/bench/chromium.ts'
import { root, withTestServer } from './test/run.ts'

/** What needs neither a bot nor a browser nor a foreign server. */
const FAST = /^test\/((architecture|config|log|machines|store|support)\/|errors\.test\.ts)/

const given = process.argv.slice(2)
const wanted = given.filter((argument) => !argument.startsWith('-'))
const OWN = ['--fast', '--transitions']
const flags = given.filter((argument) => argument.startsWith('-') && !OWN.includes(argument))
const isFast = given.includes('--fast')
const transitions = given.includes('--transitions')

const matches = (file: string) =>
  (!isFast || FAST.test(file)) &&
  (wanted.length === 0 ||
    wanted.some((part) => file.includes(part) || path.matchesGlob(file, part.replace(/^\.\//, ''))))

const isBrowserTest = (file: string) => file.endsWith('.browser.test.ts')

/** Exits with 1 when there is nothing to run, or when CI would skip the browser tests. */
function chooseFiles(): string[] {
  const all = globSync(['test/**/*.test.ts', 'examples/**/*.test.ts'], { cwd: root })
    .sort()
    .filter(matches)
  const skipped = findChromium() ? [] : all.filter(isBrowserTest)
  if (skipped.length > 0) {
    console.log(`no Chromium (CHROMIUM_PATH): ${skipped.length} browser test file(s) left out`)
    if (process.env.CI === 'true') process.exit(1)
  }
  const files = all.filter((file) => !skipped.includes(file))
  if (files.length === 0) {
    console.error(`no test file matches ${wanted.join(' ') || 'test/**/*.test.ts'}`)
    process.exit(1)
  }
  return files
}

const files = chooseFiles()
await withTestServer(async (run) => {
  process.exitCode = (await run(files, { flags, transitions })) ? 0 : 1
})
