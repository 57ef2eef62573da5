import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Model } from '../../../src/machines/catalogue/catalogue.ts'
import { isOlder, allModels as models } from '../../../src/machines/catalogue/catalogue.ts'
import { taskById } from '../../../src/machines/catalogue/picks.ts'
import { formatPrice, optionPrices } from '../../../src/machines/catalogue/pricing.ts'
import { questionsOf } from '../../../src/machines/catalogue/questions.ts'
import type { ConversationContext, HintCode } from '../../../src/machines/conversation/context.ts'
import type { OverviewFacts } from '../../../src/machines/conversation/events.ts'
import { newDraft } from '../../../src/machines/conversation/order/draft.ts'
import { canBeBegun } from '../../../src/machines/conversation/order/offer.ts'
import { priceOrder } from '../../../src/machines/conversation/order/price.ts'
import { answersTo } from '../../../src/machines/conversation/samples/answers.ts'
import { SAMPLE_VIEW } from '../../../src/machines/conversation/samples/view.ts'
import { styleOf } from '../../../src/machines/conversation/screens/button-style.ts'
import { olderOf } from '../../../src/machines/conversation/screens/catalogue-list.ts'
import { usualLabel } from '../../../src/machines/conversation/screens/prices.ts'
import { resultCaption } from '../../../src/machines/conversation/screens/run.ts'
import {
  copyButtons,
  excerpt,
  quoted,
  tapsOf,
} from '../../../src/machines/conversation/screens/screen.ts'
import { clockText, momentText } from '../../../src/machines/conversation/screens/time.ts'
import { accountIn } from '../../../src/machines/conversation/screens/topup.ts'
import { newWish, withText } from '../../../src/machines/conversation/wish/wish.ts'
import { fromStored } from '../../../src/machines/engine/transition.ts'
import { ru } from '../../../src/machines/texts/ru.ts'
import { type Language, translator } from '../../../src/machines/texts/translate.ts'
import { parseHtml } from '../../../src/sandbox/telegram/html-parser.ts'
import { anyCharacter, createDraw, fc } from '../../support/properties.ts'
import { answerTo, walk } from '../../support/wizard.ts'
import { contextOf, conversation, createChat, newcomer, photo, screenOf, view } from './chat.ts'
import { assertHtml, assertScreen, FORBIDDEN } from './screen-rules.ts'

const languages = ['ru', 'en'] as const
const orderable = models.filter((model) => canBeBegun(model, view.rates))

/** The screen of a state with a context made up for it. */
function screenIn(value: unknown, given: Partial<ConversationContext>) {
  const context = { ...contextOf(newcomer(given.language)), ...given }
  const snapshot = fromStored(conversation, { value, context, status: 'active' })
  return screenOf(snapshot) ?? assert.fail('nothing on the screen')
}
const draftOf = (model: Model, answers: Record<string, unknown>, asking: string | null = null) => ({
  ...newDraft(model.id),
  answers,
  asking,
})
const costly = { priceKopecks: 123_456_789, credits: 9_999, availableKopecks: 99_999_999 }

const scenes = (count: number, words: string) =>
  Array.from({ length: count }, () => ({ Scene: words, duration: 2.5 }))

const look = { serial: 1, field: 'image', media: photo, expects: 'image' } as const

/** The longest answers that a model takes, of signs that grow in HTML. */
function maximalAnswers(model: Model, sign: string): Record<string, unknown> {
  const answers: Record<string, unknown> = {}
  for (const q of questionsOf(model)) {
    if (q.kind === 'text') answers[q.field] = sign.repeat((q.maxLength ?? 4_096) / sign.length)
    else if (q.kind === 'shots') answers[q.field] = scenes(q.maxItems ?? 1, sign.repeat(4_000))
    else answers[q.field] = answerTo(q, (n) => n - 1)
  }
  return answers
}

const STATES = {
  choice: 'choosing',
  toggle: 'choosing',
  text: 'writing',
  number: 'writing',
  media: 'attaching',
  'media-list': 'gathering',
  list: 'gathering',
  shots: 'gathering',
} as const

describe('buttons beyond words', () => {
  test('colour the one thing that one came for, and what can’t be undone', () => {
    const at = (state: unknown, given: Partial<ConversationContext> = {}) => {
      const screen = screenIn(state, { ...newcomer('ru'), ...given })
      return tapsOf(screen.keyboard).flatMap((b) => {
        const style = styleOf(screen, b)
        return style === undefined ? [] : [[b.event.type, style]]
      })
    }
    assert.deepEqual(at('menu'), [])
    const wish = withText(newWish('draw', 0), 'кот на луне', 0)
    // Three picks, of which the first is coloured.
    assert.deepEqual(at({ offering: 'choosing' }, { wish }), [['pick.confirmed', 'success']])
    const erase = { label: 'x', event: { type: 'erasure.agreed' as const } }
    assert.equal(styleOf({ text: '', keyboard: [[erase]] }, erase), 'danger')
  })

  test('put on the clipboard what a bank app takes', () => {
    assert.equal(accountIn('Сбер 2202 2000 1111 2222, Иван И.'), '2202200011112222')
    assert.equal(accountIn('По телефону +7 (900) 123-45-67'), '+79001234567')
    assert.equal(
      accountIn('Карта 2202200011112222 или +79001234567'),
      'Карта 2202200011112222 или +79001234567',
    )
    assert.deepEqual(copyButtons('Copy', 'x'.repeat(257)), [])
  })
})

