import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type pg from 'pg'
import { checkCatalogue, checkPrices } from '../../src/checks/catalogue.ts'
import { type DatabaseFacts, readDatabaseOf } from '../../src/checks/database.ts'
import { checkPriceTexts, findingsOfPriceTexts } from '../../src/checks/price-texts.ts'
import { prodChecks, type Sources } from '../../src/checks/prod.ts'
import { type CheckReport, ok, runChecks } from '../../src/checks/run-checks.ts'
import type { RunningFacts } from '../../src/checks/running.ts'
import type { TelegramFacts } from '../../src/checks/telegram.ts'
import type { PassReport } from '../../src/e2e/report.ts'
import { ALLOWED_UPDATES } from '../../src/http/telegram/announcements.ts'
import { allModels, type Model } from '../../src/machines/catalogue/catalogue.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { dbOf } from '../../src/store/db.ts'
import { migrationNames } from '../../src/store/migrate.ts'
import { createDatabase } from '../support/database.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')
const HEX = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'

/** An environment as production should have it. */
const ENV: Readonly<Record<string, string>> = {
  TELEGRAM_BOT_TOKEN: '700000001:AAtest-token_of_the_bot_0123456789ab',
  KIE_API_KEY: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  ADMIN_ID: '1000',
  BOT_MODE: 'webhook',
  WEBHOOK_BASE_URL: 'https://bot.example',
  WEBHOOK_SECRET_PATH: `path-${HEX}`,
  WEBHOOK_SECRET_TOKEN: `token-${HEX}`,
  DATABASE_URL: 'postgresql://trt:pw@127.0.0.1/trt',
}

const RUNNING: RunningFacts = {
  url: 'https://bot.example',
  health: {
    ...{ status: 'ok', version: '9.9.9', commit: 'abc', mode: 'active', bot_mode: 'webhook' },
    ...{ kie_mode: 'real', db_schema_ready: true, instance_id: 'one', workers: {} },
    ts: new Date(NOW).toISOString(),
  },
  reason: '',
  offsetMs: 3,
  ready: 200,
  callback: { forged: 401, signed: 200 },
  webhook: { forged: 401, signed: 400 },
  leader: true,
}

const TELEGRAM: TelegramFacts = {
  ...{ id: 700_000_001, username: 'trt_bot', pending: 0, lastErrorAt: 0, lastError: '' },
  webhook: `https://bot.example/webhook/path-${HEX}`,
  allowedUpdates: [...ALLOWED_UPDATES],
  unreachable: [],
}

const PASS: PassReport = {
  ...{ botMode: 'webhook', callback4xx: 0, jobNotFound: 0, openHolds: 0 },
  models: [
    {
      ...{ model: 'z-image', chatId: 1, required: [] },
      runs: [
        {
          ...{ ok: true, jobId: 'j', taskId: 't', ttfbMs: 1, totalMs: 2 },
          ...{ via: 'callback', stored: true, delivered: true, error: null },
        },
      ],
    },
  ],
}

/** One thing broken: SQL on a real database that is rolled back, or other sources. */
type Mutation = readonly [
  what: string,
  section: string,
  broken: string | ((whole: Sources) => Partial<Sources>),
]

const withEnv = (more: Record<string, string>) => (whole: Sources) => ({
  env: { ...whole.env, ...more },
})
const withRunning = (more: Partial<RunningFacts>) => () => ({
  running: async () => ({ ...RUNNING, ...more }),
})
const withHealth = (more: Partial<NonNullable<RunningFacts['health']>>) =>
  withRunning({ health: { ...(RUNNING.health as NonNullable<RunningFacts['health']>), ...more } })
const withTelegram = (more: Partial<TelegramFacts>) => () => ({
  telegram: async () => ({ ...TELEGRAM, ...more }),
})
const withPass = (more: Partial<PassReport>) => () => ({
  orders: async () => ({ ...PASS, ...more }),
})
const withServer =
  (more: Partial<DatabaseFacts['server']>, facts: Partial<DatabaseFacts> = {}) =>
  (whole: Sources) => ({
    database: async (config: Parameters<Sources['database']>[0]) => {
      const found = await whole.database(config)
      return { ...found, ...facts, server: { ...found.server, ...more } }
    },
  })
