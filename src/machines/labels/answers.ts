import { filesOf } from '../catalogue/answer-files.ts'
import type { Model } from '../catalogue/catalogue.ts'
import { mediaKindOf } from '../catalogue/media.ts'
import { isScalar } from '../catalogue/pricing-measure.ts'
import type { Language } from '../texts/translate.ts'
import { valueLabel } from './options.ts'
import { pluralRu } from './words.ts'

const longest = 120

/** An answer in one short line: the button's words, the text, or what files it holds. */
export function answerLabel(
  model: Model,
  field: string,
  value: unknown,
  language: Language,
): string {
  if (isScalar(value)) return shortened(valueLabel(model, field, value, language))
  const files = filesOf(value)
  if (files.length > 0) return filesLabel(files.map(mediaKindOf), language)
  const count = Array.isArray(value) ? value.length : 0
  return language === 'ru' ? `${count} шт.` : `${count} items`
}

function shortened(text: string): string {
  const letters = [...text.replace(/\s+/g, ' ')]
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : letters.join('')
}

function filesLabel(kinds: readonly (string | undefined)[], language: Language): string {
  const n = kinds.length
  const [kind] = kinds
  if (language === 'en') {
    const noun = { image: 'photo', video: 'video', audio: 'recording' }[kind ?? ''] ?? 'link'
    return `${n} ${noun}${n === 1 ? '' : 's'}`
  }
  if (kind === 'image') return `${n} фото`
  if (kind === 'video') return `${n} видео`
  if (kind === 'audio') return `${n} ${pluralRu(n, 'запись', 'записи', 'записей')}`
  return `${n} ${pluralRu(n, 'ссылка', 'ссылки', 'ссылок')}`
}
