import { defineCommand } from 'citty'
import { prodChecks } from '../checks/prod.ts'
import { checkLines, checksJson, isPassed, runChecks } from '../checks/run-checks.ts'
import { prodSources } from './prod-sources.ts'

/** Whether production is as it must be: looks at what runs, not at what is meant to run. */
export const checkProdCommand = defineCommand({
  meta: { name: 'check:prod', description: 'Is everything in place for production?' },
  args: {
    detailed: { type: 'boolean', default: false, description: 'All findings, not only the bad' },
    json: { type: 'boolean', default: false, description: 'One JSON object instead of text' },
    offline: {
      type: 'boolean',
      default: false,
      description: 'Only what needs no network, token or database',
    },
    preflight: {
      type: 'boolean',
      default: false,
      description: 'Before the first start: nothing runs yet',
    },
    orders: {
      type: 'boolean',
      default: true,
      description: '--no-orders leaves the trial orders out',
    },
    url: {
      type: 'string',
      description: 'Where an instance answers; else WEBHOOK_BASE_URL or PORT',
    },
  },
  async run({ args }) {
    const { offline, preflight, json, detailed } = args
    const scope = { offline, deployed: !preflight, orders: args.orders }
    const checks = prodChecks(prodSources(process.env, args.url), scope)
    const reports = await runChecks(checks, (report) => {
      if (!json) console.log(checkLines(report, detailed).join('\n'))
    })
    const passed = isPassed(reports)
    if (json) console.log(JSON.stringify(checksJson(reports)))
    else if (offline) console.log(passed ? 'Ready, as far as files tell.' : 'Not ready.')
    else console.log(passed ? 'Ready for production.' : 'Not ready for production.')
    process.exitCode = passed ? 0 : 1
  },
})
