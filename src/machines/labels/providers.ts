import { modelFiles } from '../../../models/files.ts'
import type { FieldsWords, ProviderFacts } from '../catalogue/schema.ts'

const byId = new Map(
  modelFiles.providers.flatMap(({ json }) => {
    const facts = json as ProviderFacts | undefined
    return typeof facts?.id === 'string' ? [[facts.id, facts] as const] : []
  }),
)

/** Words that all models of a provider share. */
export const providerFields = (provider: string): FieldsWords | undefined =>
  byId.get(provider)?.fields

/** How people write and say a brand: "клинг". */
export const brandSpellings = (provider: string, brand: string): string =>
  byId.get(provider)?.search?.[brand] ?? ''
