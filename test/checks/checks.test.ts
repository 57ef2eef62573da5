import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkPrices } from '../../src/checks/catalogue.ts'
import { checkDatabase } from '../../src/checks/database.ts'
import { findingsOf } from '../../src/checks/orders.ts'
import { checkProvider } from '../../src/checks/provider.ts'
import { checkLines, isPassed, ok, runChecks, warn } from '../../src/checks/run-checks.ts'
import { checkTelegram } from '../../src/checks/telegram.ts'
import { parseConfig } from '../../src/config/config.ts'
import type { ModelReport, RunReport } from '../../src/e2e/report.ts'
import { createDatabase } from '../support/database.ts'
import { startOutside } from '../support/outside.ts'

const RATES = { usdRubRate: 78.57, markup: 2 }
const statuses = (findings: readonly { status: string }[]) =>
  [...new Set(findings.map(({ status }) => status))].sort()

describe('the runner of checks', () => {
  test('takes what a check throws, and a check that found nothing, for failures', async () => {
    const reports = await runChecks([
      { name: 'fine', run: () => [ok('a'), warn('b')] },
      {
        name: 'throws',
        run: () => {
          throw new Error('broken')
        },
      },
      { name: 'blind', run: () => [] },
    ])
    assert.deepEqual(
      reports.map(({ status }) => status),
      ['warn', 'fail', 'fail'],
    )
    assert.equal(isPassed(reports), false)
    assert.equal(isPassed(reports.slice(0, 1)), true)
    assert.equal(isPassed([]), false)
  })

  test('shows what is fine only when asked for details', () => {
    const report = { name: 'n', status: 'warn', findings: [ok('a'), warn('b')], ms: 1 } as const
    assert.deepEqual(checkLines(report, false), ['⚠️ n (1 ms)', '   ⚠️ b'])
    assert.deepEqual(checkLines(report, true), ['⚠️ n (1 ms)', '   ✅ a', '   ⚠️ b'])
  })
})

describe('what breaks turns the check red', () => {
  test('a price of nothing for a model that is not free', () => {
    assert.deepEqual(statuses(checkPrices(RATES)), ['ok'])
    const broken = checkPrices(RATES, () => ({ kopecks: 0, per: 'run', varies: false }))
    assert.deepEqual(statuses(broken), ['fail'])
  })

  test('an account that the ledger does not explain', async (t) => {
    const { url, pool } = await createDatabase(t)
    assert.deepEqual(statuses(await checkDatabase(url)), ['ok'])
    await pool.query(`insert into users (id, language) values (5, 'ru')`)
    await pool.query('insert into accounts (user_id, available_kopecks) values (5, 700)')
    const found = await checkDatabase(url)
    assert.deepEqual(
      found.filter(({ status }) => status === 'fail').map(({ text }) => text),
      ['1 accounts differ from the ledger, by 700 kopecks'],
    )
  })

  test('a webhook that leads to another host', async (t) => {
    const found = async (registered: (path: string) => string | null) => {
      const { telegram, token, env } = await startOutside(t)
      const here = { WEBHOOK_BASE_URL: 'https://bot.example' }
      const { config } = parseConfig({ ...env('webhook', 'postgresql://127.0.0.1/none'), ...here })
      const url = registered(config.webhookSecretPath)
      if (url !== null) {
        const answer = await fetch(`${telegram.url}/bot${token}/setWebhook?url=${url}`)
        assert.equal(answer.status, 200)
      }
      return statuses(await checkTelegram(config, Date.now))
    }
    assert.deepEqual(await found(() => null), ['ok', 'warn'])
    assert.ok((await found(() => 'https://other.example/webhook/x')).includes('fail'))
    assert.ok(!(await found((path) => `https://bot.example/webhook/${path}`)).includes('fail'))
  })

  test('a provider without credits', async () => {
    assert.deepEqual(statuses(await checkProvider(async () => 12.5)), ['ok'])
    assert.deepEqual(statuses(await checkProvider(async () => 0)), ['fail'])
  })

  test('an order without a result, and a refused callback', () => {
    const run: RunReport = {
      ...{ ok: true, jobId: 'j', taskId: 't', ttfbMs: 1, totalMs: 2 },
      ...{ via: 'callback', stored: true, delivered: true, error: null },
    }
    const model = (good: boolean): ModelReport => ({
      model: 'z-image',
      chatId: 1,
      required: [],
      runs: [{ ...run, ok: good, error: good ? null : 'no result in time' }],
    })
    const pass = { botMode: 'webhook', callback4xx: 0, jobNotFound: 0, openHolds: 0 } as const
    assert.deepEqual(statuses(findingsOf({ ...pass, models: [model(true)] })), ['ok'])
    assert.deepEqual(statuses(findingsOf({ ...pass, models: [model(false)] })), ['fail'])
    const refused = findingsOf({ ...pass, models: [model(true)], callback4xx: 1 })
    assert.deepEqual(statuses(refused), ['fail', 'ok'])
  })
})
