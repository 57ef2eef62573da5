import { formatRub } from '../../catalogue/pricing.ts'
import { titleById } from '../../labels/models.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { REVIEW_LISTS } from '../admin/payment-review.ts'
import { mayDo } from '../admin/roles.ts'
import type { FailureLine, MoneyFacts, OverviewFacts, PromoLine } from '../events.ts'
import { reasonText, waitScreen } from './run.ts'
import {
  type Button,
  backRow,
  button,
  lines,
  menuRow,
  rows,
  type Scene,
  type Screen,
} from './screen.ts'
import { clockText, momentText } from './time.ts'

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
      money?.today === undefined
        ? t('admin.money', {
            paid: rub(overview.paidKopecks),
            sales: rub(overview.salesKopecks),
            costs: rub(overview.costKopecks),
          })
        : moneyText(scene, t('admin.today'), money.today),
      money !== undefined && moneyText(scene, t('admin.days', { days: 7 }), money.week),
      money !== undefined && moneyText(scene, t('admin.days', { days: 30 }), money.month),
      credits === null ? t('admin.noCredits') : t('admin.credits', { credits }),
      credits !== null && runwayText(scene, credits, runwayHours),
      sellingLine(scene, overview),
      troubles.length === 0
        ? t('admin.clean')
        : t('admin.troubles', { troubles: troubles.join(', ') }),
      ...healthLines(scene, overview),
      '',
      ...moneyLines(scene, overview),
    ),
    keyboard: [
      [button(t('jobs.refresh'), { type: 'admin.opened' })],
      [
        button(t('person.open'), { type: 'person.opened' }),
        button(t('shelf.open'), { type: 'shelf.opened' }),
        button(t('failures.open'), { type: 'failures.opened' }),
      ],
      [
        button(t('templateDesk.open'), { type: 'admin.templates.opened' }),
        button(t('orphans.open'), { type: 'orphans.opened', kind: null }),
      ],
      ...(mayDo(overview.role ?? 'owner', 'mail')
        ? [[button(t('broadcast.open'), { type: 'broadcasts.opened' as const })]]
        : []),
      ...(mayDo(overview.role ?? 'owner', 'money') ? moneyRows(scene) : []),
      menuRow(scene),
    ],
  }
}

const DAY_HOURS = 24
const YEAR_HOURS = 365 * DAY_HOURS

/** How long the provider's account lasts, in words that one can plan with. */
function runwayText({ t }: Scene, credits: number, hours: number | null | undefined) {
  if (credits <= 0) return t('admin.runway.empty')
  // Nothing was used of late.
  if (typeof hours !== 'number') return null
  if (hours > YEAR_HOURS) return t('admin.runway.long')
  if (hours >= 2 * DAY_HOURS)
    return t('admin.runway.days', { count: Math.floor(hours / DAY_HOURS) })
  if (hours >= 1) return t('admin.runway.hours', { count: hours })
  return t('admin.runway.hour')
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

/** Money in one line: what came, went back, was sold, cost, and what is left of that. */
function moneyText({ t, language }: Scene, when: string, facts: MoneyFacts): string {
  const rub = (kopecks: number) => formatRub(kopecks, language)
  const { paidKopecks, refundedKopecks, salesKopecks, costKopecks } = facts
  return t('admin.period', {
    ...{ when, paid: rub(paidKopecks), back: rub(refundedKopecks), sales: rub(salesKopecks) },
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
          when: momentText(stars.at, language),
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

/** How the bot itself does. */
function healthLines({ t }: Scene, { health }: OverviewFacts): (string | false)[] {
  if (health === undefined) return []
  const { instances, waiting, oldestSeconds, deadLetters } = health
  return [
    waiting === 0
      ? t('health.good', { instances })
      : t('health.late', { instances, waiting, seconds: oldestSeconds }),
    deadLetters > 0 && t('health.letters', { count: deadLetters }),
  ]
}

function promoLine({ t, language }: Scene, promo: PromoLine): string {
  const { code, kopecks, free, used, limit, expiresAt, isOver } = promo
  const what = kopecks > 0 ? formatRub(kopecks, language) : t('promos.free', { count: free })
  const until =
    expiresAt === null ? '' : ` · ${t('promos.until', { when: momentText(expiresAt, language) })}`
  const state = isOver ? '⚪' : '🟢'
  return `${state} <code>${escapeHtml(code)}</code> · ${what} · ${t('promos.used', { used, limit })}${until}`
}

/** The codes there are, and how to make another. */
export function adminPromoScreen(scene: Scene): Screen {
  const { t, context } = scene
  const { promos = [] } = context.account ?? {}
  const open = promos.filter(({ isOver }) => !isOver)
  return {
    text: lines(
      t('admin.promoHow'),
      '',
      promos.length > 0 && t('promos.title'),
      ...promos.map((promo) => promoLine(scene, promo)),
    ),
    keyboard: [
      ...rows(
        open.map(({ code }) =>
          button(t('promos.end', { code }), { type: 'admin.promo.ended', code }),
        ),
        2,
      ),
      backRow(scene),
    ],
  }
}

function failureLine({ language }: Scene, { modelId, error, at }: FailureLine): string {
  const title = titleById(modelId, language)
  const why = error === null ? '' : ` · ${reasonText(error, language)}`
  return `${momentText(at, language)} · ${escapeHtml(`${title}${why}`)}`
}

/** What has failed: a button for each leads to its user, and to what can be done. */
export function failuresScreen(scene: Scene): Screen | null {
  const { t, language, context } = scene
  const { page = 0, more = false, rows: found } = context.account?.failures ?? {}
  if (found === undefined) return waitScreen(scene)
  const turn = (label: 'nav.previous' | 'nav.next', to: number) =>
    button(t(label), { type: 'page.turned' as const, page: to })
  const arrows = [
    ...(page > 0 ? [turn('nav.previous', page - 1)] : []),
    ...(more ? [turn('nav.next', page + 1)] : []),
  ]
  return {
    text: lines(
      t('failures.title'),
      found.length > 0 && t('failures.intro'),
      '',
      ...found.map((row) => failureLine(scene, row)),
      found.length === 0 && t('failures.none'),
      found.length > 0 && '',
      found.length > 0 && t('failures.how'),
    ),
    keyboard: [
      ...found.map(({ id, userId, modelId, at }, i) => {
        const title = titleById(modelId, language)
        const label = `${page * found.length + i + 1} · ${clockText(at, language)} · ${userId} · ${title}`
        return [button(label, { type: 'person.named', userId, orderId: id })]
      }),
      ...(arrows.length > 0 ? [arrows] : []),
      backRow(scene),
    ],
  }
}

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
