import { appendFileSync } from 'node:fs'
import { cpuSeconds } from './cpu-seconds.ts'

/**
 * Loaded into every process of a test run (`--import`): one that runs a test file notes at its end,
 * in the file that TEST_COSTS names, how long it lived and how much CPU it and its children took.
 */
const { TEST_COSTS: file } = process.env
const [, program = ''] = process.argv

if (file !== undefined && /\.test\.m?[jt]s$/.test(program)) {
  process.on('exit', () => {
    const { own, children } = cpuSeconds()
    const note = { file: program, cpuSeconds: own + children, wallMs: performance.now() }
    appendFileSync(file, `${JSON.stringify(note)}\n`)
  })
}
