import type { Model } from '../catalogue/catalogue.ts'
import { FRAMES_PER_SECOND, type Level, type LevelKind, levelsOf } from '../catalogue/levels.ts'
import type { Scalar } from '../catalogue/schema.ts'
import { type Words, words } from './words.ts'

const levelWords: Readonly<Record<LevelKind, Readonly<Record<Level, Words>>>> = {
  care: {
    low: words('Черновик', 'Draft'),
    usual: words('Обычно', 'Usual'),
    high: words('Тщательно', 'Thorough'),
  },
  closeness: {
    low: words('Свободно', 'Freely'),
    usual: words('Обычно', 'Usual'),
    high: words('Строго', 'Strictly'),
  },
  pace: {
    low: words('Медленнее', 'Slower'),
    usual: words('Обычно', 'Usual'),
    high: words('Быстрее', 'Faster'),
  },
  amount: {
    low: words('Слабо', 'A little'),
    usual: words('Обычно', 'Usual'),
    high: words('Сильно', 'A lot'),
  },
}

/** Words for a number that stands for a level, or for a length in frames; undefined: it is a number. */
export function measureWords(model: Model, field: string, value: Scalar): Words | undefined {
  const schema = model.input.properties[field]
  if (schema === undefined || typeof value !== 'number') return undefined
  if (field === 'num_frames') {
    const seconds = Math.round((value / FRAMES_PER_SECOND) * 10) / 10
    return words(`${String(seconds).replace('.', ',')} с`, `${seconds} s`)
  }
  const levels = levelsOf(field, schema)
  const found = levels?.values.find((one) => one.value === value)
  return levels && found && levelWords[levels.kind][found.level]
}
