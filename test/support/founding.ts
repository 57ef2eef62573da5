import { type Model, modelById } from '../../src/machines/catalogue/catalogue.ts'
import { foundingModels } from '../../src/machines/catalogue/founding.ts'

/** The founding 72 as the shelf has them today. */
export const models: readonly Model[] = foundingModels.flatMap(({ id }) => modelById(id) ?? [])
