import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import file from '../../../models/picks.json' with { type: 'json' }
import templates from '../../../models/templates.json' with { type: 'json' }
import { modelById } from '../../../src/machines/catalogue/catalogue.ts'
import { fillGaps, gapsOf, hasSoundGaps } from '../../../src/machines/catalogue/gaps.ts'
import {
  menuWishes,
  pickFaults,
  pickFormFaults,
  pickTasks,
} from '../../../src/machines/catalogue/picks.ts'
import {
  shippedTemplates,
  templateFaults,
  templateFormFaults,
} from '../../../src/machines/catalogue/templates.ts'
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

/** The templates with the first one changed. */
const withCard = (change: object) => [{ ...templates[0], ...change }, ...templates.slice(1)]

describe('the templates', () => {
  test('are on sale, priced, and can be filled in', () => {
    assert.deepEqual(templateFaults(rates), [])
    assert.ok(shippedTemplates.length >= 8)
  })

  test('with a fault are told by their id', () => {
    const faults = (given: unknown) => templateFaults(rates, given).join('\n')
    assert.match(faults(withCard({ model: 'no-such-model' })), /birthday-card: there is no model/)
    assert.match(
      faults(withCard({ model: 'z-image', answers: {} })),
      /birthday-card: .* is not preset/,
    )
    assert.match(faults(withCard({ task: 'fly' })), /there is no task fly; tasks: draw, /)
    assert.match(faults(withCard({ id: 'logo' })), /logo: another template has this id/)
    assert.match(faults(withCard({ task: 'edit' })), /birthday-card: .* takes no file: image/)
    const words = (ru: string, en = ru) => withCard({ words: { ru, en } })
    assert.match(faults(words('a {b')), /a brace in the words belongs to no gap/)
    assert.match(faults(words('a {b?}', 'a')), /the two languages have different gaps/)
    assert.match(faults(words('{a}{b}{c}{d}{e}')), /more than 4 gaps/)
    assert.match(faults(withCard({ title: { ru: 'x'.repeat(41), en: 'x' } })), /more than 40/)
    assert.match(templateFormFaults(withCard({ titel: {} })).join(), /0: Unrecognized key/)
  })

  test('have gaps that are filled in order, and only once', () => {
    assert.deepEqual(gapsOf('A card for {Whom?}, { from whom? }'), ['Whom?', 'from whom?'])
    assert.equal(fillGaps('{a} and {b} and {c}', ['{b}', 'two']), '{b} and two and {c}')
    assert.ok(hasSoundGaps('no gap') && !hasSoundGaps('{}') && !hasSoundGaps('{ }'))
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
