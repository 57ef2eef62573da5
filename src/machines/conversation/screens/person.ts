import { formatRub } from '../../catalogue/pricing.ts'
import { titleById } from '../../labels/models.ts'
import { escapeHtml } from '../../texts/translate.ts'
import {
  INTENT_RIGHTS,
  type PersonCard,
  type PersonIntent,
  type PersonOrderLine,
} from '../admin/person.ts'
import { mayDo } from '../admin/roles.ts'
import { deskOf } from '../changes/person.ts'
import { reasonText, waitScreen } from './run.ts'
import { type Button, backRow, button, lines, rows, type Scene, type Screen } from './screen.ts'
import { clockText, momentText } from './time.ts'

export const personAskScreen = (scene: Scene): Screen => ({
  text: scene.t('person.ask'),
  keyboard: [backRow(scene)],
})

const ICONS = { done: '✅', failed: '❌', running: '⏳' } as const

function orderLine({ language }: Scene, order: PersonOrderLine): string {
  const what = titleById(order.modelId, language)
  const price = order.priceKopecks > 0 ? ` · ${formatRub(order.priceKopecks, language)}` : ''
  const back = order.isRefunded ? ' ↩️' : ''
  const why = order.error === null ? '' : ` · ${reasonText(order.error, language)}`
  const when = momentText(order.at, language)
  return `${ICONS[order.status]} ${when} · ${escapeHtml(`${what}${price}${why}${back}`)}`
}

function cardLines(scene: Scene, card: PersonCard): (string | false)[] {
  const { t, language } = scene
  const rub = (kopecks: number) => formatRub(kopecks, language)
  return [
    t('person.title', { user: card.userId, name: escapeHtml(card.firstName ?? '—') }),
    card.username !== null && `@${escapeHtml(card.username)}`,
    t('person.since', { when: momentText(card.since, language), language: card.language }),
    card.isBlocking && t('person.blocking'),
    card.bannedWords !== null && t('person.banned', { words: escapeHtml(card.bannedWords) }),
    card.jobsPerHour !== null && t('person.limited', { count: card.jobsPerHour }),
    '',
    t('person.balance', {
      own: rub(card.availableKopecks),
      bonus: rub(card.bonusKopecks),
      held: rub(card.heldKopecks),
    }),
    t('person.paid', { paid: rub(card.paidKopecks), back: rub(card.refundedKopecks) }),
    t('person.orders', { delivered: card.delivered, failed: card.failed }),
    t('person.invites', { invited: card.invited, earned: card.earned }),
    card.invitedBy !== null && t('person.invitedBy', { user: card.invitedBy }),
    card.orders.length > 0 && '',
    ...card.orders.map((order) => orderLine(scene, order)),
  ]
}

function intentsFor(card: PersonCard): PersonIntent[] {
  const all: PersonIntent[] = [
    card.bannedWords === null ? 'ban' : 'unban',
    'limit',
    'adjust',
    'export',
    'erase',
  ]
  return all.filter((intent) => mayDo(card.role, INTENT_RIGHTS[intent]))
}

/** A button for each order that can be given back or sent again. */
function orderRows({ t, language }: Scene, { orders, role }: PersonCard): Button[][] {
  return orders.flatMap(({ id, status, priceKopecks, isRefunded, at, can }) => {
    const when = clockText(at, language)
    const intend = (intent: PersonIntent, label: string) =>
      mayDo(role, INTENT_RIGHTS[intent])
        ? [button(label, { type: 'person.intended' as const, intent, orderId: id })]
        : []
    if (status !== 'done') {
      const row = (can ?? []).flatMap((intent) =>
        intend(intent, t(`person.again.${intent}`, { when })),
      )
      return row.length > 0 ? [row] : []
    }
    const refund = { amount: formatRub(priceKopecks, language), when }
    const row = [
      ...(priceKopecks > 0 && !isRefunded ? intend('refund', t('person.refund', refund)) : []),
      ...intend('redeliver', t('person.redeliver', { when })),
    ]
    return row.length > 0 ? [row] : []
  })
}

/** One user with what can be done. */
export function personScreen(scene: Scene): Screen | null {
  const { t, context } = scene
  const { card } = deskOf(context)
  if (card === null) return waitScreen(scene)
  if (card === 'gone') return { text: t('person.gone'), keyboard: [backRow(scene)] }
  const buttons = intentsFor(card).map((intent) =>
    button(t(`person.intent.${intent}`), { type: 'person.intended', intent }),
  )
  return {
    text: lines(...cardLines(scene, card)),
    keyboard: [...rows(buttons, 2), ...orderRows(scene, card), backRow(scene)],
  }
}

export const personExplainScreen = (scene: Scene): Screen => ({
  text: scene.t(`person.how.${deskOf(scene.context).intent ?? 'ban'}`),
  keyboard: [backRow(scene)],
})

/** What is about to be done. */
export function personAgreeScreen(scene: Scene): Screen {
  const { t, context } = scene
  const { card, intent, words } = deskOf(context)
  const user = card === null || card === 'gone' ? '' : card.userId
  return {
    text: lines(
      t(`person.sure.${intent ?? 'ban'}`, { user }),
      '',
      t('person.words', { words: escapeHtml(words ?? '') }),
    ),
    keyboard: [[button(t('person.agree'), { type: 'person.agreed' })], backRow(scene)],
  }
}
