import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ERRORS } from '../../../src/errors.ts'
import { formatRub } from '../../../src/machines/catalogue/pricing.ts'
import { failureText, refundText } from '../../../src/machines/conversation/screens/run.ts'
import { en } from '../../../src/machines/texts/en.ts'
import { ru } from '../../../src/machines/texts/ru.ts'
import type { Language } from '../../../src/machines/texts/translate.ts'
import { createChat } from './chat.ts'

const HOUR = 3_600_000

/** Codes that a job fails with beside those of the table. */
const MORE = ['kie.failed', 'kie.failed:400', 'kie.failed:422', 'kie.failed:empty', 'kie.expired']
const CODES = [...Object.keys(ERRORS), ...MORE, 'operator.refunded', 'something.new']

const NOTHING = { ru: 'Деньги не списаны', en: 'not charged' } as const
const BACK = { ru: 'Вернули', en: 'back on your balance' } as const

describe('words about a job that came to nothing', () => {
  for (const language of ['ru', 'en'] as const) {
    test(`say where the money is, for every error (${language})`, () => {
      for (const error of CODES) {
        const order = { modelId: 'z-image', error }
        const free = failureText({ ...order, priceKopecks: 0 }, language)
        assert.match(free, new RegExp(NOTHING[language]), error)
        const paid = failureText({ ...order, priceKopecks: 314 }, language)
        assert.match(paid, new RegExp(BACK[language]), error)
        assert.ok(paid.includes(formatRub(314, language)), error)
        // Whoever reads it knows nothing of codes or providers.
        for (const text of [free, paid]) assert.doesNotMatch(text, /kie|telegram\.|undefined/i)
      }
    })

    test(`say so when it was refused before it began (${language})`, () => {
      const { refused } = { ru, en }[language].preview
      for (const [reason, text] of Object.entries(refused)) {
        assert.match(text.toLowerCase(), refusedWords(language), reason)
      }
      const back = refundText({ modelId: 'z-image', refundKopecks: 314 }, language)
      assert.ok(back.includes(formatRub(314, language)))
    })
  }
})

const refusedWords = (language: Language) =>
  language === 'ru' ? /деньги не списаны/ : /(nothing|not).*(charged|taken)/

describe('promo codes that are tried', () => {
  test('are ten an hour, by message and by command, and then ten again', () => {
    const refusing = () => [{ type: 'promo.refused' as const, reason: 'unknown' as const }]
    const chat = createChat({ backend: (e) => (e.type === 'promo.redeem' ? refusing() : []) })
    chat.command('promo')
    const tried: boolean[] = []
    for (let i = 0; i < 14; i += 1) {
      if (i % 2 === 0) chat.text(`GUESS${i}`)
      else chat.command('promo', `GUESS${i}`)
      tried.push(chat.context.account?.promo?.code === `GUESS${i}`)
      assert.equal(chat.state, 'promo.asking')
    }
    assert.deepEqual(tried, [...Array(10).fill(true), ...Array(4).fill(false)])
    assert.deepEqual(chat.context.hint, { code: 'promoEnough' })
    chat.happen({ type: 'text.received', text: 'LATER' }, HOUR)
    assert.equal(chat.context.account?.promo?.code, 'LATER')
    assert.deepEqual(chat.context.account?.tries?.count, 1)
  })
})

describe('a link of a friend', () => {
  test('is not refused to somebody who is new', () => {
    const chat = createChat()
    chat.command('start', 'ref_abc')
    assert.equal(chat.context.hint, null)
  })

  test('is answered kindly to somebody who is here already', () => {
    const chat = createChat()
    chat.command('menu')
    chat.command('start', 'ref_abc')
    assert.deepEqual([chat.state, chat.context.hint], ['menu', { code: 'inviteKnown' }])
    assert.match(chat.screen.text, /уже с нами/)
  })
})

describe('an amount of money', () => {
  test('is said in orders too, and to English users in dollars and Stars', () => {
    const chat = createChat()
    chat.command('balance')
    assert.match(chat.screen.text, /хватит: ≈ \d+ картин\S+ или \d+ ролик/)
    assert.doesNotMatch(chat.screen.text, /\$/)
    const english = createChat({ language: 'en' })
    english.command('balance')
    assert.match(english.screen.text, /100,003\.00.₽.≈.\$1272\.79/)
    assert.match(english.screen.text, /That is ⭐ 160005/)
    english.press('Top up')
    assert.match(english.labels[0] ?? '', /100\.00.₽.≈.\$1\.27 · ⭐ 160$/)
  })
})
