import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createDatabase } from '../support/database.ts'
import { startOutside } from '../support/outside.ts'
import { runCli } from '../support/run-cli.ts'

interface Report {
  ok: boolean
  failed: string[]
  checks: { name: string; status: string; findings: { status: string; text: string }[] }[]
}

describe('npm run check:prod', { concurrency: true }, () => {
  test('is green where everything is in place', async (t) => {
    const outside = await startOutside(t)
    const { url } = await createDatabase(t)
    const ended = await runCli(['check:prod', '--json'], outside.env('polling', url))
    const report = JSON.parse(ended.stdout) as Report
    assert.deepEqual(report.failed, [], ended.stdout)
    assert.deepEqual([ended.code, report.ok], [0, true])
    assert.deepEqual(
      report.checks.map(({ name }) => name),
      [
        ...['environment', 'catalogue', 'prices', 'screens'],
        ...['database', 'telegram', 'provider', 'orders'],
      ],
    )
    assert.doesNotMatch(ended.stdout + ended.stderr, new RegExp(outside.token.slice(10)))
  })

  test('names what is missing, in red, and never shows a secret', async (t) => {
    const { url } = await createDatabase(t)
    const ended = await runCli(['check:prod', '--detailed'], {
      DATABASE_URL: url,
      KIE_API_KEY: 'a-secret-key-of-ours',
    })
    assert.equal(ended.code, 1)
    assert.match(ended.stdout, /❌ environment/)
    assert.match(ended.stdout, /TELEGRAM_BOT_TOKEN is missing/)
    assert.match(ended.stdout, /Not ready for production/)
    assert.doesNotMatch(ended.stdout + ended.stderr, /a-secret-key-of-ours/)
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
