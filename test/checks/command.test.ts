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
    assert.equal(ended.code, 0, ended.stdout)
    assert.equal(ended.stdout.trim().split('\n').length, 1)
    const { models, providers, categories, shelf, findings } = JSON.parse(ended.stdout) as Audit
    assert.deepEqual(
      { ...models, free: models.free.toSorted() },
      {
        ...{ total: 72, sellable: 61 },
        free: ['qwen/image-edit', 'qwen/image-to-image', 'qwen/text-to-image', 'z-image'],
      },
    )
    assert.equal(Object.keys(providers.legacy).length, 18)
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