const withShelf =
  (more: Partial<Awaited<ReturnType<Sources['shelf']>>>) =>
  (whole: Sources): Partial<Sources> => ({
    shelf: async () => ({ ...(await whole.shelf()), ...more }),
  })

/** Kling's price by another factor, all others as they are. */
function repriced(model: Model, factor: number): Model {
  if (model.id !== 'kling-2.6/text-to-video') return model
  const parts = model.price.parts.map((part) => ({
    ...part,
    credits: Array.isArray(part.credits)
      ? part.credits.map((row) => ({ ...row, credits: row.credits * factor }))
      : part.credits,
  }))
  return { ...model, price: { ...model.price, parts } } as Model
}

const MUTATIONS: readonly Mutation[] = [
  ['DRY_RUN is on', 'environment', withEnv({ DRY_RUN: '1' })],
  ['TEST_MODE is on', 'environment', withEnv({ TEST_MODE: '1' })],
  ['the markup is 0.5', 'environment', withEnv({ PRICE_MARKUP: '0.5' })],
  ['the markup has a comma', 'environment', withEnv({ PRICE_MARKUP: '2,5' })],
  ['the rate lost its point', 'environment', withEnv({ USD_RUB_RATE: '7857' })],
  ['a Star sells 50 000 roubles', 'environment', withEnv({ STARS_PER_RUB: '0.00001' })],
  ['a name is missing', 'environment', (whole) => ({ env: { ...whole.env, ADMIN_ID: '' } })],
  ['the callback token is a word', 'environment', withEnv({ KIE_CALLBACK_TOKEN: 'password' })],
  ['two secrets are the same', 'environment', withEnv({ CONSOLE_TOKEN: `token-${HEX}` })],
  [
    'the console is open to the world with a short token',
    'environment',
    withEnv({ CONSOLE_REMOTE: '1', CONSOLE_TOKEN: 'abcdefghijklmnop' }),
  ],
  [
    'a trigger of the ledger is dropped',
    'database',
    'drop trigger ledger_applies on ledger_entries',
  ],
  [
    'a trigger is disabled',
    'database',
    'alter table ledger_entries disable trigger ledger_append_only',
  ],
  ['a table is dropped', 'database', 'drop table favourites cascade'],
  ['a column is dropped', 'database', 'alter table jobs drop column credits_consumed'],
  [
    'a constraint is dropped',
    'database',
    'alter table accounts drop constraint accounts_pkey cascade',
  ],
  ['an index is dropped', 'database', 'drop index timers_due'],
  [
    'a default is changed',
    'database',
    'alter table accounts alter available_kopecks set default 5',
  ],
  [
    'a function is replaced',
    'database',
    `create or replace function refuse_change() returns trigger language plpgsql as
      $$ begin return new; end $$`,
  ],
  [
    'a stranger has put a trigger on the accounts',
    'database',
    'create trigger mine before insert on accounts for each row execute function refuse_change()',
  ],
  ['a migration is missing', 'database', `delete from schema_migrations`],
  [
    'an account has more than the ledger explains',
    'database',
    `insert into users (id, language) values (5, 'ru');
     insert into accounts (user_id, available_kopecks) values (5, 700)`,
  ],
  [
    'a timer has been due for an hour',
    'database',
    `insert into timers (actor_id, id, seq, due_at, event)
     values ('job:x', 't', 1, now() - interval '1 hour', '{}')`,
  ],
  [
    'an effect has waited for an hour',
    'database',
    `insert into effects (actor_id, key, type, seq, index, payload, added_at)
     values ('job:x', '1.0', 'kie.poll', 1, 0, '{}', now() - interval '1 hour')`,
  ],
  [
    'a dead letter has lain for a week',
    'database',
    `insert into dead_letters (kind, subject, key, payload, error, created_at)
     values ('update', 'x', 'k', '{}', 'e', now() - interval '7 days')`,
  ],
  [
    'the database belongs to another bot',
    'database',
    `insert into installation (bot_id, money) values (111, 'real')`,
  ],
  [
    'the database holds play money',
    'database',
    `insert into installation (bot_id, money) values (111, 'play')`,
  ],
  ['the server is PostgreSQL 14', 'database', withServer({ version: 14 })],
  ['the database is a standby', 'database', withServer({ readOnly: true })],
  ['the role may not create', 'database', withServer({ canCreate: false })],
  ['a pooler shares sessions', 'database', withServer({}, { pooled: true })],
  ["the database's clock is an hour behind", 'database', withServer({}, { offsetMs: -3_600_000 })],
  ['the bot is dead', 'running', withRunning({ health: null, reason: 'connect ECONNREFUSED' })],
  ['it is not ready', 'running', withRunning({ ready: 503 })],
  ['it is degraded', 'running', withHealth({ status: 'degraded' })],
  ['its schema is not ready', 'running', withHealth({ db_schema_ready: false })],
  ['it runs with mocks', 'running', withHealth({ kie_mode: 'mock' })],
  ['it polls instead', 'running', withHealth({ bot_mode: 'polling' })],
  [
    'its callback path is another',
    'running',
    withRunning({ callback: { forged: 404, signed: 404 } }),
  ],
  ['it takes forged callbacks', 'running', withRunning({ callback: { forged: 200, signed: 200 } })],
  ['it has another token', 'running', withRunning({ callback: { forged: 401, signed: 401 } })],
  [
    'its webhook secret is another',
    'running',
    withRunning({ webhook: { forged: 401, signed: 401 } }),
  ],
  ['its clock is a minute ahead', 'running', withRunning({ offsetMs: 60_000 })],
  ['nobody leads', 'running', withRunning({ leader: false })],
  ['the webhook leads elsewhere', 'telegram', withTelegram({ webhook: 'https://other.example/x' })],
  [
    'the webhook has an older path',
    'telegram',
    withTelegram({ webhook: 'https://bot.example/old' }),
  ],
  ['no webhook is set', 'telegram', withTelegram({ webhook: '' })],
  ['an admin never wrote', 'telegram', withTelegram({ unreachable: [1000] })],
  ['updates pile up', 'telegram', withTelegram({ pending: 5_000 })],
  ['payments are not asked for', 'telegram', withTelegram({ allowedUpdates: ['message'] })],
  ['the token is of another bot', 'telegram', withTelegram({ id: 5 })],
  [
    'Telegram does not know the token',
    'telegram',
    () => ({ telegram: () => Promise.reject(new Error('401: Unauthorized')) }),
  ],
  [
    'the account is empty',
    'provider',
    () => ({ provider: async () => ({ credits: 0, perDay: 10, dearest: 1 }) }),
  ],
  [
    'the account lasts two hours',
    'provider',
    () => ({ provider: async () => ({ credits: 100, perDay: 1_200, dearest: 1 }) }),
  ],
  [
    'the provider refuses the key',
    'provider',
    () => ({ provider: () => Promise.reject(new Error('401')) }),
  ],
  ['a callback is refused on the way', 'orders', withPass({ callback4xx: 1 })],
  ['money stays on hold', 'orders', withPass({ openHolds: 1 })],
  [
    'an order brings no result',
    'orders',
    withPass({
      models: PASS.models.map((model) => ({
        ...model,
        runs: model.runs.map((run) => ({ ...run, ok: false, error: 'no result in time' })),
      })),
    }),
  ],
  [
    'a model file is no JSON',
    'catalogue',
    () => ({ shelf: () => Promise.reject(new SyntaxError('models/kling.json: Unexpected token')) }),
  ],
  [
    'a model costs nothing',
    'prices',
    withShelf({
      prices: () =>
        checkPrices(SAMPLE_VIEW.rates, () => ({ kopecks: 0, per: 'run', varies: false })),
    }),
  ],
  [
    'a price is 110 times too low',
    'prices',
    withShelf({ prices: () => findingsOfPriceTexts(allModels.map((m) => repriced(m, 1 / 110))) }),
  ],
  [
    'a price is 110 times too high',
    'prices',
    withShelf({ prices: () => findingsOfPriceTexts(allModels.map((m) => repriced(m, 110))) }),
  ],
  [
    'two migrations have one number',
    'migrations',
    () => ({ migrations: () => [...migrationNames, '0002-again'] }),
  ],
  [
    'the metrics page is stale',
    'generated files',
    () => ({ generated: async () => ({ compared: 4, stale: ['docs/telemetry.md'] }) }),
  ],
]

