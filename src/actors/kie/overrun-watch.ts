import { filesOf } from '../../machines/catalogue/answer-files.ts'
import { type Model, modelById } from '../../machines/catalogue/catalogue.ts'
import type { MediaFile } from '../../machines/catalogue/media.ts'
import { measuredMedia, termsOf } from '../../machines/catalogue/pricing-measure.ts'
import { pauseModel } from '../../store/model-pauses.ts'
import {
  countOverruns,
  type FoundOverrun,
  findOverruns,
  markTold,
  noteOverrun,
  type Overrun,
  readUntold,
} from '../../store/overruns.ts'
import type { Alert, AlertText } from '../effects/alert.ts'
import type { EffectDeps } from '../effects/deps.ts'

export interface OverrunWatchDeps extends Pick<EffectDeps, 'db' | 'log'> {
  alert: Alert
}

/** So many a day are no chance: what we measure and what the provider bills differ. */
const MOST_A_DAY = 3
const PAUSE_HOURS = 24
const MOST_AT_ONCE = 200

/** The provider may round a length up where we rounded down. */
const SLACK = 0.01

/** What a second of given media costs by the dearest rules; 0 where no length sets the price. */
function secondCredits({ price }: Model): number {
  return price.parts.reduce((sum, { credits, quantity }) => {
    const rates = Array.isArray(credits) ? credits.map((rule) => rule.credits) : [credits]
    const perUnit = Math.max(0, ...rates)
    const lengths = termsOf(quantity).filter(
      ({ media_field: field, measure }) => field !== undefined && measure !== 'files',
    )
    const perSecond = lengths.map(({ measure }) =>
      measure === 'audio_minutes' ? perUnit / 60 : perUnit,
    )
    return sum + Math.max(0, ...perSecond)
  }, 0)
}

/** Whether more was consumed by no more than one second, or a hundredth, may make. */
function isRounding({ modelId, quotedCredits, consumedCredits }: FoundOverrun): boolean {
  const model = modelById(modelId)
  const second = model === undefined ? 0 : secondCredits(model)
  // A thousandth is the smallest part of a credit.
  return consumedCredits - quotedCredits <= Math.max(second, quotedCredits * SLACK) + 0.001
}

/** A given file as we measured it; nothing by which a person could be known. */
function factsOf({ kind, mime, size, duration, width, height }: MediaFile): string {
  const facts = [
    mime ?? kind,
    size && `${size} bytes`,
    duration && `${duration} s`,
    width && height && `${width}×${height}`,
  ]
  return facts.filter(Boolean).join(', ')
}

function textOf({ job_id, model_id, quoted_credits, consumed_credits, input }: Untold): AlertText {
  const answers = (input ?? {}) as Readonly<Record<string, unknown>>
  const files = Object.entries(answers).flatMap(([field, value]) =>
    filesOf(value).map((file) => `${field}: ${factsOf(file)}`),
  )
  const about = `(kie.overrun, ${job_id})`
  const [used, quoted] = [consumed_credits, quoted_credits]
  return {
    ru: [
      `Поставщик списал ${used} кредитов вместо ${quoted} за ${model_id} ${about}.`,
      ...files,
    ].join('\n'),
    en: [
      `The provider consumed ${used} credits instead of ${quoted} for ${model_id} ${about}.`,
      ...files,
    ].join('\n'),
  }
}

type Untold = Overrun & { input: unknown }

/**
 * Tells the admins of orders for which the provider consumed more than was quoted, beyond rounding,
 * with what we know of their files. The third of a day pauses a model whose price is measured: its
 * next order may cost us more than it brings. Called often by every instance.
 */
export function createOverrunWatch({ db, log, alert }: OverrunWatchDeps) {
  async function pauseIfOften(modelId: string): Promise<boolean> {
    const model = modelById(modelId)
    if (model === undefined || measuredMedia(model).length === 0) return false
    if ((await countOverruns(db, modelId)) < MOST_A_DAY) return false
    return pauseModel(db, { modelId, code: 'kie.overrun', hours: PAUSE_HOURS })
  }

  return async (): Promise<void> => {
    for (const found of await findOverruns(db, MOST_AT_ONCE)) {
      await noteOverrun(db, found, isRounding(found))
    }
    for (const overrun of await readUntold(db)) {
      const { job_id: jobId, model_id: modelId } = overrun
      log.warn({ jobId, modelId }, 'the provider consumed more credits than were quoted')
      if (await pauseIfOften(modelId)) {
        await alert(`overrun.pause:${modelId}`, {
          ru: `${modelId} снята с продажи на ${PAUSE_HOURS} ч: за день поставщик списал лишнее по ${MOST_A_DAY} заказам.`,
          en:
            `${modelId} is not sold for ${PAUSE_HOURS} hours: the provider consumed more than was ` +
            `quoted for ${MOST_A_DAY} orders within a day.`,
        })
      }
      await alert(`overrun:${jobId}`, textOf(overrun))
      await markTold(db, jobId)
    }
  }
}
