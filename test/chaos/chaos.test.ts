import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Update } from '@grammyjs/types'
import { UPDATE_KINDS } from '../../src/chaos/fuzz-requests.ts'
import { OLD_FAULTS, type OldFaultName, putBack } from '../../src/chaos/old-faults.ts'
import { whileMoving } from '../../src/chaos/patience.ts'
import { reportLines } from '../../src/chaos/report.ts'
import { runChaos } from '../../src/chaos/run-chaos.ts'
import { runFuzz } from '../../src/chaos/run-fuzz.ts'
import { bundledMain } from '../support/bundle.ts'
import { createDatabase } from '../support/database.ts'

describe('waiting for a system to rest', () => {
  /** Time that passes only by waiting, and work that is done for so long. */
  function slowWork({ steps, done }: { steps: number; done: number }) {
    let now = 0
    const looks = () => now / 1_000
    const clock = {
      now: () => now,
      async sleep(ms: number) {
        now += ms
      },
    }
    const look = () => (looks() >= done ? `after ${looks()} s` : undefined)
    const movement = async () => String(Math.min(looks(), steps))
    return { looks, wait: () => whileMoving(look, movement, { stillMs: 10_000, clock }) }
  }

  test('goes on as long as anything is done, however long that takes', async () => {
    assert.equal(await slowWork({ steps: 900, done: 900 }).wait(), 'after 900 s')
  })

  test('ends when nothing was done for so long, and in any case in the end', async () => {
    const stuck = slowWork({ steps: 5, done: 20 })
    assert.equal(await stuck.wait(), undefined)
    assert.equal(stuck.looks(), 15)
    const endless = slowWork({ steps: 1e9, done: 1e9 })
    assert.equal(await endless.wait(), undefined)
    assert.equal(endless.looks(), 1_800)
  })
})

describe('each fault that can be put back', () => {
  for (const name of Object.keys(OLD_FAULTS) as OldFaultName[]) {
    test(`has its place in the program: ${name}`, async () => {
      const faulty = await putBack(await bundledMain(), name)
      await faulty.remove()
    })
  }
})

/** Kinds of updates that the newest Bot API has and no random request. */
type Forgotten = Exclude<keyof Update, 'update_id' | (typeof UPDATE_KINDS)[number]>

describe('a thousand random requests', () => {
  test('are of every kind of update', () => {
    const isComplete: [Forgotten] extends [never] ? true : false = true
    assert.ok(isComplete && UPDATE_KINDS.includes('guest_message'))
  })

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