describe('npm run check:prod', () => {
  let client: pg.PoolClient
  let whole: Sources

  before(async () => {
    // Released before the pool is ended by the file's own hook.
    const { pool } = await createDatabase({ closeFirst: async () => client.release() })
    client = await pool.connect()
    const database = await readDatabaseOf(dbOf(client), () => NOW)
    const catalogue = checkCatalogue()
    const prices = [...checkPrices(SAMPLE_VIEW.rates), ...checkPriceTexts()]
    const offset = { ...database, offsetMs: 5 }
    whole = {
      env: ENV,
      own: { version: '9.9.9', commit: 'abc' },
      now: () => NOW,
      shelf: async () => ({
        catalogue: () => catalogue,
        prices: () => prices,
        screens: () => [ok('drawn')],
      }),
      migrations: () => migrationNames,
      generated: async () => ({ compared: 4, stale: [] }),
      database: async () => offset,
      running: async () => RUNNING,
      telegram: async () => TELEGRAM,
      provider: async () => ({ credits: 1_000, perDay: 10, dearest: 500 }),
      dependencies: async () => ({ bySeverity: { low: 1 } }),
      orders: async () => PASS,
    }
  })
  after(() => assert.ok(MUTATIONS.length >= 30))

  const judge = (sources: Sources, offline = false): Promise<CheckReport[]> =>
    runChecks(prodChecks(sources, { offline, deployed: true }))

  const redOf = (reports: readonly CheckReport[]) =>
    reports.filter(({ status }) => status === 'fail').map(({ name }) => name)

  test('is green where everything is as it must be', async () => {
    const reports = await judge(whole)
    assert.deepEqual(redOf(reports), [], JSON.stringify(reports, null, 1))
    assert.equal(reports.length, 12)
  })

  for (const [what, section, broken] of MUTATIONS) {
    test(`turns ${section} red when ${what}`, async () => {
      const reports = await judge({ ...whole, ...(await mutate(broken)) })
      assert.deepEqual(redOf(reports), [section], JSON.stringify(reports, null, 1))
      const red = reports.flatMap(({ findings }) => findings).filter((f) => f.status === 'fail')
      for (const { text, why, fix } of red) assert.ok(text && why && fix, text)
      assert.doesNotMatch(JSON.stringify(reports), /AAtest-token|a1b2c3d4e5f6|0f1e2d3c/)
    })
  }

  /** Breaks the real database for one look, or takes other sources. */
  async function mutate(broken: Mutation[2]): Promise<Partial<Sources>> {
    if (typeof broken === 'function') return broken(whole)
    await client.query('begin')
    try {
      await client.query(broken)
      const facts = { ...(await readDatabaseOf(dbOf(client), () => NOW)), offsetMs: 5 }
      return { database: async () => facts }
    } finally {
      await client.query('rollback')
    }
  }

  test('warns of weak packages, and is content where nobody can be asked', async () => {
    const of = async (dependencies: Sources['dependencies']) =>
      (await judge({ ...whole, dependencies })).find(({ name }) => name === 'dependencies')?.status
    assert.equal(await of(async () => ({ bySeverity: { low: 3, high: 1 } })), 'warn')
    assert.equal(await of(async () => ({ bySeverity: { low: 0, high: 0 } })), 'ok')
    assert.equal(await of(async () => null), 'ok')
  })

  test('warns of sales beside Stars', async () => {
    const env = { ...ENV, MANUAL_TOPUP_DETAILS: 'Card 0000 1111' }
    const reports = await judge({ ...whole, env })
    const { findings = [] } = reports.find(({ name }) => name === 'environment') ?? {}
    const warned = findings.filter(({ status }) => status === 'warn')
    assert.match(JSON.stringify(warned), /without Stars.*Telegram removes bots/)
    assert.doesNotMatch(JSON.stringify(reports), /0000 1111/)
  })

  test('judges files alone where there is no network, token or database', async () => {
    const away = () => Promise.reject(new Error('asked'))
    const outside = {
      database: away,
      running: away,
      telegram: away,
      provider: away,
      dependencies: away,
      orders: away,
    }
    const reports = await judge({ ...whole, ...outside, env: {} }, true)
    assert.deepEqual(redOf(reports), [])
    assert.deepEqual(
      reports.map(({ name }) => name),
      ['catalogue', 'prices', 'screens', 'migrations', 'generated files'],
    )
  })
})
