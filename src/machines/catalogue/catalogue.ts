import bytedance from '../../../models/bytedance.json' with { type: 'json' }
import elevenlabs from '../../../models/elevenlabs.json' with { type: 'json' }
import extra from '../../../models/extra.json' with { type: 'json' }
import flux2 from '../../../models/flux2.json' with { type: 'json' }
import google from '../../../models/google.json' with { type: 'json' }
import grokImagine from '../../../models/grok-imagine.json' with { type: 'json' }
import hailuo from '../../../models/hailuo.json' with { type: 'json' }
import ideogram from '../../../models/ideogram.json' with { type: 'json' }
import infinitalk from '../../../models/infinitalk.json' with { type: 'json' }
import kling from '../../../models/kling.json' with { type: 'json' }
import qwen from '../../../models/qwen.json' with { type: 'json' }
import recraft from '../../../models/recraft.json' with { type: 'json' }
import seedream from '../../../models/seedream.json' with { type: 'json' }
import sora2ProStoryboard from '../../../models/sora-2-pro-storyboard.json' with { type: 'json' }
import sora2 from '../../../models/sora2.json' with { type: 'json' }
import suno from '../../../models/suno.json' with { type: 'json' }
import topaz from '../../../models/topaz.json' with { type: 'json' }
import wan from '../../../models/wan.json' with { type: 'json' }
import zImage from '../../../models/z-image.json' with { type: 'json' }
import type { ModelFacts } from './schema.ts'

const providers: readonly (readonly unknown[])[] = [
  zImage,
  google,
  qwen,
  seedream,
  flux2,
  ideogram,
  grokImagine,
  recraft,
  topaz,
  kling,
  wan,
  hailuo,
  bytedance,
  infinitalk,
  elevenlabs,
  suno,
  sora2,
  sora2ProStoryboard,
]

/** What the JSON files say; `validateCatalogue` checks it, called by a test and by the start. */
export const facts = providers.flat() as readonly ModelFacts[]

/** The same for models that the founding documents don't know: successors of theirs. */
export const extraFacts = extra as readonly unknown[] as readonly ModelFacts[]

/** The only place where the files' snake_case becomes camelCase. */
function toModel(m: ModelFacts) {
  const { quantity } = m.price
  return {
    id: m.id,
    slug: slugOf(m.id),
    extra: m.extra === true,
    apiModel: m.api_model,
    family: m.family,
    endpoint: m.endpoint,
    statusEndpoint: m.status_endpoint,
    body: m.body,
    provider: m.provider,
    legacyProvider: m.legacy_provider,
    brand: m.brand,
    category: m.category,
    legacyCategory: m.legacy_category,
    task: m.task,
    title: m.title,
    output: m.output,
    free: m.free,
    status: m.status,
    successor: m.successor && { apiModel: m.successor.api_model, note: m.successor.note },
    docsUrl: m.docs_url,
    input: m.input,
    price: {
      credits: m.price.credits,
      unit: m.price.unit,
      quantity: quantity && {
        field: quantity.field,
        measure: quantity.measure,
        mediaField: quantity.media_field,
        default: quantity.default,
        max: quantity.max,
        timesField: quantity.times_field,
        maxField: quantity.max_field,
        formula: quantity.formula,
      },
      derived: m.price.derived,
      estimateCredits: m.price.estimate_credits,
      note: m.price.note,
      source: m.price.source,
      confidence: m.price.confidence,
    },
    confidence: m.confidence,
    schemaConfidence: m.schema_confidence,
    sources: m.sources,
    notes: m.notes,
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

/** The 72 models, sold or not, grouped by provider. */
export const models: readonly Model[] = facts.map(toModel)

/** Models beyond the 72, counted apart; everything else treats them alike. */
export const extraModels: readonly Model[] = extraFacts.map(toModel)

/** Every model that a card, a list or a search may show. */
export const allModels: readonly Model[] = [...models, ...extraModels]

/** Menu order of the groups that users see. */
export const categories: readonly Category[] = [
  'image',
  'image-edit',
  'video',
  'avatar',
  'enhance',
  'audio',
  'music',
  'other',
]

const byId = new Map(allModels.map((m) => [m.id, m]))
const bySlug = new Map(allModels.map((m) => [m.slug, m]))
const byApiModel = new Map(allModels.map((m) => [m.apiModel, m]))

/** The model with this id, if it exists. */
export const modelById = (id: string): Model | undefined => byId.get(id)

/** The model of a deep link `m_<slug>`, if it exists. */
export const modelBySlug = (slug: string): Model | undefined => bySlug.get(slug)

/** The model to use in place of this one; itself where the provider has only renamed it. */
export const successorOf = ({ successor }: Model): Model | undefined =>
  successor === null ? undefined : byApiModel.get(successor.apiModel)

/** Whether its price is known at all: without one it is shown, and no order gets a quote. */
export const hasPrice = ({ price }: Model): boolean => price.credits !== null

/** Whether it is on offer: delisted and discontinued models are never sold. */
export const isSold = ({ status }: Model): boolean =>
  status !== 'delisted' && status !== 'discontinued'

/** Whether it only continues an earlier result (needs that result's task): no menu starts it. */
export const needsEarlierResult = ({ input }: Model): boolean => input.required.includes('task_id')
