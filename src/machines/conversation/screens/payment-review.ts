import { formatRub } from '../../catalogue/pricing.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { isTopup } from '../../topup/statuses.ts'
import {
  emptyReview,
  type PaymentCard,
  type PaymentReview,
  REVIEW_LISTS,
  type ReceiptCard,
  type ReviewIntent,
  type ReviewLine,
} from '../admin/payment-review.ts'
import { waitScreen } from './run.ts'
import { type Button, backRow, button, lines, type Scene, type Screen } from './screen.ts'
import { clockText, momentText } from './time.ts'
import { shortId } from './topup.ts'

const reviewOf = ({ context }: Scene): PaymentReview =>
  context.account?.desk ?? emptyReview('payments')

const ICONS: Record<string, string> = { credited: '✅', refunding: '⏳', refunded: '↩️' }

/** Stars and roubles, or roubles alone. */
function amountOf({ language }: Scene, { kopecks, stars }: ReviewLine): string {
  const roubles = formatRub(kopecks, language)
  return stars > 0 ? `⭐ ${stars} · ${roubles}` : roubles
}

function lineLabel(scene: Scene, line: ReviewLine): string {
  const icon = ICONS[line.state] ?? '🧾'
  return `${icon} ${amountOf(scene, line)} · ${line.userId} · ${clockText(line.at, scene.language)}`
}

/** Payments, refund requests or bank transfers, some at a time. */
export function casesScreen(scene: Scene): Screen | null {
  const { t } = scene
  const { list, find, page, rows, more } = reviewOf(scene)
  if (rows === null) return waitScreen(scene)
  const turn = (label: 'nav.previous' | 'nav.next', to: number): Button =>
    button(t(label), { type: 'page.turned', page: to })
  const arrows = [
    ...(page > 0 ? [turn('nav.previous', page - 1)] : []),
    ...(more ? [turn('nav.next', page + 1)] : []),
  ]
  const others = REVIEW_LISTS.filter((other) => other !== list || find !== null)
  return {
    text: lines(
      t(`paymentReview.title.${list}`),
      find !== null && t('paymentReview.found', { find }),
      '',
      rows.length === 0 && t('paymentReview.none'),
      list === 'payments' && t('paymentReview.how'),
    ),
    keyboard: [
      ...rows.map((row) => [button(lineLabel(scene, row), { type: 'case.opened', id: row.id })]),
      ...(arrows.length > 0 ? [arrows] : []),
      others.map((other) =>
        button(t(`paymentReview.open.${other}`), { type: 'desk.opened', list: other }),
      ),
      backRow(scene),
    ],
  }
}

const when = ({ t, language }: Scene, at: number): string =>
  t('paymentReview.when', { when: momentText(at, language) })

function paymentLines(scene: Scene, card: PaymentCard): (string | false)[] {
  const { t, language } = scene
  const rub = (kopecks: number) => formatRub(kopecks, language)
  const { state, asked, debtKopecks, debtPaidKopecks, ownKopecks, bonusKopecks } = card
  const isBack = state !== 'credited'
  return [
    t('paymentReview.payment'),
    '',
    t('paymentReview.who', { user: card.userId }),
    t('paymentReview.amount', { amount: amountOf(scene, card) }),
    when(scene, card.at),
    `${ICONS[state] ?? ''} ${t(`paymentReview.state.${state}`)}`,
    asked !== null && t(`paymentReview.asked.${asked}`),
    debtKopecks > 0 &&
      t('paymentReview.debt', { debt: rub(debtKopecks), paid: rub(debtPaidKopecks) }),
    t('paymentReview.charge', { charge: card.id }),
    '',
    !isBack && t('paymentReview.own', { own: rub(ownKopecks), bonus: rub(bonusKopecks) }),
    !isBack && refundForecast(scene, card),
  ]
}

const missingOf = ({ kopecks, ownKopecks }: PaymentCard): number =>
  Math.max(0, kopecks - ownKopecks)

/** What a refund would do, or why there can be none. */
function refundForecast({ t, language }: Scene, card: PaymentCard): string {
  const missing = missingOf(card)
  if (missing > 0) return t('paymentReview.missing', { missing: formatRub(missing, language) })
  return t('paymentReview.forecast', {
    stars: card.stars,
    amount: formatRub(card.kopecks, language),
  })
}

function receiptLines(scene: Scene, card: ReceiptCard): (string | false)[] {
  const { t, language } = scene
  const { sameAs } = card
  return [
    t('paymentReview.transfer', { amount: formatRub(card.kopecks, language) }),
    '',
    t('paymentReview.who', { user: card.userId }),
    t('topup.number', { number: shortId(card.id) }),
    when(scene, card.at),
    !isTopup(card.state, 'reviewable') && t('paymentReview.reviewed'),
    '',
    sameAs.length > 0 &&
      t('paymentReview.same', { numbers: sameAs.slice(0, 5).map(shortId).join(', ') }),
    t(card.isShown ? 'paymentReview.receipt' : 'paymentReview.noReceipt'),
  ]
}

/** What can be done with a case. */
function intentsFor({ card }: PaymentReview): ReviewIntent[] {
  if (card === null || card === 'gone') return []
  if ('receipt' in card)
    return isTopup(card.receipt.state, 'reviewable') ? ['approve', 'reject'] : []
  const { payment } = card
  return [
    ...(payment.state === 'credited' && missingOf(payment) === 0 ? (['refund'] as const) : []),
    ...(payment.asked === 'open' ? (['decline'] as const) : []),
  ]
}

function caseLines(scene: Scene, { card }: PaymentReview): (string | false)[] {
  if (card === null || card === 'gone') return [scene.t('paymentReview.gone')]
  return 'payment' in card ? paymentLines(scene, card.payment) : receiptLines(scene, card.receipt)
}

/** One payment or bank transfer. */
export function caseScreen(scene: Scene): Screen | null {
  const review = reviewOf(scene)
  if (review.card === null) return waitScreen(scene)
  const intents = intentsFor(review).map((intent) => [
    button(scene.t(`paymentReview.intent.${intent}`), { type: 'case.intended', intent }),
  ])
  return { text: lines(...caseLines(scene, review)), keyboard: [...intents, backRow(scene)] }
}

export const explainScreen = (scene: Scene): Screen => ({
  text: scene.t(
    reviewOf(scene).intent === 'decline' ? 'paymentReview.whyDecline' : 'paymentReview.whyRefund',
  ),
  keyboard: [backRow(scene)],
})

/** What is about to be done. */
export function agreeScreen(scene: Scene): Screen {
  const { t } = scene
  const review = reviewOf(scene)
  const { intent, reason } = review
  return {
    text: lines(
      t(`paymentReview.sure.${intent ?? 'refund'}`),
      '',
      ...caseLines(scene, review),
      '',
      reason !== null && t('paymentReview.reason', { reason: escapeHtml(reason) }),
    ),
    keyboard: [[button(t('paymentReview.agree'), { type: 'case.agreed' })], backRow(scene)],
  }
}
