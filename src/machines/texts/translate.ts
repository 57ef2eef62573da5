import { createInstance } from 'i18next'
import { en } from './en.ts'
import { ru } from './ru.ts'

export type Language = 'ru' | 'en'

const ESCAPES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }

/** Text made safe for Telegram's HTML mode. */
export const escapeHtml = (text: string): string =>
  text.replace(/[<>&"]/g, (char) => ESCAPES[char] as string)

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

/** A text by its key; parameters are escaped for HTML, the texts themselves may hold tags. */
export type Translate = (key: TextKey, params?: Params) => string

const i18n = createInstance({
  resources: { ru: { translation: ru }, en: { translation: en } },
  fallbackLng: 'en',
  initAsync: false,
  returnNull: false,
  interpolation: { escape: escapeHtml },
})
void i18n.init()

const translators = {
  ru: i18n.getFixedT('ru') as unknown as Translate,
  en: i18n.getFixedT('en') as unknown as Translate,
}

export const translator = (language: Language): Translate => translators[language]

/** Russian for the languages of people who mostly read it, else English. */
export function languageOf(code: string | undefined): Language {
  const main = code?.toLowerCase().split('-')[0] ?? 'ru'
  return ['ru', 'uk', 'be', 'kk', 'ky', 'uz', 'tg', 'hy', 'az'].includes(main) ? 'ru' : 'en'
}
