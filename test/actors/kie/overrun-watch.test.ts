import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createAlert } from '../../../src/actors/effects/alert.ts'
import { createFreeOffer } from '../../../src/actors/effects/free-offer.ts'
import { createQuoteAnswer } from '../../../src/actors/effects/quote.ts'
import { createOverrunWatch } from '../../../src/actors/kie/overrun-watch.ts'
import { RetryableError } from '../../../src/errors.ts'
import { endModelPause, pauseModel, readModelPause } from '../../../src/store/model-pauses.ts'
import { createBench, jobOf } from '../effects/bench.ts'

const UPSCALE = 'topaz/video-upscale'
const FILM = {
  ...{ kind: 'video', mime: 'video/mp4', size: 102_318, duration: 30, width: 128, height: 72 },
  ...{ fileId: 'secret-id', fileName: 'holiday with Ann.mp4' },
}

async function start(t: TestContext) {
  const { deps, pool } = await createBench(t)
  await pool.query(`insert into users (id, language) values (1, 'en')`)
  const said: string[] = []
  let isDeaf = false
  const watch = createOverrunWatch({
    ...deps,
    alert: createAlert({
      ...deps,
      adminIds: [7],
      api: {
        call: async (_method: string, { text }: { text: string }) => {
          if (isDeaf) throw new RetryableError('telegram.unavailable')
          said.push(text.replace('🚨 ', ''))
        },
      } as never,
    }),
  })
  let jobs = 0
  return {
    ...{ deps, db: deps.db, pool, said, watch },
    deafen: (deaf: boolean) => {
      isDeaf = deaf
    },
    async order(quoted: number, consumed: number | null, modelId = UPSCALE) {
      jobs += 1
      await pool.query(
        `insert into jobs (id, user_id, chat_id, model_id, status, price_kopecks, credits,
           credits_consumed, input) values ($1, 1, 1, $2, 'delivered', 0, $3, $4, $5)`,
        [
          `j${jobs}`,
          modelId,
          quoted,
          consumed,
          JSON.stringify({ video_url: FILM, prompt: 'secret' }),
        ],
      )
    },
    isPaused: async (modelId = UPSCALE) => (await readModelPause(deps.db, modelId)) !== undefined,
  }
}

describe('an order for which the provider consumed more than was quoted', () => {
  test('is told to the admins once, with what we measured of its files and nothing else', async (t) => {
    const { order, watch, said, isPaused } = await start(t)
    await order(16, 240)
    await Promise.all([watch(), watch()])
    await watch()
    assert.equal(said.length, 1)
    assert.equal(
      said[0],
      `The provider consumed 240 credits instead of 16 for ${UPSCALE} (kie.overrun, j1).\n` +
        'video_url: video/mp4, 102318 bytes, 30 s, 128×72',
    )
    assert.equal(await isPaused(), false)
  })

  test('is nothing to tell within rounding, or when less was consumed', async (t) => {
    const { order, watch, said } = await start(t)
    await order(240, 248)
    await order(240, 240)
    await order(240, 100)
    await order(240, null)
    await order(4, 4.04, 'z-image')
    await watch()
    assert.deepEqual(said, [])
  })

  test('pauses a model whose price is measured, the third time in a day', async (t) => {
    const { order, watch, said, isPaused, deps } = await start(t)
    await order(16, 240)
    await order(16, 100)
    await order(240, 248)
    await watch()
    assert.equal(await isPaused(), false)
    await order(16, 64)
    await watch()
    assert.equal(await isPaused(), true)
    assert.equal(said.filter((text) => text.includes('is not sold for 24 hours')).length, 1)
    await order(16, 64)
    await watch()
    assert.equal(said.length, 5)

    const quote = createQuoteAnswer({
      ...deps,
      view: { rates: { usdRubRate: 78.57, markup: 2 } },
      free: createFreeOffer({
        ...deps,
        limits: { daily: 0, hourly: 0, budgetCredits: 0 },
        adminIds: [],
      }),
    })
    const answers = { video_url: FILM, upscale_factor: '2' }
    const heard = await quote(jobOf({ userId: 1, modelId: UPSCALE, answers, serial: 3 }))
    assert.deepEqual(heard, { type: 'quote.refused', reason: 'model-paused', serial: 3 })
  })

  test('pauses no model whose price does not hang on a length', async (t) => {
    const { order, watch, said, isPaused } = await start(t)
    for (let i = 0; i < 4; i += 1) await order(4, 9, 'z-image')
    await watch()
    assert.equal(said.length, 4)
    assert.equal(await isPaused('z-image'), false)
  })

  test('of an earlier day counts no more', async (t) => {
    const { order, watch, pool, isPaused } = await start(t)
    for (let i = 0; i < 2; i += 1) await order(16, 240)
    await watch()
    await pool.query(`update overruns set found_at = now() - interval '25 hours'`)
    await order(16, 240)
    await watch()
    assert.equal(await isPaused(), false)
  })

  test('is told later when no admin can be reached now', async (t) => {
    const { order, watch, said, deafen } = await start(t)
    await order(16, 240)
    deafen(true)
    await assert.rejects(watch(), RetryableError)
    deafen(false)
    await watch()
    assert.equal(said.length, 1)
  })
})

describe('the pause of a model', () => {
  test('ends by itself, or by hand, and begins anew', async (t) => {
    const { db, pool, isPaused } = await start(t)
    const pause = () => pauseModel(db, { modelId: UPSCALE, code: 'kie.overrun', hours: 24 })
    assert.equal(await pause(), true)
    assert.equal(await pause(), false)
    await pool.query(`update model_pauses set until = now() - interval '1 second'`)
    assert.equal(await isPaused(), false)
    assert.equal(await pause(), true)
    assert.equal(await endModelPause(db, UPSCALE), true)
    assert.equal(await endModelPause(db, UPSCALE), false)
    assert.equal(await isPaused(), false)
    assert.equal(await pauseModel(db, { modelId: UPSCALE, code: 'operator' }), true)
    assert.equal(await isPaused(), true)
  })
})
