import type { Model } from '../../catalogue/catalogue.ts'
import type { MediaKind } from '../../catalogue/media.ts'
import type { Rates } from '../../catalogue/pricing.ts'
import { questionsOf } from '../../catalogue/questions.ts'
import { listPrice } from '../screens/prices.ts'
import { mediaTakers } from './compatible-models.ts'

/** What one tap makes of a result besides the same again. */
export type FollowUp = 'enhance' | 'animate'

const TASKS: Readonly<Record<FollowUp, Partial<Record<MediaKind, string>>>> = {
  enhance: { image: 'image-upscale', video: 'video-upscale' },
  animate: { image: 'image-to-video' },
}

/** Prices are only compared with each other, and the facts alone say what is on offer. */
const RATES: Rates = { usdRubRate: 100, markup: 1 }

const priceOf = (model: Model): number => {
  const price = listPrice(model, RATES)
  return 'unpriced' in price ? Number.POSITIVE_INFINITY : price.kopecks
}

/** Questions that only a person can answer: the fewer, the sooner the order is complete. */
const openWords = (model: Model): number =>
  questionsOf(model).filter((q) => q.required && q.kind !== 'choice' && q.media === undefined)
    .length

/** The model that does it to a file of this kind: of those that ask least, the cheapest. */
export function followUpModel(purpose: FollowUp, kind: MediaKind | undefined): Model | undefined {
  const task = kind && TASKS[purpose][kind]
  return mediaTakers(kind, RATES)
    .filter((model) => model.task === task)
    .sort((a, b) => openWords(a) - openWords(b) || priceOf(a) - priceOf(b))[0]
}
