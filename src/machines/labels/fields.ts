import type { Model } from '../catalogue/catalogue.ts'
import { inputFields } from './fields-inputs.ts'
import { settingFields } from './fields-settings.ts'
import { specialFields } from './fields-special.ts'
import { camelCase, type Words, words } from './words.ts'

/** How an input field is called in a summary, how it is asked for, and a hint for the answer. */
export interface FieldWords {
  readonly name: Words
  readonly ask: Words
  readonly hint: Words
}

const table = new Map(
  Object.entries({ ...inputFields, ...settingFields, ...specialFields }).map(([key, r]) => [
    key,
    { name: words(r[0], r[1]), ask: words(r[2], r[3]), hint: words(r[4], r[5]) },
  ]),
)

/** The words of an input field; throws for a field that nobody has named. */
export function fieldWords(model: Model, field: string): FieldWords {
  const found =
    table.get(`${model.id}:${field}`) ??
    table.get(`${model.task}:${field}`) ??
    table.get(field) ??
    table.get(camelCase(field))
  if (found === undefined) throw new RangeError(`no words for ${model.id}: ${field}`)
  return found
}
