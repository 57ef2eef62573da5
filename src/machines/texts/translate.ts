import { createInstance } from 'i18next'
import { en } from './en.ts'
import { ru } from './ru.ts'

/** A language in which the bot speaks. */
export type Language = 'ru' | 'en'

const ESCAPES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }

/** One character made safe for Telegram's HTML mode. */
export const escapeLetter = (letter: string): string => ESCAPES[letter] ?? letter

/** Text made safe for Telegram's HTML mode. */
export const escapeHtml = (text: string): string => text.replace(/[<>&"]/g, escapeLetter)

type Leaves<T> = {
  [K in keyof T & string]: T[K] extends string ? K : `${K}.${Leaves<T[K]>}`
}[keyof T & string]

/** Every text's key; plural forms are asked for by their common stem. */
export type TextKey =
  Leaves<typeof ru> extends infer K
    ? K extends `${infer Stem}_${'one' | 'few' | 'many' | 'other'}`
      ? Stem
      : K
    : never

export type Params = Record<string, string | number>

/**
 * A text by its key; the texts themselves may hold tags. Parameters are escaped for HTML, but not
 * those that a text names with a dash, `{{- value}}`: they are safe already.
 */
export type Translate = (key: TextKey, params?: Params) => string

const i18n = createInstance({
  resources: { ru: { translation: ru }, en: { translation: en } },
  fallbackLng: 'en',
  initAsync: false,
  returnNull: false,
  interpolation: { escape: escapeHtml },
})
void i18n.init()

/** Most texts of a screen are the same for everybody: names, prices, steps. */
const REMEMBERED = 2_000
/** What people wrote themselves is long, and seldom comes again. */
const LONGEST_PARAMS = 80

/** A screen asks for dozens of texts on every step: each is put together once, while it is remembered. */
function createTranslator(language: Language): Translate {
  const fixed = i18n.getFixedT(language) as unknown as Translate
  const texts = new Map<string, string>()
  return (key, params) => {
    const filling = params === undefined ? '' : JSON.stringify(params)
    if (filling.length > LONGEST_PARAMS) return fixed(key, params)
    const known = texts.get(key + filling)
    if (known !== undefined) return known
    const text = fixed(key, params)
    if (texts.size === REMEMBERED) texts.clear()
    texts.set(key + filling, text)
    return text
  }
}

const translators = { ru: createTranslator('ru'), en: createTranslator('en') }

export const translator = (language: Language): Translate => translators[language]

/** Russian for the languages of people who mostly read it, else English. */
export function languageOf(code: string | undefined): Language {
  const main = code?.toLowerCase().split('-')[0] ?? 'ru'
  return ['ru', 'uk', 'be', 'kk', 'ky', 'uz', 'tg', 'hy', 'az'].includes(main) ? 'ru' : 'en'
}
