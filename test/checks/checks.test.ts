import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkLines, isPassed, ok, runChecks, warn } from '../../src/checks/run-checks.ts'
import { findingsOfTelegram, readTelegram } from '../../src/checks/telegram.ts'
import { modelsToWalk } from '../../src/checks/walk-orders.ts'
import { parseConfig } from '../../src/config/config.ts'
import { ALLOWED_UPDATES } from '../../src/http/telegram/announcements.ts'
import { allModels } from '../../src/machines/catalogue/catalogue.ts'
import { canBeBegun } from '../../src/machines/conversation/order/offer.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { ADMIN_ID, startOutside } from '../support/outside.ts'

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

describe('what Telegram is asked', () => {
  test('is where updates go, and whether admins can be reached', async (t) => {
    const { telegram, token, env } = await startOutside(t)
    const here = { WEBHOOK_BASE_URL: 'https://bot.example' }
    const { config } = parseConfig({ ...env('webhook', 'postgresql://127.0.0.1/none'), ...here })
    const unset = await readTelegram(config)
    assert.deepEqual([unset.webhook, unset.unreachable], ['', [ADMIN_ID]])
    assert.equal(unset.id, config.botId)
    telegram.control.user(ADMIN_ID).sendCommand('start')
    const allowed = `allowed_updates=${JSON.stringify(ALLOWED_UPDATES)}`
    const url = `https://bot.example/webhook/${config.webhookSecretPath}`
    const answer = await fetch(`${telegram.url}/bot${token}/setWebhook?url=${url}&${allowed}`)
    assert.equal(answer.status, 200)
    const set = await readTelegram(config)
    assert.deepEqual([set.webhook, set.unreachable], [url, []])
    const judged = findingsOfTelegram(set, config, { now: Date.now(), deployed: true })
    assert.ok(judged.every(({ status }) => status !== 'fail'))
  })
})

describe('the orders that are tried', () => {
  test('are of every family that sells anything, paid and free', () => {
    const walked = modelsToWalk()
    const sold = allModels.filter((model) => canBeBegun(model, SAMPLE_VIEW.rates))
    assert.deepEqual(
      new Set(walked.map(({ family }) => family)),
      new Set(sold.map(({ family }) => family)),
    )
    assert.deepEqual(new Set(walked.map(({ free }) => free)), new Set([true, false]))
  })
})
