import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { register } from 'prom-client'
import { createMetrics, createMetricsRouter } from '../../src/http/metrics.ts'
import { serve } from './serve.ts'

describe('metrics', () => {
  test('are shown as Prometheus text, counters of callbacks from the start', async (t) => {
    const metrics = createMetrics()
    const router = createMetricsRouter(metrics, () => metrics.queue.set({ queue: 'waiting' }, 4))
    const { url } = await serve(t, router)
    metrics.steps.inc({ machine: 'job', outcome: 'committed' })
    metrics.stepSeconds.observe(0.004)
    metrics.effects.inc({ type: 'kie.create', outcome: 'done' })
    metrics.deliveries.inc({ outcome: 'done' })
    const answer = await fetch(`${url}/metrics`)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    const lines = (await answer.text()).split('\n')
    const expected = [
      'steps_total{machine="job",outcome="committed"} 1',
      'step_seconds_count 1',
      'effects_total{type="kie.create",outcome="done"} 1',
      'deliveries_total{outcome="done"} 1',
      'callback_4xx 0',
      'callback_job_not_found_count 0',
      'queue_depth{queue="waiting"} 4',
      'ledger_discrepancy_kopecks 0',
    ]
    for (const line of expected) assert.ok(lines.includes(line), line)
  })

  test('are for this machine and for who brings the token', async (t) => {
    const token = 'a-token-of-the-scraper'
    const { url } = await serve(t, createMetricsRouter(createMetrics(), undefined, token))
    const status = async (headers: Record<string, string>, at = url) =>
      (await fetch(`${at}/metrics`, { headers })).status
    const remote = { 'x-forwarded-for': '203.0.113.7' }
    assert.equal(await status({}), 200)
    assert.equal(await status(remote), 401, 'a proxy on this machine is somebody else')
    for (const wrong of ['', 'Bearer', `Bearer ${token}x`, `Bearer ${token.slice(0, -1)}`, token]) {
      assert.equal(await status({ ...remote, authorization: wrong }), 401, wrong)
    }
    assert.equal(await status({ ...remote, authorization: `Bearer ${token}` }), 200)
    const open = await serve(t, createMetricsRouter(createMetrics()))
    assert.equal(await status({ ...remote, authorization: 'Bearer undefined' }, open.url), 401)
  })

  test('live in a registry of their own, so that two apps may run in one process', async () => {
    const [one, other] = [createMetrics(), createMetrics({ processMetrics: true })]
    one.callback4xx.inc()
    assert.match(await one.registry.metrics(), /callback_4xx 1/)
    assert.match(await other.registry.metrics(), /callback_4xx 0/)
    assert.match(await other.registry.metrics(), /process_resident_memory_bytes/)
    assert.equal(await register.metrics(), '\n')
  })
})
