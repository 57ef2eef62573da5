import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readRunning } from '../../src/checks/running.ts'
import { parseConfig } from '../../src/config/config.ts'
import { freePort } from '../../src/sandbox/free-port.ts'
import { createDatabase } from '../support/database.ts'
import { startInstance } from '../support/instance.ts'
import { startNpmRegistry } from '../support/npm-registry.ts'
import { ADMIN_ID, startOutside } from '../support/outside.ts'
import { runCli } from '../support/run-cli.ts'
import { waitFor } from '../support/wait.ts'

interface Report {
  ok: boolean
  failed: string[]
  checks: { name: string; status: string; findings: { status: string; text: string }[] }[]
}

interface Audit {
  models: { total: number; sellable: number; free: string[] }
  providers: { legacy: Record<string, number> }
  categories: { legacy: Record<string, number>; real: Record<string, number> }
  shelf: {
    total: number
    on_sale: number
    paused: number
    gone: number
    by_task: Record<string, number>
  }
  findings: { status: string; text: string }[]
  enum_fields: Record<string, number>
  free_inputs: Record<string, string[]>
}

// That it judges files without network, token or database is shown on the built command: test/build.test.ts.
describe('npm run check:prod', () => {
  test('is green while everything is in place, with a bot that runs', async (t) => {
    const outside = await startOutside(t)
    const { url } = await createDatabase(t)
    const port = await freePort()
    const env = {
      ...outside.env('webhook', url),
      ...(await startNpmRegistry(t, {})),
      // Where the walk of the orders makes its own database.
      TEST_DATABASE_URL: url,
      ...{ TEST_MODE: '0', PORT: String(port), WEBHOOK_BASE_URL: `http://127.0.0.1:${port}` },
    }
    outside.telegram.control.user(ADMIN_ID).sendCommand('start')
    const bot = await startInstance(t, env)
    await bot.until('the lock', (health) => health.active && health.lock_acquired)
    await waitFor(() => bot.output().includes('webhook registered'), { what: 'the webhook' })
    const ended = await runCli(['check:prod', '--json'], env)
    const report = JSON.parse(ended.stdout) as Report
    assert.deepEqual(report.failed, [], ended.stdout)
    assert.deepEqual([ended.code, report.ok], [0, true])
    assert.deepEqual(
      report.checks.map(({ name }) => name),
      [
        ...['environment', 'catalogue', 'prices', 'screens', 'migrations', 'generated files'],
        ...['database', 'running', 'telegram', 'provider', 'dependencies', 'orders'],
      ],
    )
    assert.deepEqual(
      report.checks.find(({ name }) => name === 'dependencies')?.findings.map(({ text }) => text),
      ['no known weakness in the packages of the running bot'],
    )
    assert.doesNotMatch(ended.stdout + ended.stderr, new RegExp(outside.token.slice(10)))
    await bot.end('SIGKILL')
    const { config } = parseConfig(env)
    const dead = await readRunning(bot.url, config, { now: Date.now, leader: async () => null })
    assert.equal(dead.health, null)
    assert.match(dead.reason, /ECONNREFUSED/)
  })
})

describe('npm run audit', () => {
  test('counts what is on offer and prints one object', async () => {
    const ended = await runCli(['audit', '--json'], {})
    assert.equal(ended.code, 0, ended.stdout)
    assert.equal(ended.stdout.trim().split('\n').length, 1)
    const audit = JSON.parse(ended.stdout) as Audit
    const { models, providers, categories, shelf, findings } = audit
    const { enum_fields, free_inputs } = audit
    assert.deepEqual(
      { ...models, free: models.free.toSorted() },
      {
        ...{ total: 72, sellable: 61 },
        free: ['qwen/image-edit', 'qwen/image-to-image', 'qwen/text-to-image', 'z-image'],
      },
    )
    assert.equal(Object.keys(providers.legacy).length, 18)
    assert.deepEqual(free_inputs['z-image'], ['prompt', 'aspect_ratio'])
    assert.equal(Object.keys(free_inputs).length, 4)
    assert.deepEqual(Object.keys(enum_fields).slice(0, 3), ['aspect_ratio', 'image_size', 'style'])
    assert.ok(Number(enum_fields.aspect_ratio) > 10)
    const { image, video, other, enhance, audio, avatar, music } = categories.legacy
    assert.deepEqual([image, video, other, enhance, audio, avatar, music], [27, 23, 8, 6, 4, 2, 2])
    const add = (counts: Readonly<Record<string, number>>) =>
      Object.values(counts).reduce((sum, n) => sum + n, 0)
    assert.equal(add(categories.real), 72)
    assert.ok(shelf.on_sale >= 120, `${shelf.on_sale} on sale`)
    assert.equal(shelf.total, shelf.on_sale + shelf.paused + shelf.gone)
    assert.equal(add(shelf.by_task), shelf.on_sale)
    assert.deepEqual(
      findings.filter(({ status }) => status === 'fail'),
      [],
    )
  })
})
