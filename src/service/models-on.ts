import { nearest } from '../config/nearest.ts'
import { allModels, type Model, modelById, modelBySlug } from '../machines/catalogue/catalogue.ts'

/** The models that MODELS_ON names, by id or slug, and a line for each name that means none. */
export function readModelsOn(names: readonly string[]): {
  switchedOn: ReadonlySet<string>
  warnings: readonly string[]
} {
  const switchedOn = new Set<string>()
  const warnings: string[] = []
  for (const name of names) {
    const model = modelNamed(name)
    if (model !== undefined) switchedOn.add(model.id)
    else warnings.push(`MODELS_ON: there is no model ${name}${proposal(name)}`)
  }
  return { switchedOn, warnings }
}

const modelNamed = (name: string): Model | undefined =>
  modelById(name) ?? modelBySlug(name.toLowerCase())

function proposal(name: string): string {
  const meant = nearest(
    name,
    allModels.map(({ id }) => id),
  )
  return meant === undefined ? '.' : `; did you mean ${meant}?`
}
