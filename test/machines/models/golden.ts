import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { allModels, type Model } from '../../../src/machines/catalogue/catalogue.ts'
import type { Language } from '../../../src/machines/texts/translate.ts'
import { extremist, follower, waverer } from './persons.ts'
import { requestOf, type Walk, walk } from './walk.ts'

const folder = path.join(import.meta.dirname, 'golden')
const fileOf = ({ slug }: Model): string => path.join(folder, `${slug}.json`)

/** Four orders of a model, each from /start to the preview. */
export const walksOf = (model: Model, language: Language): Record<string, Walk> => ({
  example: walk(model, follower(model, language)),
  first: walk(model, extremist('first', language)),
  last: walk(model, extremist('last', language)),
  mixed: walk(model, waverer(model, language)),
})

/** What the provider would get, as the golden file has it. */
export function orderedBy(model: Model, walks: Record<string, Walk>): string {
  const requests = Object.entries(walks).map(([name, { chat }]) => {
    const { endpoint, body } = requestOf(model, chat.context.draft?.answers ?? {})
    return [name, { endpoint, body }]
  })
  return `${JSON.stringify(Object.fromEntries(requests), null, 2)}\n`
}

export const goldenOf = (model: Model): string => readFileSync(fileOf(model), 'utf8')

/** Makes all golden files anew; what changed in them is for a person to judge. */
export function update(): void {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const model of allModels) {
    writeFileSync(fileOf(model), orderedBy(model, walksOf(model, 'en')))
  }
}

if (process.argv.includes('--update')) update()
