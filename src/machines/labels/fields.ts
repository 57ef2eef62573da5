import type { Model } from '../catalogue/catalogue.ts'
import { oncePer } from '../catalogue/once-per.ts'
import type { FieldSchema, FieldsWords } from '../catalogue/schema.ts'
import type { FieldRow } from './field-row.ts'
import { inputFields } from './fields-inputs.ts'
import { newerFields } from './fields-newer.ts'
import { settingFields } from './fields-settings.ts'
import { specialFields } from './fields-special.ts'
import { providerFields } from './providers.ts'
import { firstSentence, readableWords } from './readable.ts'
import { camelCase, type Words, words } from './words.ts'

/** How an input field is called in a summary, how it is asked for, and a hint for the answer. */
export interface FieldWords {
  readonly name: Words
  readonly ask: Words
  readonly hint: Words
}

/** Where words come from; those of the schema are the provider's English, made readable. */
export type WordsSource = 'model' | 'provider' | 'dictionary' | 'schema'

const rows: Readonly<Record<string, FieldRow>> = {
  ...inputFields,
  ...settingFields,
  ...newerFields,
  ...specialFields,
}

const dictionary = new Map(
  Object.entries(rows).map(([key, r]): [string, FieldWords] => [
    key,
    { name: words(r[0], r[1]), ask: words(r[2], r[3]), hint: words(r[4], r[5]) },
  ]),
)

const inDictionary = ({ task }: Model, field: string): FieldWords | undefined =>
  dictionary.get(`${task}:${field}`) ?? dictionary.get(field) ?? dictionary.get(camelCase(field))

/** The two kinds of file that may have words for a field, nearest first. */
export const filesOfWords = (model: Model): readonly (FieldsWords | undefined)[] => [
  model.words.fields,
  providerFields(model.provider),
]

/**
 * The words of an input field, each part from the nearest that has it: the model's file, its
 * provider's, the dictionary, and at last what the schema says. There are always some.
 */
export function fieldWords(model: Model, field: string): FieldWords {
  const known = wordsOfModel(model)
  const found = known.get(field) ?? nearestWords(model, field)
  known.set(field, found)
  return found
}

const wordsOfModel = oncePer((_: Model) => new Map<string, FieldWords>())

function nearestWords(model: Model, field: string): FieldWords {
  const [own, shared] = filesOfWords(model).map((fields) => fields?.[field])
  const found = inDictionary(model, field)
  const schema = model.input.properties[field]
  const known = found ? fittingWords(found, field, schema) : fromSchema(model, field)
  return {
    name: own?.name ?? shared?.name ?? known.name,
    ask: own?.ask ?? shared?.ask ?? known.ask,
    hint: own?.hint ?? shared?.hint ?? known.hint,
  }
}

/** From where the question of a field comes: `schema` is a finding of the audit. */
export function fieldWordsSource(model: Model, field: string): WordsSource {
  const [own, shared] = filesOfWords(model).map((fields) => fields?.[field])
  const isWhole = (w: typeof own) => w?.name !== undefined && w.ask !== undefined
  if (isWhole(own)) return 'model'
  if (isWhole(shared)) return 'provider'
  return inDictionary(model, field) ? 'dictionary' : 'schema'
}

/** The words of a dictionary know a field by its name; how many files and which depends on the model. */
function fittingWords(
  found: FieldWords,
  field: string,
  schema: FieldSchema | undefined,
): FieldWords {
  const single = schema?.maxItems === 1 ? singles[field] : undefined
  if (single !== undefined && found === dictionary.get(field))
    return dictionary.get(single) ?? found
  const most = schema?.maxItems
  if (most !== undefined && most > 1 && found.hint.ru === inputFields.image_urls?.[4]) {
    return {
      ...found,
      hint: words(
        `До ${most} фото: по одному или альбомом.`,
        `Up to ${most} photos, one by one or as an album.`,
      ),
    }
  }
  const isSound = schema?.['x-media'] === 'audio'
  if (!isSound || schema?.['x-accept']?.some((type) => type.includes('ogg')) !== false) return found
  return {
    ...found,
    hint: words('Файл со звуком, голосовое не подойдёт.', 'A sound file, no voice message.'),
  }
}

/** What a list is called that takes one file only. */
const singles: Readonly<Record<string, string>> = {
  image_urls: 'image_url',
  input_urls: 'image_url',
  video_urls: 'video_url',
}

function fromSchema(model: Model, field: string): FieldWords {
  const name = readableWords(field)
  const said = firstSentence(model.input.properties[field]?.description ?? '')
  return {
    name,
    ask: words(`Укажите: ${name.ru.toLowerCase()}`, `Please give: ${name.en.toLowerCase()}`),
    hint: words(said, said),
  }
}
