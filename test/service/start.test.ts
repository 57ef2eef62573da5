import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import pg from 'pg'
import { pino } from 'pino'
import { adopt } from '../../src/commands/adopt.ts'
import { parseConfig } from '../../src/config/config.ts'
import { createChatUser } from '../../src/e2e/chat.ts'
import { isResult } from '../../src/e2e/walk.ts'
import { startBootServer } from '../../src/http/boot.ts'
import type { HealthReport } from '../../src/http/health.ts'
import { type ServiceOptions, startService } from '../../src/service/start-service.ts'
import { expectOrder } from '../crash/ledger.ts'
import { createDatabase } from '../support/database.ts'
import { startInstance } from '../support/instance.ts'
import { ADMIN_ID, type Outside, startOutside } from '../support/outside.ts'
import { type ConnectionFault, createProxy } from '../support/proxy.ts'
import { runCli } from '../support/run-cli.ts'
import { createShopper, ORDERS, say, topUp } from '../support/shopper.ts'
import { waitFor, within } from '../support/wait.ts'

/** The bot in this process, as production starts it behind its port; stopped after the test. */
async function startHere(
  t: TestContext,
  env: Record<string, string>,
  options: Partial<ServiceOptions> = {},
) {
  const { config } = parseConfig(env)
  const instanceId = 'here'
  const boot = await startBootServer({
    ...{ port: 0, host: '127.0.0.1', version: '1', instanceId, botMode: config.botMode },
  })
  const refusals: string[] = []
  const service = startService({
    ...{ boot, config, log: pino({ level: 'silent' }), instanceId, storageMode: 'external' },
    onRefused: (error) => refusals.push(error.message),
    ...options,
  })
  t.after(() => service.stop())
  const url = `http://127.0.0.1:${boot.port}`
  const health = async () => (await (await fetch(`${url}/health`)).json()) as HealthReport
  return {
    ...{ url, health, refusals, stop: service.stop },
    until: (what: string, check: (health: HealthReport) => boolean) =>
      waitFor(
        async () => {
          const report = await health()
          return check(report) ? report : undefined
        },
        { what },
      ),
    ready: async () => (await fetch(`${url}/ready`)).status,
  }
}

/** Every connection that a start makes, with what happens to the first of its kind. */
const CONNECTIONS: Record<string, ConnectionFault> = {
  'trt-sessions': 'reset',
  'trt-engine': 'too-many',
  'trt-session': 'hang',
  'trt-writer': 'garbage',
  'trt-leader': 'close',
  trt: 'reset',
}

const MONEY = 1_000

/** Orders a picture that costs something, and waits for it. */
async function orderPicture({ telegram }: Outside, pool: pg.Pool, id: number): Promise<void> {
  await topUp(pool, id, MONEY)
  const shopper = createShopper(telegram, id)
  await shopper.toPreview('paid')
  await shopper.confirm()
  await shopper.sees(say('done.other'))
  assert.equal(telegram.control.chat(id).filter(isResult).length, 1)
}

