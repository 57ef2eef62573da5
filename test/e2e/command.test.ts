import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runDry } from '../../src/e2e/dry.ts'
import { isGreen, verdictOf } from '../../src/e2e/report.ts'
import { countTaps, TAP_TARGETS } from '../../src/e2e/taps.ts'
import { modelById } from '../../src/machines/catalogue/catalogue.ts'
import { createDatabase } from '../support/database.ts'
import { startInstance } from '../support/instance.ts'
import { ADMIN_ID, startOutside } from '../support/outside.ts'
import { type Ended, runCli } from '../support/run-cli.ts'
import { waitFor } from '../support/wait.ts'

/** `npm run e2e -- …` with nothing but this environment. */
const e2e = (args: string[], env: Record<string, string>): Promise<Ended> =>
  runCli(['e2e', ...args], env)

interface Report {
  ok: boolean
  kind: string
  passes: {
    bot_mode: string
    summary: { passed: number; failed: number }
    metrics: Record<string, unknown>
    models: { model: string; verdict: string; runs: { via: string }[] }[]
  }[]
}

const FREE = ['z-image', 'qwen/text-to-image', 'qwen/image-to-image', 'qwen/image-edit']

/** What `npm run taps -- --json` prints: what a person does from the first message until it runs. */
const EFFORTS = {
  ...{ draw: [1, 1], edit: [1, 1], animate: [1, 1], video: [1, 1], song: [1, 1], voice: [1, 1] },
  ...{ upscale: [1, 1], portrait: [1, 2], again: [1, 0], animate_result: [2, 0] },
  first_paid: [1, 1],
}

describe('npm run e2e', { concurrency: true }, () => {
  test('npm run taps counts eleven ways, none longer than it is now', async (t) => {
    const { url } = await createDatabase(t)
    const counted = await countTaps({ url, storageMode: 'external' }, 'silent')
    const pairs = Object.entries(counted).map(([way, { taps, messages }]) => [
      way,
      [taps, messages],
    ])
    assert.deepEqual(Object.fromEntries(pairs), EFFORTS)
    for (const [way, most] of Object.entries(TAP_TARGETS)) {
      assert.ok((counted[way]?.taps ?? 99) <= most, way)
    }
  })

  test('takes the four free models through both modes and prints one object', async (t) => {
    const { url, pool } = await createDatabase(t)
    const ended = await e2e(['--json', '--runs', '1'], { DATABASE_URL: url })
    assert.equal(ended.code, 0, ended.stderr)
    const report = JSON.parse(ended.stdout) as Report
    assert.deepEqual([report.ok, report.kind], [true, 'dry-run'])
    assert.deepEqual(
      report.passes.map(({ bot_mode }) => bot_mode),
      ['webhook', 'polling'],
    )
    for (const { bot_mode, summary, metrics, models } of report.passes) {
      assert.deepEqual(summary, { models: 4, passed: 4, failed: 0 })
      assert.deepEqual([metrics.callback_4xx, metrics.job_not_found, metrics.open_holds], [0, 0, 0])
      assert.deepEqual(models.map(({ model }) => model).sort(), FREE.toSorted())
      const via = bot_mode === 'webhook' ? 'callback' : 'poll'
      assert.ok(models.every(({ runs }) => runs.length === 1 && runs[0]?.via === via))
    }
    // The given database is the operator's: nothing of this happened in it.
    assert.equal((await pool.query('select from actors')).rowCount, 0)
    // Those of other runs have an owner, who is connected.
    const leftovers = `select from pg_database where datname like 'trt\\_e2e\\_%'
      and datname not in (select application_name from pg_stat_activity)`
    assert.equal((await pool.query(leftovers)).rowCount, 0)
  })

  test('tells a model that fails once from one that always does', async (t) => {
    const { url } = await createDatabase(t)
    const models = ['z-image', 'qwen/text-to-image'].map((id) => modelById(id))
    const pass = await runDry({
      botMode: 'webhook',
      runs: 2,
      models: models.filter((model) => model !== undefined),
      database: { url, storageMode: 'external' },
      logLevel: 'silent',
      onWorld: ({ telegram, kie }) => {
        // Of the first model the first order is refused; the second one's user can't even write.
        telegram.control.user(2002).block()
        // Not for want of credits: that would pause all sales.
        kie.control.faults.add({ route: 'createTask', kind: 'code', code: 422, msg: 'refused' })
        kie.control.faults.add({ route: 'callback', kind: 'forged' })
      },
    })
    assert.equal(isGreen([pass]), false)
    assert.deepEqual(pass.models.map(verdictOf), ['UNSTABLE', 'FAILED'])
    const runs = pass.models.flatMap((model) => model.runs)
    assert.ok(runs.filter(({ ok }) => !ok).every(({ error, delivered }) => error && !delivered))
    assert.equal(pass.callback4xx, 1)
  })

  test('refuses a real run without the environment, line by line', async () => {
    const spends = await e2e(['--json'], { RUN_E2E: '1', ADMIN_ID: '1' })
    assert.equal(spends.code, 1)
    assert.match(spends.stderr, /--max-credits/)
    const ended = await e2e(['--max-credits', '5'], { RUN_E2E: '1', ADMIN_ID: '1' })
    assert.equal(ended.code, 1)
    assert.equal(ended.stdout, '')
    assert.match(ended.stderr, /^TELEGRAM_BOT_TOKEN is missing/m)
    assert.doesNotMatch(ended.stderr, /ADMIN_ID/)
  })

  test('does a real run against the servers that the environment names', async (t) => {
    const { telegram, kie, ...outside } = await startOutside(t)
    const { url, pool } = await createDatabase(t)
    const env = { ...outside.env('polling', url), HOST: '127.0.0.1', PORT: '0', RUN_E2E: '1' }
    const unknown = await e2e(['--json', '--runs', '1', '--max-credits', '9'], env)
    assert.equal(unknown.code, 1)
    assert.match(unknown.stderr, /\/start/)

    const instance = await startInstance(t, env)
    telegram.control.user(ADMIN_ID).sendCommand('start')
    const users = async () => (await pool.query('select from users')).rowCount === 1
    await waitFor(users, { what: 'the admin as a user' })
    await instance.end('SIGTERM')

    const ended = await e2e(['--json', '--runs', '1', '--max-credits', '9'], env)
    assert.equal(ended.code, 1, ended.stderr)
    const report = JSON.parse(ended.stdout) as Report
    assert.deepEqual([report.ok, report.kind], [false, 'real'])
    const [pass] = report.passes
    assert.deepEqual(pass?.models.map(({ model }) => model).sort(), FREE.toSorted())
    // What would cost more than is allowed is not ordered; all else arrives.
    const verdicts = pass?.models.map(({ model, verdict }) => [model, verdict])
    const failed = verdicts?.filter(([, verdict]) => verdict !== 'STABLE')
    assert.deepEqual(failed?.toSorted(), [
      ['qwen/image-to-image', 'FAILED'],
      ['qwen/text-to-image', 'FAILED'],
    ])
    assert.equal(kie.control.createTaskCount(), 2)
    const { consumed, quoted, max } = (pass?.metrics.credits ?? {}) as Record<string, number>
    assert.deepEqual([consumed, quoted, max], [quoted, quoted, 9])
    assert.ok(Number(quoted) <= 9)
  })
})
