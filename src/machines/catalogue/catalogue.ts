import { modelFiles } from '../../../models/files.ts'
import { type FamilyFacts, familyById } from './family-facts.ts'
import { foundingModel } from './founding.ts'
import { CATEGORIES, type ModelFacts } from './schema.ts'
import { usableFacts } from './usable-facts.ts'

/** Where models stand in their group that have no place of their own. */
const LAST_PLACE = 1_000

/** The only place where the files' snake_case becomes camelCase. */
function toModel(m: ModelFacts, family: FamilyFacts) {
  const { quantity, credits, unit, plus } = m.price
  return {
    id: m.id,
    slug: slugOf(m.id),
    apiModel: m.api_model,
    family: m.family,
    endpoint: family.create,
    statusEndpoint: family.status,
    body: family.body,
    provider: m.provider,
    brand: m.brand,
    category: m.category,
    task: m.task,
    output: m.output,
    free: m.free,
    status: m.status,
    replacedBy: foundingModel(m.id)?.replaced_by ?? m.replaced_by ?? [],
    place: m.place ?? LAST_PLACE,
    docsUrl: m.docs_url,
    evidenceDate: m.evidence_date,
    words: m.words,
    input: m.input,
    wire: m.wire,
    continues: m.continues && {
      from: m.continues.from,
      fileField: m.continues.file_field,
      sourceResolution: m.continues.source_resolution === true,
    },
    price: {
      credits,
      unit,
      quantity,
      /** Every part of the sum, the first one too; none where no price is known. */
      parts: credits === null ? [] : [{ credits, unit, quantity }, ...(plus ?? [])],
      minimumCredits: m.price.minimum_credits,
      roundUpTo: m.price.round_up_to,
      derived: m.price.derived,
      estimateCredits: m.price.estimate_credits,
      note: m.price.note,
      text: m.price.provider_text,
      textDate: m.price.provider_text_date,
      source: m.price.source,
      confidence: m.price.confidence,
    },
    confidence: m.confidence,
    schemaConfidence: m.schema_confidence,
    sources: m.sources,
    notes: m.notes,
    seen: m.seen,
    marks: m.marks ?? [],
  }
}

/** A model that this product knows. */
export type Model = Readonly<ReturnType<typeof toModel>>
/** Groups that users see. */
export type Category = Model['category']

/** A model's id as deep links carry it: lower case, all outside a-z 0-9 replaced by `-`. */
export function slugOf(id: string): string {
  return id.toLowerCase().replace(/[^a-z0-9]/g, '-')
}

/** A model of a file's content, whatever is wrong with it; undefined where nothing can be made of it. */
export function readModel(json: unknown, isPriceSound?: boolean): Model | undefined {
  const facts = usableFacts(json, isPriceSound)
  const family = facts && familyById(facts.family)
  return facts && family && toModel(facts, family)
}

/** Every model that has a file, drafts too, most wanted first; of two with one id the first counts. */
export const everyModel: readonly Model[] = modelFiles.catalogue
  .flatMap(({ json, isPriceSound }) => readModel(json, isPriceSound) ?? [])
  .filter((model, i, all) => all.findIndex(({ slug }) => slug === model.slug) === i)
  .toSorted((a, b) => a.place - b.place)

/** Every model that a card, a list or a search may show. */
export const allModels: readonly Model[] = everyModel.filter(({ status }) => status !== 'draft')

/** Menu order of the groups that users see. */
export const categories: readonly Category[] = CATEGORIES

const byId = new Map(allModels.map((m) => [m.id, m]))
const bySlug = new Map(allModels.map((m) => [m.slug, m]))

/** The model with this id, if it exists. */
export const modelById = (id: string): Model | undefined => byId.get(id)

/** The model of a deep link `m_<slug>`, if it exists. */
export const modelBySlug = (slug: string): Model | undefined => bySlug.get(slug)

/** Whether its price is known at all: without one it is shown, and no order gets a quote. */
export const hasPrice = ({ price }: Model): boolean => price.credits !== null

/** Whether it is on offer: drafts, delisted and discontinued models are never sold. */
export const isSold = ({ status }: Model): boolean =>
  status !== 'delisted' && status !== 'discontinued' && status !== 'draft'

/** The models to take in place of this one, best first; only such as are on offer. */
export const successorsOf = ({ replacedBy }: Model): readonly Model[] =>
  replacedBy.flatMap((id) => byId.get(id) ?? []).filter(isSold)

/** The model to take in place of this one. */
export const successorOf = (model: Model): Model | undefined => successorsOf(model)[0]

/**
 * Whether something better has come: it can be ordered by link, search and from "older models", but
 * the lists lead with its successors. What is given away stays.
 */
export const isOlder = (model: Model): boolean =>
  isSold(model) && !model.free && successorOf(model) !== undefined

/** Whether it only continues an earlier result (needs that result's task): no menu starts it. */
export const needsEarlierResult = ({ input }: Model): boolean => input.required.includes('task_id')
