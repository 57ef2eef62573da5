import { defineCommand } from 'citty'
import { BUNDLE, build } from '../bench/process.ts'
import { runFuzz } from '../chaos/run-fuzz.ts'

/** Sends requests of all kinds to a bot of its own, and looks whether anything breaks. */
export const fuzzCommand = defineCommand({
  meta: {
    name: 'fuzz',
    description: 'Random updates, callbacks and console requests against a bot of its own.',
  },
  args: {
    requests: { type: 'string', default: '10000', description: 'How many' },
    seed: { type: 'string', default: '1', description: 'The same seed sends the same requests' },
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
  },
  async run({ args }) {
    const [requests, seed] = [Number(args.requests), Number(args.seed)]
    if (!Number.isInteger(requests) || requests < 1 || !Number.isInteger(seed)) {
      console.error('--requests needs a whole number from 1, --seed a whole number.')
      process.exitCode = 2
      return
    }
    await build()
    const report = await runFuzz({ main: BUNDLE, requests, seed })
    console.log(args.json ? JSON.stringify(report) : JSON.stringify(report, null, 2))
    process.exitCode = report.failure === undefined && report.isAlive ? 0 : 1
  },
})
