import { existsSync } from 'node:fs'
import { defineCommand } from 'citty'
import { runDry } from '../e2e/dry.ts'
import { runReal } from '../e2e/real.ts'
import {
  isGreen,
  jsonReport,
  type ModelReport,
  modelLines,
  type PassReport,
  passLines,
} from '../e2e/report.ts'
import { ConfigError } from '../errors.ts'
import { allModels } from '../machines/catalogue/catalogue.ts'
import { canBeBegun } from '../machines/conversation/order/offer.ts'
import { SAMPLE_VIEW } from '../machines/conversation/samples/view.ts'
import { withFreshDatabase } from '../world/database.ts'

/** The founding documents' acceptance: every free model, from /start to the picture in the chat. */
export const e2eCommand = defineCommand({
  meta: {
    name: 'e2e',
    description:
      'The free models from /start to the picture, on the sandbox; for real with RUN_E2E=1.',
  },
  args: {
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
    runs: { type: 'string', description: 'Runs per model: 2, or 1 with --all' },
    'max-credits': {
      type: 'string',
      description: 'Real run: what it may cost at the provider; needed',
    },
    all: {
      type: 'boolean',
      default: false,
      description: 'Every model that can be ordered by its link, once, on the sandbox only',
    },
    mode: { type: 'string', default: 'both', description: 'webhook, polling or both (dry run)' },
  },
  async run({ args }) {
    const real = process.env.RUN_E2E === '1'
    // The dry run is not to know of the operator's settings.
    if (real && existsSync('.env')) process.loadEnvFile('.env')
    const { all } = args
    if (real && all) {
      console.error('--all is for the sandbox: it would order every model for real money.')
      process.exit(1)
    }
    const runs = Number(args.runs ?? process.env.E2E_RUNS ?? (all ? 1 : 2))
    const both = args.mode === 'both'
    // One way in is enough where it is the models that are tried.
    const modes = MODES.filter((mode) => (both ? !all || mode === 'webhook' : args.mode === mode))
    if (!Number.isInteger(runs) || runs < 1 || modes.length === 0) {
      console.error('--runs needs a number from 1, --mode one of webhook, polling, both.')
      process.exit(1)
    }
    const maxCredits = Number(args['max-credits'])
    if (real && !(maxCredits > 0)) {
      console.error(
        'RUN_E2E=1 spends credits of the provider: say how many, e.g. --max-credits 20.',
      )
      process.exit(1)
    }
    const say = (lines: readonly string[]) => {
      if (!args.json) console.log(lines.join('\n'))
    }
    const common = {
      runs,
      models: allModels.filter((m) => (all ? canBeBegun(m, SAMPLE_VIEW.rates) : m.free)),
      onModel: (report: ModelReport) => say(modelLines(report)),
    }
    const { LOG_LEVEL: logLevel = 'error' } = process.env
    const dry = (botMode: (typeof MODES)[number]) => {
      say([`Dry run on the sandbox, ${botMode}: ${runs} × ${common.models.length} models`])
      return withFreshDatabase(process.env, (database) =>
        runDry({ ...common, botMode, database, logLevel, isWholeShelf: all }),
      )
    }
    const passes: PassReport[] = []
    try {
      for (const mode of real ? [undefined] : modes) {
        const pass =
          mode === undefined
            ? await runReal({ ...common, env: process.env, maxCredits })
            : await dry(mode)
        passes.push(pass)
        say(passLines(pass, { real }))
      }
    } catch (error) {
      const lines = error instanceof ConfigError ? error.lines : [`e2e: ${error}`]
      console.error(lines.join('\n'))
      process.exit(1)
    }
    if (args.json) console.log(JSON.stringify(jsonReport(passes, { real })))
    process.exitCode = isGreen(passes) ? 0 : 1
  },
})

const MODES = ['webhook', 'polling'] as const
