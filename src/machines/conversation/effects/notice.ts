import { translator } from '../../texts/translate.ts'
import type { ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { adjustedText, giftText } from '../screens/gifts.ts'
import { failureText, refundText } from '../screens/run.ts'
import { lines } from '../screens/screen.ts'
import { topupNotice } from '../screens/topup-notice.ts'

/** Words for a job's end that the user is not looking at. */
export function noticeText(
  { language }: ConversationContext,
  event: StampedConversationEvent,
): string {
  const t = translator(language)
  if (event.type === 'job.failed') {
    return failureText({ ...event, priceKopecks: event.refundKopecks }, language)
  }
  if (event.type === 'job.refunded') return refundText(event, language)
  if (event.type === 'welcome.given') return giftText(event, language)
  if (event.type === 'balance.adjusted') return adjustedText(event, language)
  if (event.type === 'invite.accepted') return t('invite.accepted', { free: event.free })
  const money = topupNotice(event, language)
  if (money !== undefined) return money
  if (event.type !== 'job.refused') return t('hint.hiccup')
  return lines(t('notice.refused'), t(`preview.refused.${event.reason}`))
}
