import type { Config } from '../config/config.ts'
import type { View } from '../machines/conversation/screens/screen.ts'
import { IMPROVEMENTS, type Improvement } from '../machines/conversation/wish/improvement.ts'
import { KEPT_DAYS } from '../store/retention.ts'
import { readModelsOn } from './models-on.ts'
import { leastMarkup, rateFaults } from './rates.ts'

type Settings = Pick<
  Config,
  | 'usdRubRate'
  | 'priceMarkup'
  | 'modelsOn'
  | 'supportTelegram'
  | 'starsPerRub'
  | 'giftPercent'
  | 'manualTopupDetails'
> & { wordsModel?: string | undefined }

/** Chat models that understand recordings; others are not asked what is said. */
const HEARS = /^gemini-/

const improvementsOf = (model: string): readonly Improvement[] =>
  IMPROVEMENTS.filter((how) => how !== 'hear' || HEARS.test(model))

/** The view where nobody pays: no top-ups, and a word about it before each order. */
export function playView({ topup: _, ...view }: View): View {
  return { ...view, isPlay: true }
}

/**
 * What screens and prices take from the environment; the same for the bot and for every command.
 * `faults`: at these rates something would be sold below what it costs, so nothing may be sold.
 */
export function screenViewOf(settings: Settings): {
  view: View
  warnings: readonly string[]
  faults: readonly string[]
} {
  const { switchedOn, warnings } = readModelsOn(settings.modelsOn)
  const { usdRubRate, priceMarkup: markup, supportTelegram, starsPerRub, giftPercent } = settings
  const { wordsModel } = settings
  const view: View = {
    rates: {
      ...{ usdRubRate, markup, switchedOn },
      leastMarkup: leastMarkup(usdRubRate, starsPerRub),
    },
    // Telegram makes a link of it.
    support: supportTelegram === undefined ? null : `@${supportTelegram}`,
    kept: KEPT_DAYS,
    topup: { starsPerRub, giftPercent, manualDetails: settings.manualTopupDetails ?? null },
    ...(wordsModel !== undefined && { improvements: improvementsOf(wordsModel) }),
  }
  return { view, warnings, faults: rateFaults(view.rates, { starsPerRub, giftPercent }) }
}