describe('the overview for admins', () => {
  test('says in words how long the provider is paid for', () => {
    const [overview] = answersTo({ type: 'admin.overview', params: {} }, SAMPLE_VIEW) as [
      OverviewFacts & { type: string },
    ]
    const said = (credits: number, runwayHours: number | null) =>
      screenIn(
        { admin: 'overview' },
        {
          ...newcomer('ru'),
          account: { overview: { ...overview, credits, runwayHours } } as never,
        },
      )
        .text.split('\n')
        .filter((line) => line.startsWith('⏳'))
    assert.deepEqual(said(0, 0), ['⏳ Кредитов не осталось'])
    assert.deepEqual(said(5, 0), ['⏳ При нынешнем расходе хватит меньше чем на час'])
    assert.deepEqual(said(5, 31), ['⏳ При нынешнем расходе хватит примерно на 31 час'])
    assert.deepEqual(said(5, 72), ['⏳ При нынешнем расходе хватит примерно на 3 дня'])
    assert.deepEqual(said(5, 374_997), ['⏳ При нынешнем расходе хватит больше чем на год'])
    assert.deepEqual(said(5, null), [])
  })
})

describe('every screen of an order', () => {
  for (const model of models) {
    test(`of ${model.id} fits into one message whatever was answered`, () => {
      for (const sign of ['<', '&', '"', '🐈', 'ж', 'ж\n']) {
        const answers = maximalAnswers(model, sign)
        const words = Object.values(answers).filter((v) => typeof v === 'string')
        for (const language of languages) {
          const hint = { code: 'enoughFiles' as HintCode }
          const common = { language, hint, quote: costly, refusal: 'price-changed' as const }
          const dropped = questionsOf(model).map((q) => q.field)
          const draft = { ...draftOf(model, answers), dropped }
          assertScreen(screenIn({ drafting: 'preview' }, { ...common, draft }), words)
          assertScreen(screenIn({ drafting: 'extras' }, { ...common, draft }), words)

          for (const q of questionsOf(model, answers)) {
            const asking = STATES[q.kind]
            const asked = { ...draft, asking: q.field }
            assertScreen(screenIn({ drafting: { asking } }, { ...common, draft: asked }), words)
            const part = { field: q.field, at: 0, length: 4_096, isTaken: true }
            const given = { ...asked, part, inspections: q.media ? [look, look] : [] }
            assertScreen(screenIn({ drafting: { asking } }, { ...common, draft: given }), words)
            if (!q.media) continue
            const inspecting = { drafting: { asking: 'inspecting' } }
            assertScreen(screenIn(inspecting, { ...common, draft: given }), words)
          }
        }
      }
    })
  }

  test('quotes any text of a user without breaking the page', () => {
    const [model] = orderable
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 900 }), (prompt) => {
        const draft = draftOf(model as Model, { prompt })
        const { text } = screenIn({ drafting: 'preview' }, { draft, quote: costly })
        assertHtml(text)
        assert.ok(text.length <= 4_096)
        const whole = text.replaceAll('…', '')
        assert.doesNotMatch(whole, /\p{Surrogate}/u)
      }),
      { numRuns: 300 },
    )
  })

  test('cuts at whole characters and says that it did', () => {
    assert.equal(excerpt('абвгд', 5), 'абвгд')
    assert.equal(excerpt('абвгде', 5), 'абвг…')
    assert.equal(excerpt('🐈🐈🐈', 3), '🐈🐈🐈')
    assert.equal(excerpt('🐈🐈🐈', 2), '🐈…')
    assert.equal(quoted('a<b', 6), 'a&lt;b')
    assert.equal(quoted('a<b', 5), 'a…')
    assert.equal(quoted('🐈🐈🐈', 5), '🐈🐈…')
    assert.equal(quoted(' строка\n\n\nи ещё ', 50), 'строка и ещё')
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter }),
        fc.integer({ min: 1, max: 50 }),
        (text, limit) => {
          assert.ok(quoted(text, limit).length <= limit)
          assert.ok([...excerpt(text, limit)].length <= limit)
        },
      ),
    )
  })
})

