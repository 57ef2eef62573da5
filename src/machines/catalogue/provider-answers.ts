import * as z from 'zod'

/**
 * What the provider's catalogue routes answer (`GET /api/v1/models`, `…/schema`, `…/price`), read as
 * loosely as they come: a field of another type is left out, never an error.
 */
const listedModel = z.object({
  model: z.string().min(1),
  title: z.string().nullish().catch(null),
  provider: z.string().nullish().catch(null),
  taskType: z.array(z.string()).nullish().catch(null),
  pricingDesc: z.string().nullish().catch(null),
})

/** One answer of any of these routes. */
export const catalogueAnswers = z.object({
  data: z.object({
    models: z.array(z.unknown()).optional().catch(undefined),
    model: z.string().optional().catch(undefined),
    openapi: z.unknown().optional(),
    pricingDesc: z.string().nullish().catch(null),
  }),
})

const priceTexts = z.object({
  savedAt: z.string().optional(),
  prices: z.record(z.string(), z.string().nullable()),
})

const idList = z.object({ generated: z.string().optional(), models: z.array(z.string()) })

/** A model as the provider lists it; what is not known is null. */
export interface ListedModel {
  readonly id: string
  readonly title: string | null
  readonly maker: string | null
  readonly tasks: readonly string[]
  readonly priceText: string | null
}

/** All that is known of the provider's catalogue at one time. */
export interface ProviderCatalogue {
  /** Whether the list says what exists; without one nothing can be missed. */
  readonly hasList: boolean
  readonly models: ReadonlyMap<string, ListedModel>
  /** OpenAPI documents by model; null where the provider has none. */
  readonly schemas: ReadonlyMap<string, unknown>
  /** The day of the price texts, where it is told. */
  readonly date: string | null
}

/** Puts answers together, whichever routes they came from; what is none of them is ignored. */
export function readAnswers(answers: readonly unknown[]): ProviderCatalogue {
  const models = new Map<string, ListedModel>()
  const schemas = new Map<string, unknown>()
  let hasList = false
  let date: string | null = null
  const put = (id: string, facts: Partial<ListedModel>) =>
    models.set(id, { ...(models.get(id) ?? { ...UNKNOWN, id }), ...facts })
  for (const answer of answers) {
    const { data } = catalogueAnswers.safeParse(answer).data ?? {}
    if (data?.models !== undefined) {
      hasList = true
      for (const one of data.models) {
        const read = listedModel.safeParse(one).data
        if (read) put(read.model.trim(), factsOf(read))
      }
    }
    if (data?.model !== undefined) {
      const id = data.model.trim()
      if ('openapi' in data && data.openapi !== undefined) schemas.set(id, data.openapi)
      if (typeof data.pricingDesc === 'string') put(id, { priceText: data.pricingDesc })
    }
    const texts = priceTexts.safeParse(answer).data
    for (const [id, priceText] of Object.entries(texts?.prices ?? {})) put(id, { priceText })
    date = texts?.savedAt ?? date
    const ids = idList.safeParse(answer).data
    if (ids) hasList = true
    for (const id of ids?.models ?? []) put(id, {})
  }
  return { hasList, models, schemas, date }
}

const UNKNOWN: Omit<ListedModel, 'id'> = { title: null, maker: null, tasks: [], priceText: null }

const factsOf = (read: z.infer<typeof listedModel>): Partial<ListedModel> => ({
  title: read.title ?? null,
  maker: read.provider ?? null,
  tasks: read.taskType ?? [],
  ...(read.pricingDesc == null ? {} : { priceText: read.pricingDesc }),
})
