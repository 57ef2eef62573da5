import { formatRub } from '../catalogue/pricing.ts'
import { escapeHtml, type Language, type Translate, translator } from '../texts/translate.ts'
import { OUTCOME_HINTS } from './changes/payment-review.ts'
import type { StampedConversationEvent } from './events.ts'
import { broadcastLines } from './screens/broadcast.ts'
import { adjustedText, giftText } from './screens/gifts.ts'
import { failureText, refundText } from './screens/run.ts'
import { lines } from './screens/screen.ts'
import { failedTopupText } from './screens/topup.ts'

type EventType = StampedConversationEvent['type']
type EventOf<T extends EventType> = Extract<StampedConversationEvent, { type: T }>

interface Words {
  t: Translate
  language: Language
  rub: (kopecks: number) => string
}

/** A message of its own about one kind of event, for users whose screen shows something else. */
interface Notice {
  about: EventType
  text: (event: StampedConversationEvent, words: Words) => string
}

const notice = <T extends EventType>(
  about: T,
  text: (event: EventOf<T>, words: Words) => string,
): Notice => ({ about, text: text as Notice['text'] })

const NOTICES = {
  jobRefused: notice('job.refused', ({ reason }, { t }) =>
    lines(t('notice.refused'), t(`preview.refused.${reason}`)),
  ),
  jobFailed: notice('job.failed', ({ modelId, error, refundKopecks }, { language }) =>
    failureText({ modelId, error, priceKopecks: refundKopecks }, language),
  ),
  cancelRefused: notice('cancel.refused', (_event, { t }) => t('hint.tooLate')),
  jobRefunded: notice('job.refunded', (event, { language }) => refundText(event, language)),
  welcome: notice('welcome.given', (event, { language }) => giftText(event, language)),
  friendJoined: notice('invite.accepted', ({ free }, { t }) => t('invite.accepted', { free })),
  freeAgain: notice('reminder.due', (_event, { t }) => t('free.again')),
  balanceAdjusted: notice('balance.adjusted', (event, { language }) =>
    adjustedText(event, language),
  ),
  topupCredited: notice('topup.credited', ({ kopecks, collectedKopecks = 0 }, { t, rub }) =>
    lines(
      t('topup.credited', { amount: rub(kopecks) }),
      collectedKopecks > 0 && t('topup.collected', { amount: rub(collectedKopecks) }),
    ),
  ),
  topupFailed: notice('topup.failed', ({ kopecks, reason }, { language }) =>
    failedTopupText(reason, { kopecks, language }),
  ),
  topupRefunded: notice('topup.refunded', ({ stars, kopecks, debtKopecks, reason }, { t, rub }) =>
    lines(
      t('topup.refunded', { stars, amount: rub(kopecks - debtKopecks) }),
      reason != null && t('topup.reason', { reason: escapeHtml(reason) }),
      debtKopecks > 0 && t('topup.debt', { amount: rub(debtKopecks) }),
    ),
  ),
  refundUndone: notice('refund.undone', ({ stars, kopecks }, { t, rub }) =>
    t('topup.undone', { stars, amount: rub(kopecks) }),
  ),
  refundDeclined: notice('refund.declined', ({ stars, kopecks, reason }, { t, rub }) =>
    t('topup.declined', { stars, amount: rub(kopecks), reason: escapeHtml(reason) }),
  ),
  refundAnswered: notice('refund.answered', ({ answer, missingKopecks }, { t, rub }) =>
    t(`paysupport.answer.${answer}`, { missing: rub(missingKopecks) }),
  ),
  refundDecided: notice('desk.decided', ({ outcome }, { t }) =>
    t(`hint.${OUTCOME_HINTS[outcome]}`),
  ),
  broadcastOver: notice('broadcast.changed', ({ card }, { t }) =>
    lines(...broadcastLines({ t }, card)),
  ),
  transferDecided: notice('admin.reviewed', ({ decision }, { t }) =>
    t(`hint.${OUTCOME_HINTS[decision]}`),
  ),
} satisfies Record<string, Notice>

/** A notice that a transition may name; an unknown name does not compile. */
export type NoticeName = keyof typeof NOTICES

/** The params of the action `telegram.notice` in the chart. */
export interface NoticeParams {
  text: NoticeName
}

/** The action that notifies the user in a message of its own: the chart says of what. */
export const notify = (text: NoticeName) => ({ type: 'telegram.notice', params: { text } }) as const

/** The kind of event that a notice is about. */
export const subjectOf = (name: NoticeName): EventType => NOTICES[name].about

/** A notice in words; throws when the transition that names it belongs to another kind of event. */
export function noticeText(
  name: NoticeName,
  event: StampedConversationEvent,
  language: Language,
): string {
  const { about, text }: Notice = NOTICES[name]
  if (event.type !== about) throw new Error(`${name} is about ${about}, not about ${event.type}`)
  const rub = (kopecks: number) => formatRub(kopecks, language)
  return text(event, { t: translator(language), language, rub })
}
