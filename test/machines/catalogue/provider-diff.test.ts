import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { everyModel, modelById } from '../../../src/machines/catalogue/catalogue.ts'
import { families } from '../../../src/machines/catalogue/family-facts.ts'
import { readAnswers } from '../../../src/machines/catalogue/provider-answers.ts'
import { changeKey, providerChanges } from '../../../src/machines/catalogue/provider-diff.ts'

const answer = (data: object) => ({ code: 200, msg: 'success', data })
const ours = ['z-image', 'wan/3-0-video', 'nano-banana-2'].map(
  (id) => modelById(id) ?? assert.fail(`no ${id}`),
)
const listed = ours.map(({ apiModel, price }) => ({ model: apiModel, pricingDesc: price.text }))
const changes = (models: readonly object[], ...more: object[]) =>
  providerChanges(ours, readAnswers([answer({ total: models.length, models }), ...more]), families)
const schemaOf = (model: string, properties: object) =>
  answer({
    model,
    openapi: {
      paths: {
        '/api/v1/jobs/createTask': {
          post: {
            requestBody: {
              content: {
                'application/json': {
                  schema: { properties: { model: {}, input: { type: 'object', properties } } },
                },
              },
            },
          },
        },
      },
    },
  })

describe('what the provider changed', () => {
  test('is nothing where it says what our files say', () => {
    assert.deepEqual(changes(listed), [])
    const spaced = listed.map((one) => ({
      ...one,
      pricingDesc: one.pricingDesc?.replace(/ /g, '  '),
    }))
    assert.deepEqual(changes(spaced), [], 'blanks are no change')
  })

  test('is a model that vanished, one that appeared, and a price, a line each', () => {
    const [first, second] = listed
    const now = changes([
      { ...first, pricingDesc: '1.6 credits per image.' },
      second ?? {},
      { model: 'acme/pencil', title: 'Acme Pencil' },
    ])
    assert.deepEqual(
      now.map(({ kind, model }) => [kind, model]),
      [
        ['vanished', 'nano-banana-2'],
        ['appeared', 'acme/pencil'],
        ['price', 'z-image'],
      ],
    )
    assert.match(now[2]?.what ?? '', /is "1.6 credits per image."$/)
    assert.equal(new Set(now.map(changeKey)).size, 3)
    assert.ok(
      everyModel.some(({ id }) => id === 'nano-banana-2'),
      'nothing is changed by itself',
    )
  })

  test('is no model at all where the provider’s list did not come', () => {
    assert.deepEqual(providerChanges(ours, readAnswers([{ code: 500 }]), families), [])
  })

  test('is an input that is gone, new or another one', () => {
    const now = changes(
      listed,
      schemaOf('nano-banana-2', {
        prompt: { type: 'string', maxLength: 100 },
        style: { type: 'string', enum: ['pencil', 'oil'] },
      }),
    )
    const told = now.map(({ what }) => what)
    assert.ok(told.includes('resolution is gone'), told.join('\n'))
    assert.ok(told.includes('style is new: string; one of pencil, oil'), told.join('\n'))
    assert.ok(told.some((line) => /^prompt was .*, is string; up to 100 characters$/.test(line)))
  })
})
