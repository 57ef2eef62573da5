import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createPauseHandler } from '../../../src/actors/effects/provider-pause.ts'
import { createProviderWatch } from '../../../src/actors/kie/provider-watch.ts'
import { readPause } from '../../../src/store/pauses.ts'
import { createBench, jobOf, never } from '../effects/bench.ts'

async function start(t: TestContext, code = 'kie.credits') {
  const { deps } = await createBench(t)
  let at = Date.now()
  let credits = 0
  let asked = 0
  const said: string[] = []
  const watch = createProviderWatch({
    ...deps,
    now: () => at,
    credits: async () => {
      asked += 1
      return credits
    },
    alert: async (_topic, text) => void said.push(text),
  })
  const pause = createPauseHandler(deps)
  await pause(jobOf({ code, credits: 60 }), never)
  return {
    watch,
    said,
    asked: () => asked,
    pass: (ms: number) => {
      at += ms
    },
    own: (amount: number) => {
      credits = amount
    },
    pauseAgain: (amount: number) => pause(jobOf({ code, credits: amount }), never),
    paused: async () => (await readPause(deps.db)) !== undefined,
  }
}

describe('a pause for the provider’s account', () => {
  test('lasts until the account holds what the refused order needed', async (t) => {
    const { watch, own, pass, paused, said } = await start(t)
    own(59)
    await watch()
    assert.equal(await paused(), true)
    own(60)
    pass(60_000)
    await watch()
    assert.equal(await paused(), false)
    assert.equal(said.length, 1)
  })

  test('waits for the dearest of the refused orders', async (t) => {
    const { watch, own, pauseAgain, paused } = await start(t)
    await pauseAgain(90)
    await pauseAgain(10)
    own(89)
    await watch()
    assert.equal(await paused(), true)
  })

  test('is looked into by one instance a minute', async (t) => {
    const { watch, asked, pass } = await start(t)
    await Promise.all([watch(), watch(), watch()])
    assert.equal(asked(), 1)
    pass(30_000)
    await watch()
    assert.equal(asked(), 1)
    pass(30_000)
    await watch()
    assert.equal(asked(), 2)
  })

  test('for a spending limit, which the balance does not show, ends by trying after an hour', async (t) => {
    const { watch, own, pass, paused } = await start(t, 'kie.limited')
    own(1_000)
    await watch()
    assert.equal(await paused(), true)
    pass(61 * 60_000)
    await watch()
    assert.equal(await paused(), false)
  })
})
