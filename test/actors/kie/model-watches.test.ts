import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAlert } from '../../../src/actors/effects/alert.ts'
import { createCatalogueWatch } from '../../../src/actors/kie/catalogue-watch.ts'
import { createQualityWatch, restHours } from '../../../src/actors/kie/quality-watch.ts'
import { readStoredShelf } from '../../../src/checks/shelf.ts'
import { allModels, everyModel, isSold } from '../../../src/machines/catalogue/catalogue.ts'
import { readAnswers } from '../../../src/machines/catalogue/provider-answers.ts'
import { changeOfAlert } from '../../../src/machines/conversation/admin/shelf.ts'
import { MODEL_FAILURES } from '../../../src/machines/job/model-failure.ts'
import { createDb } from '../../../src/store/db.ts'
import { endModelPause, readModelPause } from '../../../src/store/model-pauses.ts'
import { findFailing, readQuality } from '../../../src/store/model-quality.ts'
import { decideChange, readWaitingChanges } from '../../../src/store/provider-changes.ts'
import { recordUsers } from '../../../src/store/users.ts'
import { createDatabase } from '../../support/database.ts'

const log = { info() {}, warn() {}, error() {} } as never

describe('what is watched about models', async () => {
  const { pool, url } = await createDatabase({})
  const db = createDb(pool)
  await recordUsers(db, [{ id: 1, language: 'en', blocked: false }])
  const said: { text: string; buttons: string[] }[] = []
  const alert = createAlert({
    ...{ db, log, now: Date.now, adminIds: [7] },
    api: {
      call: async (
        _method: string,
        message: {
          text: string
          reply_markup?: { inline_keyboard: { callback_data: string }[][] }
        },
      ) => {
        const { inline_keyboard: rows = [] } = message.reply_markup ?? {}
        said.push({ text: message.text, buttons: rows.flat().map((b) => b.callback_data) })
      },
    } as never,
  })
  const watch = createQualityWatch({ db, log, alert })
  let jobs = 0
  /** An order that ended just now; null: it was delivered after so long. */
  async function order(modelId: string, error: string | null, { tookMs = 9_000, price = 0 } = {}) {
    jobs += 1
    await pool.query(
      `insert into jobs (id, user_id, chat_id, model_id, status, price_kopecks, credits, input,
         error_code, took_ms, created_at, updated_at)
       values ($1, 1, 1, $2, $3, $4, 1, '{}', $5, $6, clock_timestamp(), clock_timestamp())`,
      [
        ...[`j${jobs}`, modelId, error === null ? 'delivered' : 'failed', price, error],
        error === null ? tookMs : null,
      ],
    )
  }
  const [first, second, third] = allModels.filter(isSold).map(({ id }) => id)
  assert.ok(first && second && third)
  const isPaused = async (id: string) => (await readModelPause(db, id)) !== undefined
  const fail = async (id: string, times: number, code = 'kie.failed:500') => {
    for (let i = 0; i < times; i += 1) await order(id, code)
  }

  test('is how many orders of a model came, how long they took, and what failed last', async () => {
    for (const tookMs of [1_000, 2_000, 3_000, 4_000, 50_000]) await order(third, null, { tookMs })
    await order(third, 'kie.failed:400')
    await order(third, 'kie.failed:501')
    const [quality, ...others] = await readQuality(db, {
      failures: MODEL_FAILURES,
      modelId: third,
    })
    assert.deepEqual(others, [])
    const { lastFailure, ...facts } = quality ?? assert.fail()
    assert.deepEqual(facts, {
      ...{ modelId: third, ended: 7, delivered: 5, failed: 1 },
      ...{ medianMs: 3_000, p90Ms: 31_600, refunds: 0 },
    })
    assert.equal(lastFailure?.code, 'kie.failed:501')
  })

  test('is read by the audit as it stands', async () => {
    const stored = await readStoredShelf(url)
    assert.deepEqual(
      stored.quality.map(({ modelId, ended }) => [modelId, ended]),
      [[third, 7]],
    )
    assert.deepEqual([stored.terms, stored.changes], [[], 0])
  })

  test('blames the model for what it failed, not for words, money or an outage', () => {
    const blamed = new RegExp(MODEL_FAILURES)
    const codes = ['kie.refused', 'kie.expired', 'kie.failed', 'kie.failed:500', 'kie.failed:4001']
    assert.deepEqual(
      codes.filter((code) => !blamed.test(code)),
      [],
    )
    const others = [
      'kie.failed:400',
      'kie.failed:422',
      'kie.credits',
      'kie.unavailable',
      'kie.busy',
    ]
    const more = [...others, 'kie.unknown', 'user.cancelled', 'media.unusable', 'telegram.refused']
    assert.deepEqual(
      more.filter((code) => blamed.test(code)),
      [],
    )
  })

  test('pauses a model that fails three times in a row, tells it once, and tries it again', async () => {
    await order(first, null)
    await fail(first, 2)
    await order(first, 'kie.failed:400')
    await watch()
    assert.ok(!(await isPaused(first)), 'two failures and one for its words')
    await fail(first, 1)
    await Promise.all([watch(), watch()])
    assert.ok(await isPaused(first))
    assert.deepEqual(
      said.map(({ text }) => text.slice(0, 60)),
      [`🚨 ${first} failed 3 times in a row (kie.failed:500) and is not sold`.slice(0, 60)],
    )
    const { code, decided_by: by } = (await readModelPause(db, first)) ?? assert.fail()
    assert.deepEqual([code, by], ['model.failing', null])

    // What was under way when the pause began is no new reason after its end.
    await fail(first, 1)
    await pool.query(`update model_pauses set until = clock_timestamp()`)
    await watch()
    assert.ok(!(await isPaused(first)), 'nobody tried it since')
    await fail(first, 1)
    await watch()
    assert.ok(await isPaused(first), 'the next order failed too')
    await pool.query(`update model_pauses set until = clock_timestamp()`)
    await order(first, null)
    await fail(first, 2)
    await watch()
    assert.ok(!(await isPaused(first)), 'it worked again in between')
  })

  test('lets an admin bring a model back, whatever failed before', async () => {
    await fail(second, 3)
    await watch()
    assert.ok(await endModelPause(db, second))
    await watch()
    assert.ok(!(await isPaused(second)))
    const failing = await findFailing(db, {
      ...{ models: [first, second, third], failures: MODEL_FAILURES, least: 3 },
    })
    assert.deepEqual(failing, [])
  })

  test('rests a model for longer the more often it failed, and never for more than a day', () => {
    assert.deepEqual([3, 4, 5, 6, 7, 8, 9, 20].map(restHours), [0.5, 1, 2, 4, 8, 16, 24, 24])
  })

  test('compares with the provider once a night and tells each change once, with buttons', async () => {
    said.length = 0
    const sold = everyModel.filter(isSold)
    const [gone, dearer] = sold.filter(({ status, price }) => status === 'listed' && price.text)
    assert.ok(gone && dearer)
    let listed = sold.map(({ apiModel: model, price }) => ({ model, pricingDesc: price.text }))
    let reads = 0
    let isDown = false
    let now = Date.UTC(2026, 9, 1, 22)
    const source = {
      async read() {
        reads += 1
        if (isDown) throw new Error('no answer')
        return readAnswers([{ data: { models: listed } }])
      },
    }
    const compare = createCatalogueWatch({ db, log, alert, source, now: () => now })
    const told = () => said.splice(0).map(({ text }) => text.replace(/ the provider.*/, '…'))

    await compare()
    assert.equal(reads, 0, 'the first night of a new database is the next one')
    now += 3 * 3_600_000
    await compare()
    await compare()
    assert.deepEqual([reads, told()], [1, []])

    listed = listed
      .filter(({ model }) => model !== gone.apiModel)
      .map((one) =>
        one.model === dearer.apiModel ? { ...one, pricingDesc: 'twice as much' } : one,
      )
    listed.push({ model: 'brand-new/model', pricingDesc: '1 credit' })
    now += 86_400_000
    isDown = true
    await assert.rejects(compare())
    isDown = false
    await compare()
    assert.equal(reads, 2, 'who failed waits for an hour')
    now += 3_700_000
    await compare()
    const buttons = said.map((one) => one.buttons)
    assert.deepEqual(told(), [
      `🚨 ${gone.id} is no longer in…`,
      '🚨 brand-new/model is new in…',
      `🚨 ${dearer.id} has another price at…`,
    ])
    const asked = buttons.map((row) => row.map((data) => changeOfAlert(data)?.decision))
    assert.deepEqual(asked, Array(3).fill(['accepted', 'paused', 'ignored']))
    assert.ok(!(await isPaused(gone.id)), 'nothing is changed by itself')

    const { rows, waiting } = await readWaitingChanges(db, 10)
    assert.equal(waiting, 3)
    const ids = rows.map(({ id }) => id)
    assert.deepEqual(
      buttons.map(([data = '']) => changeOfAlert(data)?.id),
      ids,
    )
    const ignore = { id: ids[0] as number, decision: 'ignored' as const, by: 7 }
    assert.equal((await decideChange(db, ignore))?.model_id, gone.id)
    assert.equal(await decideChange(db, ignore), undefined, 'whoever comes second decides nothing')

    // The next night: the price is as it was, the rest is known.
    listed = listed.map((one) =>
      one.model === dearer.apiModel ? { ...one, pricingDesc: dearer.price.text } : one,
    )
    now += 86_400_000
    await compare()
    assert.deepEqual([reads, told()], [4, []])
    const left = await readWaitingChanges(db, 10)
    assert.deepEqual(
      left.rows.map(({ model_id }) => model_id),
      ['brand-new/model'],
    )
  })
})
