import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { allModels, hasPrice, type Model } from '../../../src/machines/catalogue/catalogue.ts'
import { isAsked, questionsOf } from '../../../src/machines/catalogue/questions.ts'
import type { Draft } from '../../../src/machines/conversation/context.ts'
import { currentQuestion } from '../../../src/machines/conversation/order/draft.ts'
import { priceOrder } from '../../../src/machines/conversation/order/price.ts'
import { tapsOf } from '../../../src/machines/conversation/screens/screen.ts'
import { fromStored } from '../../../src/machines/engine/transition.ts'
import type { Language } from '../../../src/machines/texts/translate.ts'
import examples from '../../fixtures/kie-examples.json' with { type: 'json' }
import {
  type Backend,
  type Chat,
  conversation,
  createChat,
  rich,
  view,
} from '../conversation/chat.ts'
import { goldenOf, orderedBy, walksOf } from './golden.ts'
import { WORDS } from './persons.ts'
import { type Refusal, refusalsOf } from './refusals.ts'
import { beginAt, requestOf, type Walk } from './walk.ts'

const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)

/** What only those say who know how it works inside, and how they spell it. */
const JARGON = [
  'url uri id ids api json enum string boolean integer array null undefined payload callback',
  'webhook endpoint prompt nsfw cfg token param params parameter parameters kie',
].join(' ')
const WORD = new RegExp(`\\b(${JARGON.replaceAll(' ', '|')})\\b`, 'i')
const SPELLING = /[a-z]_[a-z]|\b[a-z]+[A-Z]/

const allOn = new Set(allModels.map((m) => m.id))
const rates = { ...view.rates, switchedOn: allOn }
const answersOf = (walk: Walk) => (walk.chat.context.draft as Draft).answers
const hintOf = ({ context: { hint } }: Chat) =>
  hint === null ? null : 'code' in hint ? hint.code : hint.problem.code

/** A complete order with one of its questions opened from the preview. */
function opened(draft: Draft, field: string, backend: Backend): Chat {
  const chat = createChat({ backend })
  const context = { ...chat.context, draft }
  const value = { drafting: 'preview' }
  chat.snapshot = fromStored(conversation, { value, context, status: 'active' })
  chat.happen({ type: 'field.opened', field })
  assert.equal(currentQuestion(chat.context)?.field, field)
  return chat
}

/** A look into a file finds something else than hoped for. */
const finding =
  (seen: Refusal['seen']): Backend =>
  (effect) =>
    rich(effect).map((event) =>
      event.type === 'media.inspected' ? { ...event, media: { ...event.media, ...seen } } : event,
    )

function assertRefused(draft: Draft, field: string, refusal: Refusal): void {
  const { events, hint, seen, what } = refusal
  const emptied = { ...draft, answers: { ...draft.answers } }
  delete emptied.answers[field as keyof typeof emptied.answers]
  const chat = opened(emptied, field, finding(seen))
  const { state } = chat
  for (const event of events) chat.happen(event)
  assert.match(hintOf(chat) ?? 'nothing', new RegExp(`^(${hint})$`), what)
  assert.equal(chat.state, state, what)
  assert.ok(!tapsOf(chat.screen.keyboard).some((b) => b.event.type === 'run.confirmed'))
  const kept = chat.context.draft?.answers[field]
  if (hint === 'media.many') assert.ok(Array.isArray(kept) && kept.length === events.length - 1)
  else assert.equal(kept, undefined, what)
}

/** Whether the schema leaves open what we don't: which languages there are, how many pictures. */
function isFreeOf({ input }: Model, field: string): boolean {
  const schema = input.properties[field]
  return field === 'language_code' || (schema?.type === 'array' && schema.maxItems === undefined)
}

