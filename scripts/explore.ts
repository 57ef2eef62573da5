/**
 * `npm run explore [-- part-of-a-path --minutes N]`: the random tests again and again, each round
 * with a seed of its own, until something fails or the time is over (without N: until Ctrl-C).
 */
import { randomInt } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { root, withTestServer } from './test/run.ts'

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string' } },
  allowPositionals: true,
})
const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes)
if (!(minutes > 0)) {
  console.error('--minutes needs a number above 0.')
  process.exit(1)
}

/** They have their randomness from one place. */
const isRandom = (file: string) =>
  /support\/properties\.ts'/.test(readFileSync(path.join(root, file), 'utf8'))

const files = globSync('test/**/*.test.ts', { cwd: root })
  .sort()
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .filter(isRandom)
if (files.length === 0) {
  console.error(`no random test matches ${positionals.join(' ')}`)
  process.exit(1)
}

await withTestServer(async (run) => {
  let isAsked = true
  process.once('SIGINT', () => {
    isAsked = false
  })
  const until = Date.now() + minutes * 60_000
  for (let round = 1; isAsked && Date.now() < until; round += 1) {
    const seed = randomInt(2 ** 31)
    console.log(`round ${round}: ${files.length} files with TEST_SEED=${seed}`)
    if (await run(files, { seed, flags: ['--test-reporter=dot'] })) continue
    if (!isAsked) return
    console.error(`\nagain: TEST_SEED=${seed} npm test -- <the file that failed>`)
    process.exitCode = 1
    return
  }
})
