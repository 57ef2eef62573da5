import { type Model, modelById, successorOf } from '../catalogue/catalogue.ts'
import type { Language } from '../texts/translate.ts'
import { taskWords } from './tasks.ts'

/** Brand and variant, nearly always the same in every language: "Kling 2.6". */
export const modelName = ({ words }: Model, language: Language = 'en'): string =>
  typeof words.title === 'string' ? words.title : words.title[language]

/** Brand, variant and what it does, for menus and cards: "Z-Image — картинка по описанию". */
export const modelTitle = (model: Model, language: Language): string =>
  `${modelName(model, language)} — ${taskWords(model).does[language]}`

/** The name by the id that was stored; of a model that is known no more, the id. */
export function nameById(modelId: string): string {
  const model = modelById(modelId)
  return model === undefined ? modelId : modelName(model)
}

/** The title by the id that was stored; of a model that is known no more, the id. */
export function titleById(modelId: string, language: Language): string {
  const model = modelById(modelId)
  return model === undefined ? modelId : modelTitle(model, language)
}

/** One sentence of what goes in and what comes out. */
export const modelSummary = (model: Model, language: Language): string =>
  taskWords(model).summary[language]

/** Name of what replaces a model, if anything does. */
export const successorTitle = (model: Model): string | undefined => {
  const successor = successorOf(model)
  return successor && modelName(successor)
}