for (const model of allModels) {
  describe(`an order for ${model.id}`, () => {
    const walks = walksOf(model, 'ru')
    let english: Record<string, Walk> | undefined
    const walksIn = (language: Language) => {
      if (language === 'ru') return walks
      english ??= walksOf(model, 'en')
      return english
    }
    const validate = ajv.compile(model.wire?.schema ?? model.input)
    const drafts = Object.values(walks).map(({ chat }) => chat.context.draft as Draft)

    test('becomes the request of its golden file, in either language', () => {
      assert.equal(orderedBy(model, walks), goldenOf(model))
      assert.equal(orderedBy(model, walksIn('en')), goldenOf(model))
    })

    test('is what the schema allows, and what the documented example says', () => {
      for (const [name, walk] of Object.entries(walks)) {
        const { input } = requestOf(model, answersOf(walk))
        assert.ok(validate(input), `${name}: ${ajv.errorsText(validate.errors)}`)
      }
      const { input } = requestOf(model, answersOf(walks.example as Walk))
      const example = (examples as Record<string, Record<string, unknown>>)[model.id] ?? {}
      for (const [field, value] of Object.entries(example)) {
        const isFile = JSON.stringify(value).includes('example.com/media')
        if (!isFile) assert.deepEqual(input[field], value, field)
        else assert.equal([input[field]].flat().length, [value].flat().length, field)
      }
    })

    test('is asked for in plain words', () => {
      for (const language of ['ru', 'en'] as const) {
        for (const { said, chat } of Object.values(walksIn(language))) {
          const own = Object.values(chat.context.draft?.answers ?? {}).flatMap((v) =>
            typeof v === 'string' && v.length > 12 ? [v] : [],
          )
          for (const text of said) {
            const seen = text.replace(/ href="[^"]*"/g, '')
            const ours = [WORDS, 'kHz', ...own].reduce((all, w) => all.replaceAll(w, ''), seen)
            assert.doesNotMatch(ours, WORD)
            assert.doesNotMatch(ours, SPELLING)
          }
        }
      }
    })

    const asked = Object.keys(model.input.properties).filter((f) => isAsked(model, f))
    for (const field of asked) {
      const draft = drafts.find((d) => questionsOf(model, d.answers).some((q) => q.field === field))

      test(`does not go through without what ${field} needs, or with what it can't take`, () => {
        assert.ok(draft, `no order has ${field}`)
        const question = questionsOf(model, draft.answers).find((q) => q.field === field)
        assert.ok(question)
        for (const refusal of refusalsOf(question)) {
          assertRefused(draft, field, refusal)
          if (refusal.value === undefined || isFreeOf(model, field)) continue
          // What is sent has another shape: the schema knows no such field.
          if (model.wire) continue
          const { input } = requestOf(model, draft.answers)
          assert.equal(validate({ ...input, [field]: refusal.value }), false, refusal.what)
        }
        if (!question.required) return
        const { [field]: _missing, ...answers } = draft.answers
        const order = { userId: 1, modelId: model.id, answers }
        const refusal = hasPrice(model) ? 'incomplete' : 'not-sold'
        assert.deepEqual(priceOrder(order, rates), { refusal })
        assert.equal(validate(requestOf(model, answers).input), false, `${field} is left out`)
      })
    }

    test('begins where nothing is chosen for the person', () => {
      const { context, state } = beginAt(model, 'ru')
      const given = Object.keys(context.draft?.answers ?? {}).filter((f) => isAsked(model, f))
      assert.deepEqual(given, [])
      assert.ok(state.startsWith('drafting.'))
    })
  })
}

describe('golden files', () => {
  test('are there for every model, and for no other', () => {
    const files = readdirSync(path.join(import.meta.dirname, 'golden'))
    assert.deepEqual(files.sort(), allModels.map((m: Model) => `${m.slug}.json`).sort())
  })

  test('hold nothing that came from nowhere', () => {
    for (const model of allModels) {
      assert.doesNotMatch(goldenOf(model), /example\.com|MyBrand|file_id|BQAC|AgAD|bot\d+:/)
    }
  })
})
