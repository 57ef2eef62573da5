import { formatRub } from '../../catalogue/pricing.ts'
import { escapeHtml, type Language, translator } from '../../texts/translate.ts'
import { giftOf, MIN_KOPECKS, PRESETS_KOPECKS, packStars } from '../../topup/amounts.ts'
import type { TopupFacts } from '../context.ts'
import { enoughFor } from './enough.ts'
import { waitScreen } from './run.ts'
import {
  asideBackRows,
  asideRows,
  type Button,
  button,
  copyButtons,
  lines,
  rows,
  type Scene,
  type Screen,
} from './screen.ts'
import { clockText } from './time.ts'

const ROUBLE = 100

const topupOf = ({ context }: Scene): TopupFacts =>
  context.account?.topup ?? {
    way: 'stars',
    neededKopecks: 0,
    id: null,
    kopecks: 0,
    stars: 0,
  }

/** The ways that are open, one button each. */
export function topupButtons({ t, view }: Scene, neededKopecks = 0): Button[] {
  if (view.topup === undefined) return []
  const way = (way: 'stars' | 'manual') => ({ type: 'topup.pressed', way, neededKopecks }) as const
  const stars = button(t('topup.byStars'), way('stars'))
  return view.topup.manualDetails === null
    ? [stars]
    : [stars, button(t('topup.byTransfer'), way('manual'))]
}

/** The smallest top-up that an order lacks: whole roubles, and not less than is allowed at all. */
export const neededTopup = (missingKopecks: number): number =>
  Math.max(MIN_KOPECKS, Math.ceil(missingKopecks / ROUBLE) * ROUBLE)

export function amountScreen(scene: Scene): Screen {
  const { t, language, view } = scene
  const { way, neededKopecks } = topupOf(scene)
  const terms = view.topup ?? { starsPerRub: 1 }
  const label = (kopecks: number) => {
    const amount = formatRub(kopecks, language, view.rates)
    if (way !== 'stars') return amount
    const stars = packStars(kopecks, terms)
    const percent = giftOf(kopecks, terms)
    return percent > 0
      ? t('topup.gift', { amount, stars, percent })
      : t('topup.amount', { amount, stars })
  }
  const choose = (kopecks: number, text = label(kopecks)) =>
    button(text, { type: 'amount.chosen', kopecks })
  const usual = PRESETS_KOPECKS.filter((kopecks) => kopecks !== neededKopecks)
  return {
    text: lines(
      t('topup.title'),
      '',
      t('topup.how'),
      ...usual.flatMap((kopecks) => {
        const enough = enoughFor(scene, kopecks)
        const amount = formatRub(kopecks, language)
        return enough === '' ? [] : [t('topup.worth', { amount, enough })]
      }),
      '',
      way === 'stars' && t('topup.starsNote'),
      way === 'stars' && usual.some((k) => giftOf(k, terms) > 0) && t('topup.giftNote'),
      way === 'manual' && t('topup.transferNote'),
    ),
    keyboard: [
      ...(neededKopecks > 0
        ? [[choose(neededKopecks, t('topup.enough', { amount: label(neededKopecks) }))]]
        : []),
      ...rows(
        usual.map((kopecks) => choose(kopecks)),
        language === 'en' || way === 'stars' ? 1 : 2,
      ),
      ...asideBackRows(scene),
    ],
  }
}

export function invoiceScreen(scene: Scene): Screen {
  const { t, language } = scene
  const { kopecks, stars, order } = topupOf(scene)
  return {
    text: t(order === undefined ? 'topup.waiting' : 'topup.waitingOrder', {
      amount: formatRub(kopecks, language),
      stars,
    }),
    keyboard: asideBackRows(scene),
  }
}

export function transferScreen(scene: Scene): Screen {
  const { t, language, view } = scene
  const { kopecks, id } = topupOf(scene)
  const details = (view.topup?.manualDetails ?? '').trim()
  return {
    text: lines(
      t('topup.transfer', { amount: formatRub(kopecks, language) }),
      '',
      escapeHtml(details),
      '',
      t('topup.exact'),
      t('topup.sendReceipt'),
      t('topup.number', { number: shortId(id) }),
    ),
    keyboard: [
      ...rows(
        [
          ...copyButtons(t('topup.copyDetails'), accountIn(details)),
          ...copyButtons(t('topup.copyAmount'), plainAmount(kopecks)),
        ],
        2,
      ),
      ...asideBackRows(scene),
    ],
  }
}

/** As bank apps take it: roubles with two digits after the point. */
const plainAmount = (kopecks: number): string => (kopecks / ROUBLE).toFixed(2)

/**
 * The card, account or phone number among the details, as bank apps take it; all of the details where
 * there is not exactly one.
 */
export function accountIn(details: string): string {
  const numbers = details.match(/\+?\d(?:[\s()-]{0,2}\d){9,}/g) ?? []
  const [only] = numbers.length === 1 ? numbers : []
  return only?.replace(/[\s()-]/g, '') ?? details
}

/** Enough of an id for people to talk about it. */
export const shortId = (id: string | null): string => (id ?? '').slice(0, 8).toUpperCase()

export function reviewingScreen(scene: Scene): Screen {
  const { t, language } = scene
  const { kopecks, id } = topupOf(scene)
  return {
    text: lines(
      t('topup.reviewing', { amount: formatRub(kopecks, language) }),
      t('topup.number', { number: shortId(id) }),
    ),
    keyboard: asideRows(scene),
  }
}

/** Why no top-up came of it, for the screen and for whoever looks elsewhere. */
export function failedTopupText(
  reason: NonNullable<TopupFacts['failure']>,
  { kopecks, language }: { kopecks: number; language: Language },
): string {
  const keys = {
    undelivered: 'topup.broken',
    rejected: 'topup.rejected',
    inReview: 'topup.inReview',
  } as const
  return translator(language)(keys[reason], { amount: formatRub(kopecks, language) })
}

export function brokenTopupScreen(scene: Scene): Screen {
  const { kopecks, failure = 'undelivered' } = topupOf(scene)
  return {
    text: failedTopupText(failure, { kopecks, language: scene.language }),
    keyboard: asideBackRows(scene),
  }
}

export function termsScreen(scene: Scene): Screen {
  const { t, view } = scene
  const support = view.support && t('help.support', { support: view.support })
  return {
    text: lines(t('terms.body'), '', support),
    keyboard: [[button(t('privacy.title'), { type: 'privacy.opened' })], ...asideRows(scene)],
  }
}

export function paysupportScreen(scene: Scene): Screen | null {
  const { t, context, language, view } = scene
  const payments = context.account?.payments
  if (payments === undefined) return waitScreen(scene)
  const support = view.support && t('help.support', { support: view.support })
  return {
    text: lines(
      t('paysupport.body'),
      '',
      support,
      payments.length > 0 && t('paysupport.choose'),
      payments.length === 0 && t('paysupport.none'),
    ),
    keyboard: [
      ...payments.map(({ chargeId, kopecks, stars, at }) => {
        const amount = formatRub(kopecks, language)
        const when = clockText(at, language)
        return [
          button(t('paysupport.refund', { stars, amount, when }), {
            type: 'refund.pressed' as const,
            chargeId,
          }),
        ]
      }),
      [button(t('support.open'), { type: 'support.opened' })],
      ...asideRows(scene),
    ],
  }
}