describe('prices', () => {
  for (const model of orderable) {
    test(`of ${model.id} agree in the list, on the card, on buttons and in the order`, () => {
      const chat = createChat()
      const label = usualLabel(model, view.rates, 'ru')
      const price = label.split(' · ').at(-1)
      assert.ok(price, 'what has no price is not offered')
      chat.command('start', `m_${model.slug}`)
      assert.ok(chat.screen.text.includes(`<b>${price}`), chat.screen.text)
      const category = isOlder(model) ? olderOf(model.category) : model.category
      const place = { category, page: 0, modelId: null, search: null }
      const labels: string[] = []
      for (let page = 0; page < 9; page += 1) {
        const screen = screenIn({ browsing: 'list' }, { place: { ...place, page } })
        labels.push(
          ...tapsOf(screen.keyboard).flatMap((b) =>
            b.event.type === 'model.opened' && b.event.modelId === model.id ? [b.label] : [],
          ),
        )
      }
      assert.ok(labels.length > 0 && labels.every((l) => l.endsWith(` · ${label}`)), `${labels}`)

      const draw = createDraw()
      for (let round = 0; round < 5; round += 1) {
        const answers = walk(model, draw)
        const order = priceOrder({ modelId: model.id, answers }, view.rates)
        assert.ok('priceKopecks' in order, JSON.stringify([answers, order]))
        const quote = { ...order, credits: 1, availableKopecks: 0 }
        const { text } = screenIn(
          { drafting: 'preview' },
          { draft: draftOf(model, answers), quote },
        )
        assert.ok(text.includes(`<b>${formatPrice(order.priceKopecks, 'ru')}</b>`))
        const isMeasured = model.price.derived !== undefined
        for (const q of questionsOf(model, answers)) {
          const prices = optionPrices(model, q.field, answers, view.rates)
          const here = prices.find((p) => p.value === answers[q.field])
          if (here?.per === 'run' && !here.varies && !isMeasured) {
            assert.equal(
              here.kopecks,
              order.priceKopecks,
              `${q.field} in ${JSON.stringify(answers)}`,
            )
          }
        }
      }
    })
  }

  test('stand on the buttons only where they move', () => {
    const chat = createChat()
    chat.command('start', 'm_flux-2-pro-text-to-image')
    chat.press('Начать')
    chat.text('кот')
    assert.ok(!chat.labels.some((l) => l.includes('₽')))
    chat.press('1:1')
    assert.deepEqual(
      chat.labels.slice(0, 2).map((l) => l.split(' · ')[1]),
      ['3,93\u00a0₽', '5,50\u00a0₽'],
    )
  })

  test('of free models read as free, everywhere', () => {
    for (const model of models.filter((m) => m.free)) {
      const chat = createChat()
      chat.command('start', `m_${model.slug}`)
      assert.match(chat.screen.text, /<b>бесплатно<\/b>/)
    }
    const chat = createChat()
    chat.press('Бесплатные')
    assert.equal(chat.labels.filter((l) => l.endsWith('бесплатно')).length, 4)
  })
})

describe('lists', () => {
  test('show every model on offer once, older ones in a list of their own', () => {
    const chat = createChat()
    const seen: string[] = []
    for (const category of [
      'Картинки',
      'Правка',
      'Видео',
      'портрет',
      'Улучшение',
      'звук',
      'Музыка',
    ]) {
      chat.command('models')
      chat.press(category)
      for (;;) {
        for (const { event } of tapsOf(chat.screen.keyboard))
          if (event.type === 'model.opened') seen.push(event.modelId)
        const on = ['➡️', 'Прежние модели'].find((label) =>
          chat.labels.some((l) => l.startsWith(label)),
        )
        if (on === undefined) break
        chat.press(on)
      }
    }
    assert.equal(new Set(seen).size, seen.length)
    const listed = orderable.map((m) => m.id)
    assert.deepEqual(seen.toSorted(), listed.toSorted())
  })

  test('leave out groups of which nothing can be ordered yet', () => {
    const chat = createChat()
    chat.command('models')
    assert.ok(chat.labels.includes('🎵 Музыка') && chat.labels.includes('🎬 Видео'))
    assert.ok(!chat.labels.some((label) => label.includes('Разное')))
  })

  test('begin with the picks and go on by the price of what one gets by default', () => {
    const chat = createChat()
    chat.command('models')
    chat.press('🎬 Видео')
    const shown = tapsOf(chat.screen.keyboard).flatMap(({ event }) =>
      event.type === 'model.opened' ? [event.modelId] : [],
    )
    assert.equal(shown[0], taskById('animate')?.fast.model)
    assert.match(chat.labels[0] ?? '', / · \d+ с · \d+[pP] · \d+,\d\d\u00a0₽$/)
  })

  test('turn pages forth and back and stop at the ends', () => {
    const chat = createChat()
    chat.command('models')
    chat.press('Видео')
    assert.ok(chat.labels.includes('➡️') && !chat.labels.includes('⬅️'))
    const first = chat.screen.text
    while (chat.labels.includes('➡️')) chat.press('➡️')
    assert.match(chat.screen.text, /Страница (\d+) из \1$/m)
    while (chat.labels.includes('⬅️')) chat.press('⬅️')
    assert.equal(chat.screen.text, first)
  })
})

