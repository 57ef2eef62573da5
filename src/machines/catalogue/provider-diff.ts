import type { Model } from './catalogue.ts'
import { isSold } from './catalogue.ts'
import type { FamilyFacts } from './family-facts.ts'
import { importSchema, lineOf } from './import-schema.ts'
import type { ProviderCatalogue } from './provider-answers.ts'

/** One difference between our files and the provider's catalogue; `what` is a line for people. */
export interface ProviderChange {
  readonly kind: 'vanished' | 'appeared' | 'price' | 'schema'
  readonly model: string
  readonly what: string
}

/**
 * Everything in which the provider's catalogue differs from our files. Nothing is changed by it: an
 * admin decides. The same difference gives the same lines every night, so who tells them can keep
 * what was told (`changeKey`).
 */
export function providerChanges(
  models: readonly Model[],
  provider: ProviderCatalogue,
  families: readonly FamilyFacts[],
): readonly ProviderChange[] {
  const ours = new Map(models.map((model) => [model.apiModel, model]))
  const here = models.filter(isSold)
  const vanished = here
    .filter(
      ({ apiModel, status }) =>
        provider.hasList && status !== 'legacy' && !provider.models.has(apiModel),
    )
    .map(({ id }) => ({ kind: 'vanished' as const, model: id, what: 'no longer listed' }))
  const appeared = [...provider.models.values()]
    .filter(({ id }) => !ours.has(id))
    .map(({ id, title }) => ({
      kind: 'appeared' as const,
      model: id,
      what: title ?? 'new in the list',
    }))
  return [
    ...vanished,
    ...appeared,
    ...here.flatMap((model) => priceChange(model, provider)),
    ...here.flatMap((model) => schemaChanges(model, provider, families)),
  ]
}

/** One change is told once: what tells it apart from all others. */
export const changeKey = ({ kind, model, what }: ProviderChange): string =>
  `${kind}:${model}:${what}`

const plain = (text: string) => text.replace(/\s+/g, ' ').trim()

function priceChange(
  { id, apiModel, price }: Model,
  provider: ProviderCatalogue,
): ProviderChange[] {
  const now = provider.models.get(apiModel)?.priceText
  if (now == null || (price.text !== null && plain(now) === plain(price.text))) return []
  const before = price.text === null ? 'nothing' : `"${plain(price.text)}"`
  return [{ kind: 'price', model: id, what: `was ${before}, is "${plain(now)}"` }]
}

/** Against what was seen of the provider's schema; a file that kept nothing of it, against its inputs. */
function schemaChanges(
  { id, apiModel, seen, input, wire }: Model,
  provider: ProviderCatalogue,
  families: readonly FamilyFacts[],
): ProviderChange[] {
  const openapi = provider.schemas.get(apiModel)
  if (openapi == null) return []
  const now = importSchema(apiModel, openapi, families).seen
  const own = (wire?.schema.properties ?? input.properties) as Record<string, unknown>
  const before =
    seen ?? Object.fromEntries(Object.entries(own).map(([name, schema]) => [name, lineOf(schema)]))
  const told = (what: string): ProviderChange => ({ kind: 'schema', model: id, what })
  return [
    ...Object.keys(before)
      .filter((name) => !(name in now))
      .map((name) => told(`${name} is gone`)),
    ...Object.entries(now).flatMap(([name, line]) => {
      if (!(name in before)) return [told(`${name} is new: ${line}`)]
      return before[name] === line ? [] : [told(`${name} was ${before[name]}, is ${line}`)]
    }),
  ]
}
