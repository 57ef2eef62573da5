import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { reportLines } from '../../src/chaos/report.ts'
import { runChaos } from '../../src/chaos/run-chaos.ts'
import { runFuzz } from '../../src/chaos/run-fuzz.ts'
import { bundledMain } from '../support/bundle.ts'
import { createDatabase } from '../support/database.ts'

describe('a thousand random requests', () => {
  test('break nothing, and people are answered afterwards', async (t) => {
    const database = await createDatabase(t)
    const main = await bundledMain()
    const report = await runFuzz({ main, database, requests: 1_000, seed: 1 })
    t.diagnostic(JSON.stringify(report.statuses))
    assert.equal(report.failure, undefined)
    assert.ok(report.isAlive)
  })
})

describe('a short chaos run', () => {
  test('loses, doubles and mispays nothing, and everybody is answered', async (t) => {
    const database = await createDatabase(t)
    const report = await runChaos({
      ...{ seed: 7, kills: 2, users: 6, instances: 2, scenario: 'mixed' },
      ...{ main: await bundledMain(), database, log: (line) => t.diagnostic(line) },
      ...{ pauses: [300, 1_500], killEveryMs: 4_000 },
    })
    const { kills, orders } = report.figures
    assert.ok(report.isGreen, reportLines(report).join('\n'))
    assert.ok(kills >= 2 && orders > 0, JSON.stringify(report.figures))
  })
})
