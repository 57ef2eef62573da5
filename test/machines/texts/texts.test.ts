import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { en } from '../../../src/machines/texts/en.ts'
import { ru } from '../../../src/machines/texts/ru.ts'
import { languageOf, type TextKey, translator } from '../../../src/machines/texts/translate.ts'
import { assertHtml, FORBIDDEN } from '../conversation/screen-rules.ts'

/** Every text by its dotted key. */
function flat(texts: object, prefix = ''): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') all.set(prefix + key, value)
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text)
  }
  return all
}
const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(-? ?\w+)\}\}/g)].map((m) => m[1]).sort()

const texts = { ru: flat(ru), en: flat(en) }

describe('texts', () => {
  test('have the same keys in both languages', () => {
    assert.deepEqual([...texts.en.keys()].sort(), [...texts.ru.keys()].sort())
  })

  test('take the same parameters in both languages', () => {
    for (const [key, text] of texts.ru) {
      assert.deepEqual(placeholders(texts.en.get(key) ?? ''), placeholders(text), key)
    }
  })

  test('are proper pages without technical words', () => {
    for (const [language, all] of Object.entries(texts)) {
      for (const [key, text] of all) {
        const where = `${language} ${key}`
        assert.ok(
          text !== '' && text.trim() === text && !/ {2}[^ ]/.test(text.replace('\n   ', '')),
          where,
        )
        assertHtml(text)
        assert.doesNotMatch(text.replaceAll(/\{\{.*?\}\}/g, ''), FORBIDDEN, where)
      }
    }
  })

  test('keep to one language each', () => {
    const foreign = new Set(['menu.language', 'language.title', 'language.ru', 'language.en'])
    for (const [key, text] of texts.ru) {
      if (foreign.has(key)) continue
      // Codes to type have the same letters for everybody.
      const plain = text.replaceAll(/\{\{.*?\}\}|<[^>]*>|\/[a-z]+|\b[A-Z]{4,}\b/g, '')
      assert.doesNotMatch(plain, /[a-z]/i, `ru ${key}`)
    }
    for (const [key, text] of texts.en) {
      if (!foreign.has(key)) assert.doesNotMatch(text, /\p{Script=Cyrillic}/u, `en ${key}`)
    }
  })

  test('keep the words that others rely on', () => {
    assert.equal(ru.preview.run, '✅ Запустить')
    assert.equal(en.preview.run, '✅ Run')
    assert.equal(ru.done.caption, '✅ Генерация готова')
    assert.ok(ru.failed.title.startsWith('❌ Генерация не завершилась: '))
  })
})

describe('translator', () => {
  test('finds every text as it stands', () => {
    for (const language of ['ru', 'en'] as const) {
      for (const [key, text] of texts[language]) {
        if (placeholders(text).length === 0) {
          assert.equal(translator(language)(key as TextKey), text)
        }
      }
    }
  })

  test('makes parameters safe, once', () => {
    const t = translator('en')
    assert.equal(t('preview.edit', { field: '<b> & "' }), '✏️ &lt;b&gt; &amp; &quot;')
    assert.equal(t('ask.now', { value: '&lt;' }), 'Now: <i>&lt;</i>')
  })

  test('counts in both languages', () => {
    for (const count of [1, 2, 5, 21]) {
      assert.equal(translator('ru')('menu.running', { count }), `⏳ В работе: ${count}`)
      assert.equal(translator('en')('menu.running', { count }), `⏳ In progress: ${count}`)
    }
  })

  test('is chosen by the language of the app', () => {
    const expected = {
      ru: 'ru',
      'ru-RU': 'ru',
      uk: 'ru',
      kk: 'ru',
      en: 'en',
      'en-GB': 'en',
      de: 'en',
    }
    for (const [code, language] of Object.entries(expected)) {
      assert.equal(languageOf(code), language)
    }
    assert.equal(languageOf(undefined), 'ru')
  })
})
