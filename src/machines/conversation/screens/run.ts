import { modelById } from '../../catalogue.ts'
import { modelTitle } from '../../labels/models.ts'
import { formatRub } from '../../pricing.ts'
import { escapeHtml, type Language, translator } from '../../texts/translate.ts'
import { button, duration, lines, menuRow, type Scene, type Screen } from './screen.ts'

const LONG_MS = 15 * 60_000

const titleOf = (modelId: string, language: Language): string => {
  const model = modelById(modelId)
  return escapeHtml(model === undefined ? modelId : modelTitle(model, language))
}

/** A job at work. */
export function watchScreen(scene: Scene): Screen {
  const { t, context, language } = scene
  const job = context.tracked.find((j) => j.id === context.jobId)
  const stage = job?.stage === 'generating' ? 'run.generating' : 'run.queued'
  return {
    text: lines(
      t('run.working'),
      job && `<b>${titleOf(job.modelId, language)}</b>`,
      '',
      t(stage),
      context.elapsedMs > 0 && t('run.elapsed', { time: duration(scene, context.elapsedMs) }),
      t(context.elapsedMs > LONG_MS ? 'run.long' : 'run.stay'),
    ),
    keyboard: [menuRow(scene)],
    transient: true,
  }
}

/** How a job ended, and what can be done next. */
export function finishedScreen(scene: Scene): Screen {
  const { t, context, language } = scene
  const { ending } = context
  const failed = ending !== null && ending.error !== null
  return {
    text: failed
      ? failureText(ending.error as string, ending.priceKopecks, language)
      : t('done.next'),
    keyboard: [
      [
        button(t(failed ? 'failed.again' : 'done.again'), { type: 'repeat.pressed' }),
        button(t('done.other'), { type: 'menu.pressed' }),
      ],
    ],
  }
}

/** Jobs at work, oldest first. */
export function jobsScreen(scene: Scene): Screen {
  const { t, context, language } = scene
  const now = context.tracked.map((j) => j.startedAt + context.elapsedMs)
  const latest = Math.max(0, ...now)
  return {
    text:
      context.tracked.length === 0
        ? t('jobs.none')
        : lines(
            t('jobs.title'),
            '',
            ...context.tracked.map((job) =>
              t('jobs.row', {
                model: titleOf(job.modelId, language),
                time: duration(scene, Math.max(0, latest - job.startedAt)),
              }),
            ),
            '',
            t('run.stay'),
          ),
    keyboard: [menuRow(scene)],
  }
}

type Reason =
  | 'credits'
  | 'refused'
  | 'failed'
  | 'moderated'
  | 'unavailable'
  | 'unknown'
  | 'expired'
  | 'media'

/** Error codes in a user's words; what went wrong at our end is never blamed on them. */
const REASONS: Record<string, Reason> = {
  'kie.credits': 'credits',
  'kie.unauthorized': 'credits',
  'kie.limited': 'credits',
  'kie.refused': 'refused',
  'kie.busy': 'unavailable',
  'kie.unavailable': 'unavailable',
  'kie.unknown': 'unknown',
  'kie.expired': 'expired',
  'kie.failed:400': 'moderated',
  'kie.failed:422': 'refused',
  'media.unusable': 'media',
  'media.too-large': 'media',
  'media.unavailable': 'media',
}

/** What a user reads when a job failed: what happened, and where the money is. */
export function failureText(error: string, refundKopecks: number, language: Language): string {
  const t = translator(language)
  const reason = REASONS[error] ?? 'failed'
  return lines(
    t('failed.title', { reason: t(`failed.reasons.${reason}`) }),
    refundKopecks > 0
      ? t('failed.back', { price: formatRub(refundKopecks, language) })
      : t('failed.nothing'),
  )
}

/** The line under a result: what made it and what it cost. */
export function resultCaption(
  modelId: string,
  priceKopecks: number,
  courtesy: boolean,
  language: Language,
): string {
  const t = translator(language)
  return lines(
    t('done.caption'),
    `<b>${titleOf(modelId, language)}</b>`,
    courtesy
      ? t('done.gift')
      : priceKopecks > 0
        ? t('done.charged', { price: formatRub(priceKopecks, language) })
        : t('done.free'),
  )
}
