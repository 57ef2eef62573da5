import { formatRub } from '../../pricing.ts'
import { type Language, translator } from '../../texts/translate.ts'
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
      return t('topup.credited', { amount: rub(event.kopecks) })
    case 'topup.refunded':
      return lines(
        t('topup.refunded', { stars: event.stars, amount: rub(event.kopecks - event.debtKopecks) }),
        event.debtKopecks > 0 && t('topup.debt', { amount: rub(event.debtKopecks) }),
      )
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
