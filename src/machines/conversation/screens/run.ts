import { formatRub } from '../../catalogue/pricing.ts'
import { titleById } from '../../labels/models.ts'
import { escapeHtml, type Language, translator } from '../../texts/translate.ts'
import { wordingOf } from '../order/text-answers.ts'
import { endingRows } from './result-buttons.ts'
import { button, duration, lines, menuRow, type Scene, type Screen } from './screen.ts'

/** Something is being worked out; shown only if the user sends something meanwhile. */
export const waitScreen = (scene: Scene): Screen | null =>
  scene.context.hint === null
    ? null
    : { text: scene.t('run.wait'), keyboard: [menuRow(scene)], transient: true }

/** Whether other words may bring something better; those of trouble at our end would not. */
const mayReword = ({ context: { draft, ending } }: Scene): boolean =>
  wordingOf(draft) !== undefined && (!ending?.error || WORDS_MATTER.has(reasonOf(ending.error)))

/** What is left when the same order can't be paid again; undefined: it can, or nobody knows. */
function lowBalance({ context: { ending, quote, draft, account } }: Scene): number | undefined {
  if (ending === null || ending.error !== null || quote === null || account?.isQuiet)
    return undefined
  const { priceKopecks } = ending
  const left = quote.availableKopecks - priceKopecks * (draft?.copies ?? 1)
  return priceKopecks > 0 && left >= 0 && left < priceKopecks ? left : undefined
}

/** A free order was the last that the day has. */
const wasLastFree = ({ context: { ending, account } }: Scene): boolean =>
  ending !== null &&
  ending.error === null &&
  ending.priceKopecks === 0 &&
  account?.isQuiet !== true &&
  account?.free?.today === 1 &&
  account.free.bonus === 0

/** How a job ended, and what can be done next. */
export function finishedScreen(scene: Scene): Screen {
  const { t, context, language, view } = scene
  const { ending } = context
  const failed = ending !== null && ending.error !== null
  const model = titleById(ending?.modelId ?? '', language)
  const left = lowBalance(scene)
  const isLast = wasLastFree(scene)
  return {
    text: lines(
      failed
        ? failureText({ ...ending, error: ending.error as string }, language)
        : t('done.next', { model }),
      ending?.tookMs !== undefined && t('done.took', { time: duration(scene, ending.tookMs) }),
      '',
      left !== undefined && t('done.low', { balance: formatRub(left, language, view.rates) }),
      isLast && t('done.lastFree'),
      mayReword(scene) && t('done.words'),
    ),
    keyboard: [
      ...(left === undefined
        ? []
        : [[button(t('menu.balance'), { type: 'balance.opened' as const })]]),
      ...(isLast ? [[button(t('free.remind'), { type: 'reminder.wanted' as const })]] : []),
      ...(left === undefined && !isLast
        ? []
        : [[button(t('done.quiet'), { type: 'reminders.unwanted' as const })]]),
      ...endingRows(scene),
    ],
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
  | 'delivery'
  | 'stopped'
  | 'cancelled'

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
  'operator.refunded': 'stopped',
  'user.cancelled': 'cancelled',
  'media.unusable': 'media',
  'media.damaged': 'media',
  'media.too-large': 'media',
  'media.unavailable': 'media',
  'telegram.refused': 'delivery',
  'telegram.unavailable': 'delivery',
  'telegram.unknown': 'delivery',
}

const WORDS_MATTER = new Set<Reason>(['refused', 'failed', 'moderated'])

const reasonOf = (error: string): Reason => REASONS[error] ?? 'failed'

/** Why a job failed, in a user's words. */
export const reasonText = (error: string, language: Language): string =>
  translator(language)(`failed.reasons.${reasonOf(error)}`)

/** What a user reads when a job failed: what happened, and where the money is. */
export function failureText(
  ending: { modelId: string; error: string; priceKopecks: number },
  language: Language,
): string {
  const t = translator(language)
  return lines(
    ending.error === 'user.cancelled'
      ? t('failed.cancelled')
      : t('failed.title', { reason: reasonText(ending.error, language) }),
    `<b>${escapeHtml(titleById(ending.modelId, language))}</b>`,
    '',
    ending.priceKopecks > 0
      ? t('failed.back', { price: formatRub(ending.priceKopecks, language) })
      : t('failed.nothing'),
  )
}

/** The line under a result: what made it and what it cost. */
export function resultCaption(
  modelId: string,
  priceKopecks: number,
  isFreeDelivery: boolean,
  language: Language,
): string {
  const t = translator(language)
  return lines(
    t('done.caption'),
    `<b>${escapeHtml(titleById(modelId, language))}</b>`,
    isFreeDelivery
      ? t('done.gift')
      : priceKopecks > 0
        ? t('done.charged', { price: formatRub(priceKopecks, language) })
        : t('done.free'),
  )
}

/** Words for money that an operator gave back after the result had been delivered and paid. */
export function refundText(
  { modelId, refundKopecks }: { modelId: string; refundKopecks: number },
  language: Language,
): string {
  const price = formatRub(refundKopecks, language)
  return translator(language)('notice.refunded', {
    price,
    model: escapeHtml(titleById(modelId, language)),
  })
}
