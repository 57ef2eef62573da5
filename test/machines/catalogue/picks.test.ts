import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import file from '../../../models/picks.json' with { type: 'json' }
import { modelById } from '../../../src/machines/catalogue/catalogue.ts'
import {
  menuWishes,
  pickFaults,
  pickFormFaults,
  pickTasks,
} from '../../../src/machines/catalogue/picks.ts'
import { orderSize, usualAnswers, usualPrice } from '../../../src/machines/catalogue/usual-order.ts'

const rates = { usdRubRate: 78.57, markup: 2 }

/** The picks with one thing changed. */
const withDraw = (change: object) => ({
  ...file,
  tasks: { ...file.tasks, draw: { ...file.tasks.draw, ...change } },
})
const drawing = (model: string, answers: object) => withDraw({ best: { model, answers } })

describe('the picks', () => {
  test('are on sale, priced, and valid', () => {
    assert.deepEqual(pickFaults(rates), [])
    assert.ok(pickTasks.length >= 10 && menuWishes.length >= 5)
  })

  test('with a fault are told by task, tier and fault', () => {
    const faults = (given: unknown) => pickFaults(rates, given).join('\n')
    assert.match(
      faults(drawing('no-such-model', {})),
      /draw\.best: there is no model no-such-model/,
    )
    assert.match(faults(drawing('sora-2-text-to-video', {})), /is not on sale/)
    assert.match(faults(drawing('grok-imagine/upscale', {})), /can not be ordered/)
    assert.match(faults(drawing('z-image', {})), /aspect_ratio of z-image is not preset/)
    assert.match(faults(drawing('z-image', { aspect_ratio: '7:5' })), /can not be 7:5/)
    assert.match(faults(drawing('z-image', { aspect_ratio: '1:1', n: 2 })), /has no input n/)
    assert.match(faults(drawing('google/nano-banana-edit', {})), /needs a file: image/)
    assert.match(faults(withDraw({ files: ['audio'] })), /takes no file: audio/)
    assert.match(faults(withDraw({ words: 'none' })), /needs words/)
    assert.match(faults({ ...file, wishes: ['fly'] }), /no task fly/)
    assert.match(faults(withDraw({ emojy: '🎨' })), /tasks\.draw: Unrecognized key/)
    assert.match(pickFormFaults(withDraw({ fast: {} })).join(), /draw\.fast\.model/)
  })
})

describe('the usual order', () => {
  test('of a model is what its pick or its documents say, with price, seconds and size', () => {
    const wan = modelById('wan/2-6-text-to-video') ?? assert.fail()
    assert.deepEqual(orderSize(wan, usualAnswers(wan)), { seconds: 5, size: '1080p' })
    assert.deepEqual(usualPrice(wan, rates), { kopecks: 8_211, per: 'run', varies: true })
    const seedance = modelById('bytedance/v1-pro-image-to-video') ?? assert.fail()
    assert.deepEqual(usualPrice(seedance, rates), { kopecks: 2_357, per: 'run', varies: true })
    const avatar = modelById('kling/v1-avatar-standard') ?? assert.fail()
    assert.deepEqual(usualPrice(avatar, rates), { kopecks: 629, per: 'second', varies: false })
    assert.deepEqual(usualAnswers(modelById('z-image') ?? assert.fail()), { aspect_ratio: '1:1' })
  })
})
