import type { Model } from '../catalogue/catalogue.ts'
import type { Scalar } from '../catalogue/schema.ts'
import type { Language } from '../texts/translate.ts'
import { choiceWords, languages, switchWords } from './options-table.ts'
import { voices } from './voices.ts'
import { camelCase, pluralRu, type Words, words } from './words.ts'

const yesNo = { true: words('Да', 'Yes'), false: words('Нет', 'No') }

/** What a button for this value of this field says; throws for a value that nobody has named. */
export function optionLabel(
  model: Model,
  field: string,
  value: Scalar,
  language: Language,
): string {
  const found = optionWords(model, field, value)
  if (found === undefined) throw new RangeError(`no words for ${model.id}: ${field} = ${value}`)
  return found[language]
}

function optionWords(model: Model, field: string, value: Scalar): Words | undefined {
  const older = camelCase(field)
  if (typeof value === 'boolean')
    return (switchWords[field] ?? switchWords[older] ?? yesNo)[value ? 'true' : 'false']
  switch (field) {
    case 'voice':
      return voiceWords(String(value))
    case 'duration':
    case 'n_frames':
    case 'duration_seconds':
      return secondsWords(Number(value))
    case 'num_images':
      return picturesWords(Number(value))
    case 'language_code':
      return languages[String(value)]
    case 'output_format':
      if (model.task === 'sound-effect') return soundFormatWords(String(value))
  }
  if (typeof value === 'number') return numberWords(value)
  return (choiceWords[field] ?? choiceWords[older])?.[value] ?? choiceWords.shared?.[value]
}

/** Any answered scalar as a summary shows it: a button's words, a number, or the text itself. */
export function valueLabel(model: Model, field: string, value: Scalar, language: Language): string {
  const schema = model.input.properties[field]
  const free = schema?.type === 'string' && !schema.enum && !namedTexts.has(field)
  return (free ? undefined : optionWords(model, field, value)?.[language]) ?? String(value)
}

/** Text fields whose values are named although the schema lists none. */
const namedTexts = new Set(['duration', 'language_code'])

function voiceWords(id: string): Words | undefined {
  const voice = voices[id]
  return voice && words(`${voice[0]} — ${voice[1]}`, `${voice[0]} — ${voice[2]}`)
}

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
