import { adminEffects } from './admin.ts'
import { adminBroadcastEffects } from './admin-broadcast.ts'
import { adminOrphansEffects } from './admin-orphans.ts'
import { adminPersonEffects } from './admin-person.ts'
import { adminShelfEffects } from './admin-shelf.ts'
import { alertEffect } from './alert.ts'
import { answerEffect } from './answer.ts'
import { broadcastEffects } from './broadcast.ts'
import { checkReceiptEffect } from './check-receipt.ts'
import { deliverEffect } from './deliver.ts'
import { entriesEffect } from './entries.ts'
import { giftEffects } from './gifts.ts'
import { historyEffects } from './history.ts'
import { kieCreateEffect } from './kie-create.ts'
import { kiePollEffect } from './kie-poll.ts'
import { kieUploadEffect } from './kie-upload.ts'
import { markResultEffect } from './mark-result.ts'
import { probeEffects } from './media-inspect.ts'
import { newsEffect } from './news.ts'
import { noticeEffect } from './notice.ts'
import { paymentReviewEffects } from './payment-review.ts'
import { privacyEffects } from './privacy.ts'
import { pauseEffect } from './provider-pause.ts'
import { quoteEffects } from './quote.ts'
import { refundRequestEffects } from './refund-requests.ts'
import { refundStarsEffect } from './refund-stars.ts'
import { reminderEffect } from './reminders.ts'
import { renderEffect } from './render.ts'
import { invoiceEffect } from './send-invoice.ts'
import { shareEffects } from './shares.ts'
import { showResultEffects } from './show-result.ts'
import { startJobEffect } from './start-job.ts'
import { startTopupEffects } from './start-topup.ts'
import { supportEffects } from './support.ts'
import { tellEffects } from './tell.ts'
import { templateEffects } from './templates.ts'
import { waitingEffects } from './waiting.ts'
import { wordsEffect } from './words.ts'

/** Every effect that is done after the commit of its step; what is booked within it: `bookings.ts`. */
export const effectTable = [
  answerEffect,
  renderEffect,
  noticeEffect,
  ...quoteEffects,
  ...historyEffects,
  ...templateEffects,
  ...shareEffects,
  ...giftEffects,
  entriesEffect,
  reminderEffect,
  startJobEffect,
  ...waitingEffects,
  ...startTopupEffects,
  ...refundRequestEffects,
  ...tellEffects,
  ...probeEffects,
  wordsEffect,
  kieUploadEffect,
  kieCreateEffect,
  kiePollEffect,
  pauseEffect,
  deliverEffect,
  ...showResultEffects,
  markResultEffect,
  invoiceEffect,
  refundStarsEffect,
  checkReceiptEffect,
  alertEffect,
  ...adminEffects,
  ...adminPersonEffects,
  ...adminShelfEffects,
  ...adminOrphansEffects,
  ...paymentReviewEffects,
  ...broadcastEffects,
  ...adminBroadcastEffects,
  newsEffect,
  ...privacyEffects,
  ...supportEffects,
] as const
