import { defineCommand, runMain } from 'citty'
import { usageProblem } from './usage.ts'

/** What `dist/cli.js` holds: commands for who runs the bot, without sandbox, tests and benches. */
const productionCommand = defineCommand({
  meta: { name: 'trt', description: 'Commands for who runs the bot.' },
  subCommands: {
    migrate: () => import('./migrate.ts').then((m) => m.migrateCommand),
    'check:prod': () => import('./check-prod.ts').then((m) => m.checkProdCommand),
    orphans: () => import('./orphans.ts').then((m) => m.orphansCommand),
    retention: () => import('./retention.ts').then((m) => m.retentionCommand),
    adopt: () => import('./adopt.ts').then((m) => m.adoptCommand),
    trace: () => import('./trace.ts').then((m) => m.traceCommand),
    replay: () => import('./replay.ts').then((m) => m.replayCommand),
    audit: () => import('./audit.ts').then((m) => m.auditCommand),
    backup: () => import('./backup.ts').then((m) => m.backupCommand),
    restore: () => import('./backup.ts').then((m) => m.restoreCommand),
    verify: () => import('./backup.ts').then((m) => m.verifyCommand),
  },
})

const problem = await usageProblem(productionCommand, process.argv.slice(2))
if (problem === undefined) await runMain(productionCommand)
else {
  console.error(problem)
  process.exitCode = 2
}
