import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readRunning } from '../../src/checks/running.ts'
import { parseConfig } from '../../src/config/config.ts'
import { createDatabase } from '../support/database.ts'
import { freePort, startInstance } from '../support/instance.ts'
import { ADMIN_ID, startOutside } from '../support/outside.ts'
import { runCli } from '../support/run-cli.ts'
import { waitFor } from '../support/wait.ts'

interface Report {
  ok: boolean
  failed: string[]
  checks: { name: string; status: string; findings: { status: string; text: string }[] }[]
}

describe('npm run check:prod', { concurrency: true }, () => {
  test('is green while everything is in place, with a bot that runs', async (t) => {
    const outside = await startOutside(t)
    const { url } = await createDatabase(t)
    const port = await freePort()
    const env = {
      ...outside.env('webhook', url),
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
        ...['database', 'running', 'telegram', 'provider', 'orders'],
      ],
    )
    assert.doesNotMatch(ended.stdout + ended.stderr, new RegExp(outside.token.slice(10)))
    await bot.end('SIGKILL')
    const { config } = parseConfig(env)
    const dead = await readRunning(bot.url, config, { now: Date.now, leader: async () => null })
    assert.equal(dead.health, null)
    assert.match(dead.reason, /ECONNREFUSED/)
  })

  test('needs nothing at all to judge files', async () => {
    const offline = await runCli(['check:prod', '--offline'], {})
    assert.equal(offline.code, 0, offline.stdout + offline.stderr)
    assert.match(offline.stdout, /Ready, as far as files tell/)
  })
})

describe('npm run audit', () => {
  test('counts what is on offer and prints one object', async () => {
    const ended = await runCli(['audit', '--json'], {})
    const report = JSON.parse(ended.stdout) as Report
    assert.deepEqual([ended.code, report.ok], [0, true], ended.stdout)
    const said = report.checks.flatMap(({ findings }) => findings.map(({ text }) => text))
    assert.ok(said.some((text) => text.startsWith('72 models, 61 on offer')))
    assert.ok(said.includes('z-image (image): prompt, aspect_ratio'))
  })
})