describe('what is said of a finished job', () => {
  test('names the model and the price, or that it is a gift', () => {
    assert.equal(
      resultCaption('z-image', 0, false, 'ru'),
      '✅ Генерация готова\n<b>Z-Image — картинка по описанию</b>\nБесплатно',
    )
    assert.match(
      resultCaption('google/imagen4', 629, false, 'en'),
      /^✅ Your result is ready\n.*\nCharged: 6\.29/s,
    )
    assert.match(resultCaption('google/imagen4', 629, true, 'ru'), /Подарок/)
    for (const model of models) {
      for (const language of languages) {
        const caption = resultCaption(model.id, 1_234_567, false, language)
        assertHtml(caption)
        assert.ok(caption.length <= 1_024)
        assert.doesNotMatch(caption, FORBIDDEN)
      }
    }
  })

  test('gives every kind of failure its own words, and an unknown one general ones', () => {
    const reasons = new Set<string>()
    const codes = [
      'kie.credits',
      'kie.refused',
      'kie.failed:400',
      'kie.unavailable',
      'kie.unknown',
      'kie.expired',
      'media.unusable',
      'telegram.refused',
      'whatever:500',
    ]
    for (const error of codes) {
      const ending = { modelId: 'z-image', priceKopecks: 100, error }
      const { text } = screenIn('finished', { ending })
      reasons.add(/завершилась: (.*)/.exec(text)?.[1] ?? '')
      assert.doesNotMatch(text, FORBIDDEN)
    }
    assert.equal(reasons.size, codes.length)
    assert.ok(reasons.has(ru.failed.reasons.failed))
  })

  test('shows every remark and every refusal in both languages', () => {
    for (const language of languages) {
      for (const code of Object.keys(ru.hint).filter((k) => k !== 'staleToast')) {
        assertScreen(screenIn('menu', { language, hint: { code: code as HintCode } }))
      }
      for (const refusal of Object.keys(ru.preview.refused)) {
        const draft = draftOf(orderable[0] as Model, { prompt: 'x', image: photo })
        const given = { language, draft, refusal: refusal as ConversationContext['refusal'] }
        assertScreen(screenIn({ drafting: 'preview' }, given))
      }
    }
  })
})

describe('lists', () => {
  test('introduce what is in them only where something is', () => {
    const at = Date.UTC(2026, 9, 1)
    const failure = { id: 'j', userId: 1, modelId: 'z-image', error: null, at }
    const drawn = (state: string, account: object, language: Language) => {
      const { context } = newcomer(language)
      const shown = { ...newcomer(language), value: { admin: state } }
      return screenOf({ ...shown, context: { ...context, account } } as never)?.text ?? ''
    }
    for (const language of ['ru', 'en'] as const) {
      const t = translator(language)
      for (const [state, intro, none, empty, full] of [
        [
          'orphans',
          t('orphans.intro'),
          t('orphans.none'),
          { stuck: { kind: null, lines: [] } },
          { stuck: { kind: null, lines: [{ kind: 'effect', count: 2, since: at }] } },
        ],
        [
          'failures',
          t('failures.intro'),
          t('failures.none'),
          { failures: { page: 0, rows: [] } },
          { failures: { page: 0, rows: [failure] } },
        ],
      ] as const) {
        const texts = [drawn(state, empty, language), drawn(state, full, language)]
        assert.deepEqual(
          texts.map((text) => text.includes(intro)),
          [false, true],
        )
        assert.deepEqual(
          texts.map((text) => text.includes(none)),
          [true, false],
        )
      }
    }
  })
})

describe('moments', () => {
  // An hour before midnight in Moscow, eight in the evening elsewhere.
  const at = Date.UTC(2026, 11, 31, 20, 5)

  test('are shown by the clock of who reads, and on buttons with their zone', () => {
    assert.equal(clockText(at, 'ru'), '31.12 23:05 МСК')
    assert.equal(clockText(at, 'en'), '31 Dec 20:05 UTC')
    assert.equal(
      momentText(at, 'en'),
      `<tg-time unix="${at / 1_000}" format="dt">31 Dec 20:05 UTC</tg-time>`,
    )
    const { entities } = parseHtml(momentText(at, 'ru'))
    assert.partialDeepStrictEqual(entities, [{ type: 'date_time', unix_time: at / 1_000 }])
  })
})
