import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
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
