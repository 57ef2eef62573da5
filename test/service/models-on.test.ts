import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseConfig } from '../../src/config/config.ts'
import { readModelsOn } from '../../src/service/models-on.ts'
import { rateFaults } from '../../src/service/rates.ts'

const ENV = {
  TELEGRAM_BOT_TOKEN: '4242:AAtokenOfTheBot-xyz_0123456789abcdef',
  KIE_API_KEY: 'kie-key-0123456789',
  ADMIN_ID: '11',
  BOT_MODE: 'polling',
  DATABASE_URL: 'postgresql://trt:s3cretpassword@db:5432/trt',
}

const USUAL = { usdRubRate: 78.57, markup: 2, starsPerRub: 1.6 }

const rateFaultsOf = ({ starsPerRub, ...rates }: typeof USUAL) => rateFaults(rates, { starsPerRub })

describe('rates', () => {
  const faultsAt = (settings: Partial<typeof USUAL>) => rateFaultsOf({ ...USUAL, ...settings })

  test('that sell with a gain are taken', () => {
    assert.deepEqual(faultsAt({}), [])
    assert.deepEqual(faultsAt({ markup: 1 }), [])
  })

  test('that sell below cost, for next to no Stars, or for nothing are refused', () => {
    assert.match(faultsAt({ markup: 0.5 }).join(), /PRICE_MARKUP is below 1/)
    assert.match(faultsAt({ starsPerRub: 0.000_01 }).join(), /STARS_PER_RUB/)
    assert.match(faultsAt({ usdRubRate: 0.000_1 }).join(), /leave no price for .* more/)
  })
})

describe('MODELS_ON', () => {
  test('names models by id or by the slug of their links', () => {
    const { switchedOn, warnings } = readModelsOn([
      'V4',
      'sora-2-text-to-video',
      'ideogram-v3-reframe',
    ])
    assert.deepEqual([...switchedOn], ['V4', 'sora-2-text-to-video', 'ideogram/v3-reframe'])
    assert.deepEqual(warnings, [])
  })

  test('warns of a name that means no model, and goes on with the others', () => {
    const { switchedOn, warnings } = readModelsOn([
      'sora-2-txt-to-video',
      'V4',
      'something else entirely',
    ])
    assert.deepEqual([...switchedOn], ['V4'])
    assert.deepEqual(warnings, [
      'MODELS_ON: there is no model sora-2-txt-to-video; did you mean sora-2-text-to-video?',
      'MODELS_ON: there is no model something else entirely.',
    ])
  })

  test('is a list with commas, empty by default', () => {
    assert.deepEqual(parseConfig(ENV).config.modelsOn, [])
    const { config, warnings } = parseConfig({ ...ENV, MODELS_ON: ' V4, ,ideogram/v3-reframe,' })
    assert.deepEqual(config.modelsOn, ['V4', 'ideogram/v3-reframe'])
    assert.deepEqual(warnings, [])
  })
})
