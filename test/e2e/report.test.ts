import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createBudget } from '../../src/e2e/budget.ts'
import {
  isGreen,
  jsonReport,
  type ModelReport,
  modelLines,
  type PassReport,
  passLines,
  type RunReport,
  verdictOf,
} from '../../src/e2e/report.ts'
import { fc } from '../support/properties.ts'

const good: RunReport = {
  ok: true,
  jobId: 'j1',
  taskId: 'e15c4100aabbccdd',
  ttfbMs: 2_810,
  totalMs: 31_240,
  via: 'callback',
  stored: true,
  delivered: true,
  error: null,
}
const bad: RunReport = { ...good, ok: false, delivered: false, error: 'no result in time' }

const modelOf = (...runs: RunReport[]): ModelReport => ({
  model: 'z-image',
  chatId: 5,
  required: ['prompt', 'aspect_ratio'],
  runs,
})
const passOf = (changes: Partial<PassReport> = {}): PassReport => ({
  botMode: 'webhook',
  models: [modelOf(good, good)],
  callback4xx: 0,
  jobNotFound: 0,
  openHolds: 0,
  ...changes,
})

describe('the end-to-end report', () => {
  test('calls a model stable when all runs passed, failed when none did', () => {
    assert.equal(verdictOf(modelOf(good, good)), 'STABLE')
    assert.equal(verdictOf(modelOf(good, bad)), 'UNSTABLE')
    assert.equal(verdictOf(modelOf(bad, bad)), 'FAILED')
    assert.equal(verdictOf(modelOf()), 'FAILED')
  })

  test('is green only when all is stable and nothing was refused, lost, open or unknown', () => {
    assert.equal(isGreen([passOf(), passOf({ botMode: 'polling' })]), true)
    assert.equal(isGreen([]), false)
    for (const changes of [
      { models: [] },
      { models: [modelOf(good, bad)] },
      { callback4xx: 1 },
      { jobNotFound: 1 },
      { openHolds: 1 },
      { callback4xx: null },
    ]) {
      assert.equal(isGreen([passOf(), passOf(changes)]), false, JSON.stringify(changes))
    }
  })

  test('shows a model as the founding documents do', () => {
    assert.deepEqual(modelLines(modelOf(good)), [
      '='.repeat(60),
      "[INFO] Testing z-image: ['prompt', 'aspect_ratio']",
      '[INFO] Task created: e15c4100... (TTFB: 2.81s)',
      '[INFO] ✅ Job found in storage',
      '[INFO] ✅ STORAGE-FIRST | Job done via callback',
      '[INFO] ✅ Result in the chat',
      '✅ z-image: done (31.2s)',
    ])
    assert.match(modelLines(modelOf(good, bad)).at(-1) ?? '', /UNSTABLE: no result in time/)
  })

  test('sums up what was measured', () => {
    const text = passLines(passOf({ models: [modelOf(good, bad), modelOf(good)] }), { real: true })
    for (const line of [
      'SUMMARY: 1/2 passed, 1 failed',
      '  callback_4xx: 0',
      '  job_not_found: 0',
      '  avg_ttfb: 2.81s',
      '  avg_total_time: 31.24s',
      '  telegram_delivery: 2/3 (67%)',
      'Check your Telegram (chat_id=5) for 2 results',
    ]) {
      assert.ok(text.includes(line), line)
    }
  })

  test('is one plain object', () => {
    const report = jsonReport([passOf({ jobNotFound: 2 })], { real: false })
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report)
    assert.equal(report.ok, false)
    assert.equal(report.kind, 'dry-run')
    assert.deepEqual(report.passes[0]?.metrics.telegram_delivery, { delivered: 2, expected: 2 })
    assert.equal(report.passes[0]?.metrics.job_not_found, 2)
  })
})

describe('the purse of a real run', () => {
  const credits = fc.integer({ min: 0, max: 20_000 }).map((n) => n / 1_000)
  const orders = fc.array(fc.record({ quote: credits, more: credits, told: fc.boolean() }))

  test('is never overdrawn by quotes, whatever is ordered and however much more is taken', () => {
    fc.assert(
      fc.property(credits, orders, (max, wanted) => {
        const budget = createBudget(max)
        for (const [i, { quote, more, told }] of wanted.entries()) {
          const before = budget.spent()
          const isOver = before.consumed > max
          let made = true
          try {
            budget.reserve(String(i), quote)
          } catch {
            made = false
          }
          assert.ok(budget.spent().quoted <= max + 1e-6)
          // What was taken beyond its quote stops all that follow.
          if (isOver) assert.ok(!made)
          if (made) budget.consume(String(i), told ? quote + more : null)
          else assert.deepEqual(budget.spent(), before)
        }
      }),
    )
  })

  test('says what is used and what an order that does not fit costs', () => {
    const budget = createBudget(9)
    budget.reserve('a', 0.8)
    budget.consume('a', 7)
    assert.throws(() => budget.reserve('b', 4), /^Error: not ordered: 7 of 9 credits.*costs 4$/)
    budget.reserve('c', 2)
    assert.deepEqual(budget.spent(), { max: 9, quoted: 2.8, consumed: 7 })
  })
})
