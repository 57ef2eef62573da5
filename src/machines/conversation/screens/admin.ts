import { formatRub } from '../../catalogue/pricing.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { REVIEW_LISTS } from '../admin/payment-review.ts'
import { mayDo } from '../admin/roles.ts'
import type { MoneyFacts, OverviewFacts } from '../events.ts'
import { waitScreen } from './run.ts'
import { type Button, backRow, button, lines, menuRow, type Scene, type Screen } from './screen.ts'
import { moscowTime } from './time.ts'

/** How things stand. */
export function overviewScreen(scene: Scene): Screen | null {
  const { t, language, context } = scene
  const overview = context.account?.overview
  if (overview === undefined) return waitScreen(scene)
  const rub = (kopecks: number) => formatRub(kopecks, language)
  const { credits, runwayHours, troubles, money } = overview
  return {
    text: lines(
      t('admin.title'),
      '',
      t('admin.users', { users: overview.users, newUsers: overview.newUsers }),
      t('admin.jobs', {
        delivered: overview.delivered,
        failed: overview.failed,
        running: overview.running,
        free: overview.freeUsed,
      }),
      t('admin.money', {
        paid: rub(overview.paidKopecks),
        sales: rub(overview.salesKopecks),
        costs: rub(overview.costKopecks),
      }),
      money !== undefined && periodLine(scene, 7, money.week),
      money !== undefined && periodLine(scene, 30, money.month),
      credits === null ? t('admin.noCredits') : t('admin.credits', { credits }),
      typeof runwayHours === 'number' && t('admin.runway', { hours: runwayHours }),
      sellingLine(scene, overview),
      troubles.length === 0
        ? t('admin.clean')
        : t('admin.troubles', { troubles: troubles.join(', ') }),
      '',
      ...moneyLines(scene, overview),
    ),
    keyboard: [
      [button(t('jobs.refresh'), { type: 'admin.opened' })],
      [
        button(t('person.open'), { type: 'person.opened' }),
        button(t('shelf.open'), { type: 'shelf.opened' }),
      ],
      [button(t('templateDesk.open'), { type: 'admin.templates.opened' })],
      ...(mayDo(overview.role ?? 'owner', 'mail')
        ? [[button(t('broadcast.open'), { type: 'broadcasts.opened' as const })]]
        : []),
      ...(mayDo(overview.role ?? 'owner', 'money') ? moneyRows(scene) : []),
      menuRow(scene),
    ],
  }
}

/** What touches money: not for everybody here. */
const moneyRows = ({ t }: Scene): Button[][] => [
  [
    button(t('admin.promo'), { type: 'admin.promo.opened' }),
    button(t('admin.adjust'), { type: 'admin.adjust.opened' }),
  ],
  REVIEW_LISTS.map((list) =>
    button(t(`paymentReview.open.${list}`), { type: 'desk.opened', list }),
  ),
  [button(t('admin.csv'), { type: 'admin.csv.wanted' })],
]

/** The money of the last days in one line. */
function periodLine({ t, language }: Scene, days: number, facts: MoneyFacts): string {
  const rub = (kopecks: number) => formatRub(kopecks, language)
  const { paidKopecks, refundedKopecks, salesKopecks, costKopecks } = facts
  return t('admin.period', {
    ...{ days, paid: rub(paidKopecks), back: rub(refundedKopecks), sales: rub(salesKopecks) },
    ...{ costs: rub(costKopecks), margin: rub(salesKopecks - costKopecks) },
  })
}

/** Whether orders are taken: all, those that the account can pay, or none. */
function sellingLine({ t }: Scene, { paused, leftCredits }: OverviewFacts): string {
  if (paused === null) return t('admin.selling')
  return typeof leftCredits === 'number'
    ? t('admin.sellingUpTo', { credits: leftCredits, code: paused })
    : t('admin.paused', { code: paused })
}

/** What waits for an admin, and how the Stars agree with Telegram's list. */
function moneyLines({ t, language }: Scene, facts: OverviewFacts): (string | false)[] {
  const { requests, receipts, owedKopecks, stars, farmed = [] } = facts
  return [
    requests + receipts > 0 && t('paymentReview.waits', { requests, receipts }),
    owedKopecks > 0 && t('paymentReview.owed', { owed: formatRub(owedKopecks, language) }),
    stars === null
      ? t('paymentReview.neverCompared')
      : t('paymentReview.compared', {
          ...moscowTime(stars.at),
          seen: stars.seen,
          payments: stars.payments,
          refunds: stars.refunds,
        }),
    ...farmed.map((one) => t('admin.farmed', one)),
    stars !== null &&
      stars.unexplained > 0 &&
      t('paymentReview.unexplained', { count: stars.unexplained }),
  ]
}

export const adminPromoScreen = (scene: Scene): Screen => ({
  text: scene.t('admin.promoHow'),
  keyboard: [backRow(scene)],
})

export const adminAdjustScreen = (scene: Scene): Screen => ({
  text: scene.t('admin.adjustHow'),
  keyboard: [backRow(scene)],
})

/** What is about to be done, or was. */
function making({ t, language, context }: Scene): string {
  const { making } = context.account ?? {}
  if (making === undefined) return ''
  if ('promo' in making) {
    const { code, limit, days, kopecks, free } = making.promo
    return lines(
      t('admin.promoMade', { code, limit }),
      kopecks > 0 && t('admin.promoMoney', { amount: formatRub(kopecks, language) }),
      free > 0 && t('admin.promoFree', { count: free }),
      days !== null && t('admin.promoDays', { days }),
    )
  }
  if (!('adjust' in making)) return ''
  const { userId, kopecks, reason } = making.adjust
  const amount = `${kopecks > 0 ? '+' : ''}${formatRub(kopecks, language)}`
  return t('admin.adjustMade', { userId, amount, reason: escapeHtml(reason) })
}

export const adjustConfirmScreen = (scene: Scene): Screen => ({
  text: lines(scene.t('admin.sure'), '', making(scene)),
  keyboard: [[button(scene.t('admin.confirm'), { type: 'adjust.confirmed' })], backRow(scene)],
})

export const adminDoneScreen = (scene: Scene): Screen => ({
  text: lines(scene.t('admin.done'), '', making(scene)),
  keyboard: [backRow(scene)],
})
