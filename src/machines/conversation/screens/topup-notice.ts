import { formatRub } from '../../catalogue/pricing.ts'
import { escapeHtml, type Language, translator } from '../../texts/translate.ts'
import { outcomeHint } from '../changes/payment-review.ts'
import type { StampedConversationEvent } from '../events.ts'
import { lines } from './screen.ts'

/** Words about money that came or went while the user looks elsewhere; undefined: about no money. */
export function topupNotice(
  event: StampedConversationEvent,
  language: Language,
): string | undefined {
  const t = translator(language)
  const rub = (kopecks: number) => formatRub(kopecks, language)
  switch (event.type) {
    case 'topup.credited':
      return lines(
        t('topup.credited', { amount: rub(event.kopecks) }),
        (event.collectedKopecks ?? 0) > 0 &&
          t('topup.collected', { amount: rub(event.collectedKopecks ?? 0) }),
      )
    case 'topup.refunded':
      return lines(
        t('topup.refunded', { stars: event.stars, amount: rub(event.kopecks - event.debtKopecks) }),
        event.reason != null && t('topup.reason', { reason: escapeHtml(event.reason) }),
        event.debtKopecks > 0 && t('topup.debt', { amount: rub(event.debtKopecks) }),
      )
    case 'refund.undone':
      return t('topup.undone', { stars: event.stars, amount: rub(event.kopecks) })
    case 'refund.declined':
      return t('topup.declined', {
        stars: event.stars,
        amount: rub(event.kopecks),
        reason: escapeHtml(event.reason),
      })
    case 'desk.decided':
    case 'admin.reviewed':
      return t(`hint.${outcomeHint(event) ?? 'hiccup'}`)
    case 'topup.failed':
      return t(event.reason === 'rejected' ? 'topup.rejected' : 'topup.broken', {
        amount: rub(event.kopecks),
      })
    case 'refund.answered':
      return t(`paysupport.answer.${event.answer}`, { missing: rub(event.missingKopecks) })
    default:
      return undefined
  }
}
