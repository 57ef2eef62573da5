import type { Model } from '../catalogue/catalogue.ts'
import type { Scalar } from '../catalogue/schema.ts'
import type { Language } from '../texts/translate.ts'
import { filesOfWords, type WordsSource } from './fields.ts'
import { measureWords } from './levels.ts'
import { choiceWords, languages, switchWords } from './options-table.ts'
import { readableWords } from './readable.ts'
import { camelCase, pluralRu, type Words, words } from './words.ts'

const yesNo = { true: words('Да', 'Yes'), false: words('Нет', 'No') }

/** What a button for this value of this field says: there is always something. */
export const optionLabel = (
  model: Model,
  field: string,
  value: Scalar,
  language: Language,
): string => (optionWords(model, field, value) ?? readableWords(String(value)))[language]

/** From where the words of a value come: `schema` is a finding of the audit. */
export function optionWordsSource(model: Model, field: string, value: Scalar): WordsSource {
  const [own, shared] = filesOfWords(model).map((f) => f?.[field]?.options?.[String(value)])
  if (own) return 'model'
  if (shared) return 'provider'
  return inDictionary(model, field, value) ? 'dictionary' : 'schema'
}

function optionWords(model: Model, field: string, value: Scalar): Words | undefined {
  for (const fields of filesOfWords(model)) {
    const found = fields?.[field]?.options?.[String(value)]
    if (found) return found
  }
  return inDictionary(model, field, value)
}

/** Fields whose values are seconds. */
const SECONDS = new Set(['duration', 'n_frames', 'duration_seconds', 'extend_times'])
/** Fields whose values are a number of pictures. */
const PICTURES = new Set(['num_images', 'n', 'max_images'])

function inDictionary(model: Model, field: string, value: Scalar): Words | undefined {
  const older = camelCase(field)
  if (typeof value === 'boolean')
    return (switchWords[field] ?? switchWords[older] ?? yesNo)[value ? 'true' : 'false']
  const named =
    choiceWords[`${model.task}:${field}`]?.[value] ??
    (choiceWords[field] ?? choiceWords[older])?.[value]
  if (named) return named
  if (SECONDS.has(field) && Number.isFinite(Number(value))) return secondsWords(Number(value))
  if (PICTURES.has(field)) return picturesWords(Number(value))
  if (field === 'language_code') return languages[String(value)]
  if (field === 'output_format' && model.task === 'sound-effect')
    return soundFormatWords(String(value))
  if (typeof value === 'number') return measureWords(model, field, value) ?? numberWords(value)
  return choiceWords.shared?.[value]
}

/** Any answered scalar as a summary shows it: a button's words, a number, or the text itself. */
export function valueLabel(model: Model, field: string, value: Scalar, language: Language): string {
  const schema = model.input.properties[field]
  const free = schema?.type === 'string' && !schema.enum && !namedTexts.has(field)
  return (free ? undefined : optionWords(model, field, value)?.[language]) ?? String(value)
}

/** Text fields whose values are named although the schema lists none. */
const namedTexts = new Set(['duration', 'language_code'])

function secondsWords(count: number): Words {
  const ru = pluralRu(count, 'секунда', 'секунды', 'секунд')
  return words(`${numberWords(count).ru} ${ru}`, `${count} ${count === 1 ? 'second' : 'seconds'}`)
}

function picturesWords(count: number): Words {
  const ru = pluralRu(count, 'картинка', 'картинки', 'картинок')
  return words(`${count} ${ru}`, `${count} ${count === 1 ? 'picture' : 'pictures'}`)
}

const numberWords = (value: number): Words => words(String(value).replace('.', ','), String(value))

/** `mp3_44100_128` is a codec, its sample rate in hertz and its bit rate in kilobits. */
function soundFormatWords(value: string): Words | undefined {
  const [codec = '', rate, bits] = value.split('_')
  const kilohertz = numberWords(Number(rate) / 1000)
  const name = codec.toUpperCase()
  const [ru, en] = bits ? [`, ${bits} кбит/с`, `, ${bits} kbit/s`] : ['', '']
  return words(`${name}, ${kilohertz.ru} кГц${ru}`, `${name}, ${kilohertz.en} kHz${en}`)
}
