import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { shippedTemplates } from '../../src/machines/catalogue/templates.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { createLiveTerms } from '../../src/service/live-terms.ts'
import { createDb } from '../../src/store/db.ts'
import { endModelPause, pauseModel, readModelPause } from '../../src/store/model-pauses.ts'
import { readTerms, readTermsNow, setFree, setMarkup } from '../../src/store/model-terms.ts'
import { setTemplate } from '../../src/store/templates.ts'
import { createDatabase } from '../support/database.ts'
import { waitFor } from '../support/wait.ts'

describe('what admins decide about models', async () => {
  const { pool } = await createDatabase({})
  const db = createDb(pool)
  const decided = { by: 11, why: 'too dear' }

  test('holds over what the files say, each decision beside the others, until it is taken back', async () => {
    await setMarkup(db, { modelId: 'a', markup: 1.25, ...decided })
    await setFree(db, { modelId: 'a', days: 2, ...decided, by: 12 })
    await pauseModel(db, { modelId: 'b', code: 'admin', by: 11, why: 'bad pictures' })
    assert.deepEqual(await readTermsNow(db), [
      { modelId: 'a', isPaused: false, markup: 1.25, isFree: true },
      { modelId: 'b', isPaused: true, markup: null, isFree: false },
    ])
    const { decided_by: by, why } = (await readTerms(db, 'a')) ?? assert.fail()
    assert.deepEqual([by, why], [12, 'too dear'])
    await setMarkup(db, { modelId: 'a', markup: null, ...decided })
    await pool.query(`update model_terms set free_until = now() - interval '1 second'`)
    await endModelPause(db, 'b')
    assert.deepEqual(await readTermsNow(db), [])
  })

  test('is never a markup below cost, not even by hand', async () => {
    await assert.rejects(setMarkup(db, { modelId: 'a', markup: 0.99, ...decided }))
  })

  test('leaves a pause once it ended, so that a new one can begin', async () => {
    assert.ok(await pauseModel(db, { modelId: 'c', code: 'admin', hours: 1 }))
    assert.ok(!(await pauseModel(db, { modelId: 'c', code: 'kie.overrun' })))
    assert.ok(await endModelPause(db, 'c'))
    assert.ok(!(await endModelPause(db, 'c')))
    assert.equal(await readModelPause(db, 'c'), undefined)
    assert.ok(await pauseModel(db, { modelId: 'c', code: 'kie.overrun' }))
    assert.equal((await readModelPause(db, 'c'))?.code, 'kie.overrun')
    await endModelPause(db, 'c')
  })

  test('reaches the view of every instance by itself, and ends there when its time is over', async (t) => {
    const ending = new AbortController()
    t.after(() => ending.abort())
    const views = [{ ...SAMPLE_VIEW }, { ...SAMPLE_VIEW }]
    for (const view of views) createLiveTerms({ db, view, everyMs: 20 }, ending.signal)
    const termsOf = (id: string) => views.map(({ rates }) => rates.terms?.get(id))
    await pauseModel(db, { modelId: 'z-image', code: 'admin' })
    await setFree(db, { modelId: 'V6', days: 1, ...decided })
    const holds = (id: string, terms: object | undefined) =>
      waitFor(() => isDeepStrictEqual(termsOf(id), [terms, terms]), { what: `the terms of ${id}` })
    await holds('z-image', { isPaused: true })
    await holds('V6', { isFree: true })
    // The newest example of a model, also of a template that ships with the program.
    const poster = shippedTemplates[2] ?? assert.fail()
    const files = [{ kind: 'photo', fileId: 'AgAC' }]
    await setTemplate(db, poster.id, { example: files }, 11)
    await holds(poster.model, { ...termsOf(poster.model)[0], example: poster.id })
    await setTemplate(db, poster.id, { isOn: false }, 11)
    await waitFor(() => termsOf(poster.model).every((one) => one?.example === undefined), {
      what: 'no example',
    })
    const before = views.map(({ rates }) => rates)
    await pool.query(`update model_terms set free_until = now() - interval '1 second'`)
    await endModelPause(db, 'z-image')
    await holds('V6', undefined)
    await holds('z-image', undefined)
    assert.ok(
      views.every(({ rates }, i) => rates !== before[i]),
      'rates never change in place',
    )
  })
})
