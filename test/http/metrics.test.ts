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

  test('live in a registry of their own, so that two apps may run in one process', async () => {
    const [one, other] = [createMetrics(), createMetrics({ processMetrics: true })]
    one.callback4xx.inc()
    assert.match(await one.registry.metrics(), /callback_4xx 1/)
    assert.match(await other.registry.metrics(), /callback_4xx 0/)
    assert.match(await other.registry.metrics(), /process_resident_memory_bytes/)
    assert.equal(await register.metrics(), '\n')
  })
})