describe('a start', { concurrency: true }, () => {
  test('survives that each of its connections fails once, and says meanwhile why', async (t) => {
    const outside = await startOutside(t)
    const { url } = await createDatabase(t)
    const proxy = await createProxy(t, url)
    for (const [name, fault] of Object.entries(CONNECTIONS)) proxy.spoil(name, fault)
    const bot = await startHere(t, outside.env('polling', proxy.url))
    const user = createChatUser(outside.telegram.control, 21)
    user.start()
    const early = await bot.until('a reason', ({ problems }) => 'start' in problems)
    assert.equal(early.status, 'degraded')
    assert.match(early.problems.start ?? '', /^the database: \S/)
    assert.equal(await bot.ready(), 503)
    await user.screen('Просто напишите')
    const late = await bot.until('health', ({ status, active }) => status === 'ok' && active)
    assert.deepEqual(late.problems, {})
    assert.equal(await bot.ready(), 200)
    assert.equal(proxy.spoiled(), Object.keys(CONNECTIONS).length)
  })

  test('is refused to another bot, which hears whose database it is, until it adopts it', async (t) => {
    const [one, other] = [await startOutside(t), await startOutside(t, {}, 700_000_002)]
    const { url, pool } = await createDatabase(t)
    const first = await startHere(t, one.env('polling', url))
    await first.until('an active bot', ({ active }) => active)
    const second = await startInstance(t, other.env('polling', url))
    assert.deepEqual(await within(second.exited, { what: 'the refused bot to end' }), {
      code: 1,
      signal: null,
    })
    assert.match(second.output(), /bot 700000001; .*bot 700000002.*adopt -- --bot 700000002/)
    const play = await startHere(t, one.env('polling', url), { money: 'play' })
    await waitFor(() => play.refusals.length > 0, { what: 'the refusal' })
    assert.match(play.refusals[0] ?? '', /real money .* play money/)
    const { rows } = await pool.query('select bot_id from installation')
    assert.deepEqual(rows, [{ bot_id: 700_000_001 }])

    await topUp(pool, 22, MONEY)
    const adopt = (bot: string) => runCli(['adopt', '--bot', bot], { DATABASE_URL: url })
    const early = await adopt('700000002')
    assert.equal(early.code, 1)
    assert.match(early.stderr, /^A bot works on this database \(here#\d+\): stop it first\.\n$/)
    await first.stop()
    const done = await adopt('700000002')
    assert.equal(done.code, 0, done.stderr)
    assert.match(done.stdout, /^The database belongs to bot 700000002 now, before: bot 700000001\./)

    const refused = await startHere(t, one.env('polling', url))
    await waitFor(() => refused.refusals.length > 0, { what: 'the refusal' })
    assert.match(refused.refusals[0] ?? '', /bot 700000002; .*bot 700000001/)
    const heir = await startHere(t, other.env('polling', url))
    await heir.until('an active bot', ({ active }) => active)
    const user = createChatUser(other.telegram.control, 22)
    user.start()
    await user.screen('Просто напишите')
    user.text('/balance')
    assert.match((await user.screen('Ваш баланс')).text ?? '', /10,00/)
  })

  test('is given to nobody by an id that is none, or that has it', async (t) => {
    const { url } = await createDatabase(t)
    for (const id of ['bot', '0', '-7', '1.5', '99999999999999999999']) {
      assert.match((await adopt(url, id)).join(), /^--bot needs the id of a bot/, id)
    }
    assert.match((await adopt(url, '700000003'))[0] ?? '', /belongs to bot 700000003 now\.$/)
    assert.deepEqual(await adopt(url, '700000003'), [
      'The database belongs to bot 700000003 already.',
    ])
  })

  test('is refused to a bot when the database has the dialogues of another one', async (t) => {
    const outside = await startOutside(t)
    const { url, pool } = await createDatabase(t)
    // As a release left it that did not yet note whose database it is.
    await pool.query(
      `insert into actors (id, machine, machine_version, version, status, state, snapshot, timers)
       values ('conversation:111:5', 'conversation', 3, 1, 'active', 'menu', '{}', '[]')`,
    )
    const bot = await startHere(t, outside.env('polling', url))
    await waitFor(() => bot.refusals.length > 0, { what: 'the refusal' })
    assert.match(bot.refusals[0] ?? '', /bot 111; .*bot 700000001/)
  })

  for (const hours of [1, -1]) {
    test(`with a clock that is ${hours} h off: an order runs to its end and is paid once, and the clock is named`, async (t) => {
      const outside = await startOutside(t)
      const database = await createDatabase(t)
      const { url, pool } = database
      const { control } = outside.telegram
      control.user(ADMIN_ID)
      const bot = await startHere(t, outside.env('polling', url), {
        wall: () => Date.now() + hours * 3_600_000,
      })
      await bot.until('an active bot', ({ active }) => active)
      await orderPicture(outside, pool, 31)
      const { problems, status } = await bot.health()
      assert.match(problems.clock ?? '', /clock of this machine is 3[56]\d\d s (ahead of|behind)/)
      assert.equal(status, 'degraded')
      assert.equal(await bot.ready(), 200)
      await control.waitFor(() =>
        control.chat(ADMIN_ID).some(({ text }) => text?.includes('the clock of this machine')),
      )
      await expectOrder(database, { userId: 31, kopecks: ORDERS.paid.kopecks, topUp: MONEY })
      assert.equal(outside.kie.control.createTaskCount(), 1)
      const { rows } = await pool.query<{ off: number }>(
        `select max(abs(extract(epoch from at - now())))::float8 as off from journal`,
      )
      assert.ok((rows[0]?.off ?? 9_999) < 300, 'what is stored goes by the clock of the database')
    })
  }

  test('whose token is revoked while it runs is not ready any more', async (t) => {
    const outside = await startOutside(t)
    const { url } = await createDatabase(t)
    const bot = await startHere(t, outside.env('polling', url), { askEveryMs: 100 })
    await bot.until('health', ({ active, status }) => active && status === 'ok')
    outside.telegram.control.revokeToken()
    const { status } = await bot.until('the problem', ({ problems }) => 'telegram' in problems)
    assert.equal(status, 'degraded')
    assert.equal(await bot.ready(), 503)
    const metrics = await (await fetch(`${bot.url}/metrics`)).text()
    assert.match(metrics, /^problem\{name="telegram"\} 1$/m)
  })
})

describe('two installations', () => {
  test('in two schemas of one database know nothing of each other', async (t) => {
    const { url, pool } = await createDatabase(t, { empty: true })
    const schemas = ['bot_a', 'bot_b']
    const bots = [700_000_001, 700_000_002]
    const outsides = await Promise.all(bots.map((id) => startOutside(t, {}, id)))
    for (const [i, schema] of schemas.entries()) {
      await pool.query(`create schema ${schema}`)
      const own = new URL(url)
      own.searchParams.set('options', `-c search_path=${schema}`)
      const outside = outsides[i] as Outside
      await startHere(t, outside.env('polling', own.href))
      const user = createChatUser(outside.telegram.control, 51 + i)
      user.start()
      await user.screen('Просто напишите')
    }
    for (const [i, schema] of schemas.entries()) {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      t.after(() => client.end())
      await client.query(`set search_path = ${schema}`)
      const { rows: users } = await client.query('select id from users')
      assert.deepEqual(users, [{ id: String(51 + i) }])
      const { rows } = await client.query('select bot_id from installation')
      assert.deepEqual(rows, [{ bot_id: String(700_000_001 + i) }])
    }
  })
})
