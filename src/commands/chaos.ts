import { existsSync } from 'node:fs'
import path from 'node:path'
import { defineCommand } from 'citty'
import { BUNDLE, build } from '../bench/process.ts'
import { RELEASES, unpackProgram } from '../chaos/kept-release.ts'
import { OLD_FAULTS, type OldFaultName, putBack } from '../chaos/old-faults.ts'
import { reportLines } from '../chaos/report.ts'
import { runChaos } from '../chaos/run-chaos.ts'
import { SCENARIOS, type ScenarioName } from '../chaos/scenarios.ts'
import { ScenarioUnavailable } from '../chaos/small-disk.ts'

/** Kills, freezes, cuts and floods a whole installation under load, and looks what was lost. */
export const chaosCommand = defineCommand({
  meta: {
    name: 'chaos',
    description: 'Several instances on a PostgreSQL of their own, with everything that can fail.',
  },
  args: {
    seed: { type: 'string', default: '1', description: 'Plans faults and what people do' },
    kills: { type: 'string', default: '30', description: 'How often an instance dies' },
    recipients: {
      type: 'string',
      default: '10000',
      description: 'Whom the broadcast of the scenario broadcast is for',
    },
    sends: {
      type: 'string',
      default: '30',
      description: 'What an instance may send in a second; Telegram allows 30',
    },
    users: { type: 'string', default: '80', description: 'People at the same time' },
    instances: { type: 'string', default: '3', description: 'Processes of the bot' },
    minutes: { type: 'string', description: 'How long faults go on; else until the last kill' },
    scenario: {
      type: 'string',
      default: 'mixed',
      description: Object.keys(SCENARIOS).join(', '),
    },
    release: {
      type: 'string',
      description: 'A kept release, e.g. 0.1.0, instead of the present program',
    },
    'put-back': {
      type: 'string',
      description: `A fault of before, which must turn the run red: ${Object.keys(OLD_FAULTS).join(', ')}`,
    },
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
  },
  async run({ args }) {
    const counts = { seed: 0, kills: 0, users: 1, instances: 1, recipients: 100, sends: 1 }
    const given = Object.entries(counts).map(([name, least]) => {
      const value = Number(args[name as keyof typeof counts])
      return [name, value, Number.isInteger(value) && value >= least] as const
    })
    const minutes = args.minutes === undefined ? undefined : Number(args.minutes)
    const wrong = [
      ...given.filter(([, , ok]) => !ok).map(([name]) => `--${name} needs a whole number`),
      ...(minutes === undefined || minutes > 0 ? [] : ['--minutes needs a number above 0']),
      ...(args.scenario in SCENARIOS
        ? []
        : [`--scenario is one of ${Object.keys(SCENARIOS).join(', ')}`]),
      ...(args.release === undefined || existsSync(path.join(RELEASES, args.release))
        ? []
        : ['--release needs a release that was kept']),
      ...(args['put-back'] === undefined || args['put-back'] in OLD_FAULTS
        ? []
        : [`--put-back is one of ${Object.keys(OLD_FAULTS).join(', ')}`]),
    ]
    if (wrong.length > 0) {
      console.error(wrong.join('\n'))
      process.exitCode = 2
      return
    }
    // Progress and findings are for whoever waits; the figures alone go to stdout.
    const log = (line: string) => console.error(line)
    const kept = args.release === undefined ? undefined : await unpackProgram(args.release)
    if (kept === undefined) await build()
    const old = args['put-back'] as OldFaultName | undefined
    const program = old === undefined ? kept : await putBack(kept?.main ?? BUNDLE, old)
    const numbers = Object.fromEntries(given) as Record<keyof typeof counts, number>
    const report = await runChaos({
      ...numbers,
      ...{ minutes, main: program?.main ?? BUNDLE, log, scenario: args.scenario as ScenarioName },
    })
      .catch((error: unknown) => {
        if (!(error instanceof ScenarioUnavailable)) throw error
        console.error(error.message)
      })
      .finally(async () => {
        await program?.remove()
        if (kept !== program) await kept?.remove()
      })
    if (report === undefined) {
      process.exitCode = 2
      return
    }
    const words = reportLines(report).join('\n')
    if (args.json) {
      console.error(words)
      console.log(JSON.stringify({ ...report.figures, ...report.measured }))
    } else {
      console.log(words)
    }
    process.exitCode = report.isGreen ? 0 : 1
  },
})
