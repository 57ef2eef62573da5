import { defineCommand, runMain } from 'citty'

const sandbox = defineCommand({
  meta: { name: 'sandbox', description: 'The whole product offline, with a chat in the browser.' },
  args: {
    port: { type: 'string', default: process.env.SANDBOX_PORT ?? '8080', description: 'Chat page' },
    mode: { type: 'string', default: 'webhook', description: 'webhook or polling' },
  },
  async run({ args }) {
    const { runSandbox } = await import('./commands/sandbox.ts')
    const botMode = args.mode === 'polling' ? 'polling' : 'webhook'
    await runSandbox({ port: Number(args.port), botMode })
  },
})

await runMain(
  defineCommand({
    meta: { name: 'trt', description: 'A Telegram bot on durable statecharts.' },
    subCommands: {
      sandbox,
      migrate: () => import('./commands/migrate.ts').then((m) => m.migrateCommand),
      e2e: () => import('./commands/e2e.ts').then((m) => m.e2eCommand),
      bench: () => import('./commands/bench.ts').then((m) => m.benchCommand),
      replay: () => import('./commands/replay.ts').then((m) => m.replayCommand),
      charts: () => import('./commands/charts.ts').then((m) => m.chartsCommand),
      models: () => import('./commands/models.ts').then((m) => m.modelsCommand),
      audit: () => import('./commands/audit.ts').then((m) => m.auditCommand),
      'check:prod': () => import('./commands/check-prod.ts').then((m) => m.checkProdCommand),
    },
  }),
)
