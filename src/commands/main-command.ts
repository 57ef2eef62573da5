import { defineCommand } from 'citty'

/** Every command by its name; each is loaded only when it is asked for. */
export const mainCommand = defineCommand({
  meta: { name: 'trt', description: 'A Telegram bot on durable statecharts.' },
  subCommands: {
    sandbox: () => import('./sandbox.ts').then((m) => m.sandboxCommand),
    local: () => import('./local.ts').then((m) => m.localCommand),
    adopt: () => import('./adopt.ts').then((m) => m.adoptCommand),
    migrate: () => import('./migrate.ts').then((m) => m.migrateCommand),
    e2e: () => import('./e2e.ts').then((m) => m.e2eCommand),
    bench: () => import('./bench.ts').then((m) => m.benchCommand),
    replay: () => import('./replay.ts').then((m) => m.replayCommand),
    charts: () => import('./charts.ts').then((m) => m.chartsCommand),
    'charts:conformance': () =>
      import('./charts-conformance.ts').then((m) => m.chartsConformanceCommand),
    taps: () => import('./taps.ts').then((m) => m.tapsCommand),
    console: () => import('./console.ts').then((m) => m.consoleCommand),
    models: () => import('./models.ts').then((m) => m.modelsCommand),
    probe: () => import('./probe.ts').then((m) => m.probeCommand),
    audit: () => import('./audit.ts').then((m) => m.auditCommand),
    retention: () => import('./retention.ts').then((m) => m.retentionCommand),
    orphans: () => import('./orphans.ts').then((m) => m.orphansCommand),
    fuzz: () => import('./fuzz.ts').then((m) => m.fuzzCommand),
    chaos: () => import('./chaos.ts').then((m) => m.chaosCommand),
    trace: () => import('./trace.ts').then((m) => m.traceCommand),
    backup: () => import('./backup.ts').then((m) => m.backupCommand),
    restore: () => import('./backup.ts').then((m) => m.restoreCommand),
    verify: () => import('./backup.ts').then((m) => m.verifyCommand),
    'check:prod': () => import('./check-prod.ts').then((m) => m.checkProdCommand),
  },
})
