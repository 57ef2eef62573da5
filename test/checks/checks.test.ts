import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkLines, isPassed, ok, runChecks, warn } from '../../src/checks/run-checks.ts'
import { shelfFindings, successRate } from '../../src/checks/shelf.ts'
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

describe('what the database says of models', () => {
  const terms = { isPaused: false, markup: null, isFree: false }
  const quality = {
    ...{ modelId: 'z-image', ended: 12, delivered: 9, failed: 3, refunds: 1 },
    ...{ medianMs: 8_400, p90Ms: null, lastFailure: null },
  }

  test('is a line for each decision, and a warning where no file has the model', () => {
    const lines = shelfFindings({
      terms: [
        { ...terms, modelId: 'z-image', isPaused: true, markup: 1.5, isFree: true },
        { ...terms, modelId: 'gone/model', isPaused: true },
      ],
      ...{ quality: [], changes: 0 },
    })
    assert.deepEqual(lines, [
      ok('2 models with decisions of admins or pauses'),
      ok('z-image: paused, markup 1.5, free'),
      warn('gone/model: paused; it has no file'),
      ok('0 models ordered within 30 days'),
    ])
  })

  test('warns of poor success once enough orders were judged, and of changes that wait', () => {
    const at = new Date('2026-11-20T10:30:59Z')
    const few = { ...quality, ended: 9, lastFailure: { code: 'kie.failed:500', at } }
    const none = { ...quality, delivered: 0, failed: 0, medianMs: null }
    const [, , poor, early, unjudged, waiting] = shelfFindings({
      ...{ terms: [], changes: 2, quality: [quality, few, none] },
    })
    assert.deepEqual(
      [poor, early, unjudged],
      [
        warn('z-image: 12 orders, 75% success, median 8 s, p90 –, 1 refunds'),
        ok(
          'z-image: 9 orders, 75% success, median 8 s, p90 –, 1 refunds, last failure kie.failed:500 2026-11-20T10:30',
        ),
        ok('z-image: 12 orders, none judged, median –, p90 –, 1 refunds'),
      ],
    )
    assert.equal(waiting?.status, 'warn')
    assert.equal(successRate(none), null)
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
