import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type HealthState, healthReport, isReady } from '../../src/http/health.ts'
import { createHealthRouter } from '../../src/http/health-router.ts'
import { serve } from './serve.ts'

const state: HealthState = {
  status: 'ok',
  mode: 'active',
  active: true,
  lockAcquired: true,
  schemaReady: true,
  version: '1.2.3',
  instanceId: 'i-1',
  botMode: 'webhook',
  storageMode: 'external',
  kieMode: 'real',
  startedAt: 1_000,
  problems: {},
  blocked: false,
  queue: { effects: 3n, mailboxes: 2, huge: 9_007_199_254_740_993n },
  workers: { poller: { lastRun: 60_000, lastError: null } },
}

describe('healthReport', () => {
  test('has all the keys of the contract', () => {
    assert.deepEqual(healthReport(state, 61_500), {
      status: 'ok',
      uptime: 60.5,
      version: '1.2.3',
      commit: null,
      mode: 'active',
      active: true,
      bot_mode: 'webhook',
      storage: 'postgres',
      storage_mode: 'external',
      kie_mode: 'real',
      lock_acquired: true,
      db_schema_ready: true,
      instance_id: 'i-1',
      problems: {},
      queue: { effects: 3, mailboxes: 2, huge: '9007199254740993' },
      workers: { poller: { last_run: '1970-01-01T00:01:00.000Z', last_error: null } },
      ts: '1970-01-01T00:01:01.500Z',
    })
  })

  test('is JSON whatever the counts are', () => {
    assert.doesNotThrow(() => JSON.stringify(healthReport(state, 0)))
  })
})

describe('isReady', () => {
  const passive = { ...state, active: false, mode: 'passive' as const }

  test('is true when active, or passive with a place to store', () => {
    assert.ok(isReady(state))
    assert.ok(isReady(passive))
    assert.ok(!isReady({ ...passive, status: 'degraded' }))
    assert.ok(!isReady({ ...passive, schemaReady: false }))
    assert.ok(!isReady({ ...state, blocked: true }))
    assert.ok(!isReady({ ...passive, mode: 'booting' }))
    assert.ok(!isReady({ ...passive, mode: 'draining' }))
  })
})

describe('health router', () => {
  test('answers /health with 200 and /ready with what is true', async (t) => {
    let current = state
    const router = createHealthRouter({ health: () => current, now: () => 61_500 })
    const { url } = await serve(t, router)
    assert.deepEqual(await (await fetch(`${url}/health`)).json(), healthReport(state, 61_500))
    assert.equal((await fetch(`${url}/ready`)).status, 200)
    current = { ...state, active: false, mode: 'draining', status: 'degraded' }
    assert.equal((await fetch(`${url}/health`)).status, 200)
    const answer = await fetch(`${url}/ready`)
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '1'])
  })
})
