import { formatRub } from '../../catalogue/pricing.ts'
import { escapeHtml } from '../../texts/translate.ts'
import {
  DESK_LISTS,
  type Desk,
  type DeskIntent,
  type DeskLine,
  emptyDesk,
  type PaymentCard,
  type ReceiptCard,
} from '../admin/payment-review.ts'
import { waitScreen } from './run.ts'
import { type Button, backRow, button, lines, type Scene, type Screen } from './screen.ts'
import { moscowTime } from './time.ts'
import { shortId } from './topup.ts'

const deskOf = ({ context }: Scene): Desk => context.account?.desk ?? emptyDesk('payments')

const ICONS: Record<string, string> = { credited: '✅', refunding: '⏳', refunded: '↩️' }

/** Stars and roubles, or roubles alone. */
function amountOf({ language }: Scene, { kopecks, stars }: DeskLine): string {
  const roubles = formatRub(kopecks, language)
  return stars > 0 ? `⭐ ${stars} · ${roubles}` : roubles
}

function lineLabel(scene: Scene, line: DeskLine): string {
  const { date, time } = moscowTime(line.at)
  const icon = ICONS[line.state] ?? '🧾'
  return `${icon} ${amountOf(scene, line)} · ${line.userId} · ${date} ${time}`
}

/** Payments, wishes or bank transfers, some at a time. */
export function casesScreen(scene: Scene): Screen | null {
  const { t } = scene
  const { list, find, page, rows, more } = deskOf(scene)
  if (rows === null) return waitScreen(scene)
  const turn = (label: 'nav.previous' | 'nav.next', to: number): Button =>
    button(t(label), { type: 'page.turned', page: to })
  const arrows = [
    ...(page > 0 ? [turn('nav.previous', page - 1)] : []),
    ...(more ? [turn('nav.next', page + 1)] : []),
  ]
  const others = DESK_LISTS.filter((other) => other !== list || find !== null)
  return {
    text: lines(
      t(`desk.title.${list}`),
      find !== null && t('desk.found', { find }),
      '',
      rows.length === 0 && t('desk.none'),
      list === 'payments' && t('desk.how'),
    ),
    keyboard: [
      ...rows.map((row) => [button(lineLabel(scene, row), { type: 'case.opened', id: row.id })]),
      ...(arrows.length > 0 ? [arrows] : []),
      others.map((other) => button(t(`desk.open.${other}`), { type: 'desk.opened', list: other })),
      backRow(scene),
    ],
  }
}

const when = ({ t }: Scene, at: number): string => t('desk.when', moscowTime(at))

function paymentLines(scene: Scene, card: PaymentCard): (string | false)[] {
  const { t, language } = scene
  const rub = (kopecks: number) => formatRub(kopecks, language)
  const { state, asked, debtKopecks, debtPaidKopecks, ownKopecks, bonusKopecks } = card
  const isBack = state !== 'credited'
  return [
    t('desk.payment'),
    '',
    t('desk.who', { user: card.userId }),
    t('desk.amount', { amount: amountOf(scene, card) }),
    when(scene, card.at),
    `${ICONS[state] ?? ''} ${t(`desk.state.${state}`)}`,
    asked !== null && t(`desk.asked.${asked}`),
    debtKopecks > 0 && t('desk.debt', { debt: rub(debtKopecks), paid: rub(debtPaidKopecks) }),
    t('desk.charge', { charge: card.id }),
    '',
    !isBack && t('desk.own', { own: rub(ownKopecks), bonus: rub(bonusKopecks) }),
    !isBack && refundForecast(scene, card),
  ]
}

const missingOf = ({ kopecks, ownKopecks }: PaymentCard): number =>
  Math.max(0, kopecks - ownKopecks)

/** What a refund would do, or why there can be none. */
function refundForecast({ t, language }: Scene, card: PaymentCard): string {
  const missing = missingOf(card)
  if (missing > 0) return t('desk.missing', { missing: formatRub(missing, language) })
  return t('desk.forecast', { stars: card.stars, amount: formatRub(card.kopecks, language) })
}

function receiptLines(scene: Scene, card: ReceiptCard): (string | false)[] {
  const { t, language } = scene
  const { sameAs } = card
  return [
    t('desk.transfer', { amount: formatRub(card.kopecks, language) }),
    '',
    t('desk.who', { user: card.userId }),
    t('topup.number', { number: shortId(card.id) }),
    when(scene, card.at),
    card.state !== 'reviewing' && t('desk.reviewed'),
    '',
    sameAs.length > 0 && t('desk.same', { numbers: sameAs.slice(0, 5).map(shortId).join(', ') }),
    t(card.isShown ? 'desk.receipt' : 'desk.noReceipt'),
  ]
}

/** What can be done with a case. */
function intentsFor({ card }: Desk): DeskIntent[] {
  if (card === null || card === 'gone') return []
  if ('receipt' in card) return card.receipt.state === 'reviewing' ? ['approve', 'reject'] : []
  const { payment } = card
  return [
    ...(payment.state === 'credited' && missingOf(payment) === 0 ? (['refund'] as const) : []),
    ...(payment.asked === 'open' ? (['decline'] as const) : []),
  ]
}

function caseLines(scene: Scene, { card }: Desk): (string | false)[] {
  if (card === null || card === 'gone') return [scene.t('desk.gone')]
  return 'payment' in card ? paymentLines(scene, card.payment) : receiptLines(scene, card.receipt)
}

/** One payment or bank transfer. */
export function caseScreen(scene: Scene): Screen | null {
  const desk = deskOf(scene)
  if (desk.card === null) return waitScreen(scene)
  const intents = intentsFor(desk).map((intent) => [
    button(scene.t(`desk.intent.${intent}`), { type: 'case.intended', intent }),
  ])
  return { text: lines(...caseLines(scene, desk)), keyboard: [...intents, backRow(scene)] }
}

export const explainScreen = (scene: Scene): Screen => ({
  text: scene.t(deskOf(scene).intent === 'decline' ? 'desk.whyDecline' : 'desk.whyRefund'),
  keyboard: [backRow(scene)],
})

/** What is about to be done. */
export function agreeScreen(scene: Scene): Screen {
  const { t } = scene
  const desk = deskOf(scene)
  const { intent, reason } = desk
  return {
    text: lines(
      t(`desk.sure.${intent ?? 'refund'}`),
      '',
      ...caseLines(scene, desk),
      '',
      reason !== null && t('desk.reason', { reason: escapeHtml(reason) }),
    ),
    keyboard: [[button(t('desk.agree'), { type: 'case.agreed' })], backRow(scene)],
  }
}
