import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { CONFIG_NAMES } from '../../src/config/config.ts'
import { createMetrics } from '../../src/http/metrics.ts'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

/** Every series that `/metrics` shows, with those that Prometheus itself adds. */
const series = new Set([
  'up',
  ...createMetrics({ processMetrics: true })
    .registry.getMetricsAsArray()
    .flatMap(({ name }) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]),
])

/** Words of an expression that are neither functions, labels nor keywords. */
const namesIn = (expression: string): string[] =>
  expression
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replaceAll(/\b(by|without|on)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\b[a-z_]+\s*\(/g, ' ')
    .match(/[a-z_][a-z0-9_]*/gi)
    ?.filter((word) => !/^(and|or|unless|by|without|on)$/.test(word)) ?? []

describe('the deploy kit', () => {
  test('alerts and charts only on metrics that exist', () => {
    const rules = read('deploy/alerts.yml').matchAll(/^ {8}expr: (.+)$/gm)
    const board = JSON.parse(read('deploy/grafana/dashboard.json')) as {
      panels: { title: string; targets: { expr: string }[] }[]
    }
    const expressions = [
      ...[...rules].map(([, expr]) => expr as string),
      ...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ]
    assert.ok(expressions.length > 30)
    const used = expressions.flatMap(namesIn)
    assert.deepEqual(
      [...new Set(used)].filter((name) => !series.has(name)),
      [],
    )
    assert.ok(used.includes('provider_runway_hours'))
  })

  test('names for each alert a place in operations.md that is there', () => {
    const headings = read('docs/operations.md').toLowerCase()
    const places = [...read('deploy/alerts.yml').matchAll(/runbook: "docs\/operations\.md: (.+)"/g)]
    assert.ok(places.length > 10)
    const missing = places
      .map(([, place]) => place as string)
      .filter((p) => !headings.includes(`### ${p}`))
    assert.deepEqual([...new Set(missing)], [])
  })

  test('shows of each alert that it fires, and of all that they rest on a good day', (t) => {
    const alerts = [...read('deploy/alerts.yml').matchAll(/- alert: (\w+)/g)].map(
      ([, name]) => name,
    )
    const cases = read('deploy/alerts.test.yml')
    const named = [...cases.matchAll(/alertname: (\w+)\n {8}exp_alerts:(.*)/g)]
    const withEnd = (end: string) => named.filter(([, , given]) => given === end)
    assert.deepEqual(
      withEnd('')
        .map(([, name]) => name)
        .toSorted(),
      alerts.toSorted(),
    )
    assert.deepEqual(
      withEnd(' []')
        .map(([, name]) => name)
        .toSorted(),
      alerts.toSorted(),
    )
    const used = [...cases.matchAll(/series: '(\w+)/g)].map(([, name]) => name as string)
    assert.deepEqual(
      used.filter((name) => !series.has(name)),
      [],
    )
    const ran = spawnSync('promtool', ['test', 'rules', path.join(root, 'deploy/alerts.test.yml')])
    if (ran.error === undefined) assert.equal(ran.status, 0, String(ran.stdout) + ran.stderr)
    else t.diagnostic('this machine has no promtool: names were compared, rules were NOT run')
  })

  test('sets only names that the bot reads, and lets every host look at /ready', () => {
    const render = read('render.yaml')
    const names = [...render.matchAll(/- key: (\w+)/g)].map(([, name]) => name as string)
    const known = new Set([...CONFIG_NAMES, 'NODE_VERSION'])
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    )
    assert.match(render, /healthCheckPath: \/ready/)
    const image = read('Dockerfile')
    assert.match(image, /\/ready/)
    assert.match(image, /^USER node$/m)
    assert.match(image, /^CMD \["node", "dist\/main\.js"\]$/m)
    const compose = read('compose.yaml')
    for (const line of ['read_only: true', 'no-new-privileges:true', 'stop_grace_period: 15s']) {
      assert.ok(compose.includes(line), line)
    }
    // Tabs are no indentation in YAML, and a line is indented by two.
    for (const file of [
      'compose.yaml',
      'render.yaml',
      'deploy/alerts.yml',
      'deploy/alerts.test.yml',
      'deploy/prometheus.yml',
    ]) {
      assert.doesNotMatch(read(file), /\t|^( {2})* \S/m, file)
    }
    assert.match(read('deploy/trt.service'), /^ExecStart=\/usr\/bin\/node dist\/main\.js$/m)
  })
})
