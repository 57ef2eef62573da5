import type { NewsTap } from '../broadcast/news-taps.ts'
import type { MediaFile } from '../catalogue/media.ts'
import type { Tier } from '../catalogue/picks.ts'
import type { Language } from '../texts/translate.ts'
import type { BroadcastNews, BroadcastTap } from './admin/broadcast.ts'
import type { LetterKind, StuckDesk } from './admin/orphans.ts'
import type { ReviewNews, ReviewTap } from './admin/payment-review.ts'
import type { PersonNews, PersonTap } from './admin/person.ts'
import type { Role } from './admin/roles.ts'
import type { ShelfNews, ShelfTap } from './admin/shelf.ts'
import type { PrivacyNews, PrivacyTap } from './privacy.ts'
import type { ResultNews, ResultTap } from './results/events.ts'
import type { MessageTap } from './results/message-taps.ts'
import type { SupportNews, SupportTap } from './support.ts'
import type { TemplateNews, TemplateTap } from './templates/events.ts'
import type { WhatsNewTap } from './whats-new.ts'
import type { Improvement } from './wish/improvement.ts'

/** Why a started job was turned down before it existed. */
export type Refusal =
  | 'money'
  | 'free'
  | 'busy'
  | 'price-changed'
  | 'not-sold'
  | 'paused'
  /** Only this model is. */
  | 'model-paused'
  /** More than the provider's account holds just now; cheaper orders go on. */
  | 'too-dear-now'
  | 'incomplete'
  | 'unpriced'

/** Why a file or link that was probed can't be taken: wrong content, damaged, too big, or not there. */
export type MediaRefusal =
  | 'media.unusable'
  | 'media.damaged'
  | 'media.too-large'
  | 'media.unavailable'

export interface QuoteFacts {
  priceKopecks: number
  credits: number
  /** What can be spent: own money and bonus credit. */
  availableKopecks: number
  /**
   * Of a free model: what is left of free ones; null for whoever has no limits. With a price beside it,
   * none is now, and this is what it costs at once.
   */
  free?: FreeFacts | null
}

/** What a user who waits may know. */
export interface Wait {
  /** How long such orders took; null: too few to say. */
  usual: { medianMs: number; p90Ms: number } | null
  /** Place in our own queue, from 1; null: it is not in it. */
  place: number | null
  /** The provider has not been asked: it can be cancelled. */
  canCancel: boolean
}

/** How many generations are free to a user just now. */
export interface FreeFacts {
  today: number
  limit: number
  bonus: number
  /** When the next one is, Unix ms; null: now. */
  nextAt: number | null
  /** Why none is now: the user's hour or day, or what there is for everybody today. */
  reason?: 'hour' | 'day' | 'budget'
}

export interface BalanceFacts {
  availableKopecks: number
  bonusKopecks: number
  heldKopecks: number
  /** Bank transfers that wait for an admin. */
  waiting?: { kopecks: number; at: number }[]
  free: FreeFacts | null
}

/** One ledger entry of the user. */
export interface EntryFacts {
  kind: string
  kopecks: number
  at: number
  modelId: string | null
  reason: string | null
}

export interface InviteFacts {
  invited: number
  earned: number
  left: number
  /** What each invitation brings to both sides. */
  each: number
  /** What the friend has to do for it; absent: come. */
  after?: 'start' | 'order'
}

/** What admins see first. */
export interface OverviewFacts {
  users: number
  newUsers: number
  delivered: number
  failed: number
  running: number
  freeUsed: number
  salesKopecks: number
  costKopecks: number
  paidKopecks: number
  /** What is left at the provider; null: it did not say. */
  credits: number | null
  /** Why nothing is sold just now. */
  paused: string | null
  /** During a pause, orders of so many credits are still taken; null: none. */
  leftCredits?: number | null
  /** How long the credits last at the use of late; null: nobody knows. */
  runwayHours?: number | null
  troubles: string[]
  /** How many users wait for an answer: to get a payment back, to have a transfer reviewed. */
  requests: number
  receipts: number
  /** What users owe for Stars that went back after they were spent. */
  owedKopecks: number
  /** The last comparison with Telegram's list of Stars; null: there was none yet. */
  stars: StarFacts | null
  /** Invitations that look like accounts made for the bonus. */
  farmed?: { userId: number; invited: number; earned: number }[]
  /** The last 7 and 30 days. */
  money?: { today?: MoneyFacts; week: MoneyFacts; month: MoneyFacts }
  /** What is there to worry about besides money. */
  health?: HealthFacts
  /** Of who looks; absent: the owner. */
  role?: Role
}

/** Processes, what waits for too long, and what nobody has looked after. */
export interface HealthFacts {
  instances: number
  waiting: number
  oldestSeconds: number
  deadLetters: number
}

/** A promo code with its use; times in Unix ms. */
export interface PromoFacts {
  code: string
  kopecks: number
  free: number
  used: number
  limit: number
  expiresAt: number | null
}

/** A promo code as it stood when it was read. */
export interface PromoLine extends PromoFacts {
  isOver: boolean
}

/** An order that failed. */
export interface FailureLine {
  id: string
  userId: number
  modelId: string
  error: string | null
  at: number
}

/** What came in and went out in some days. */
export interface MoneyFacts {
  paidKopecks: number
  refundedKopecks: number
  salesKopecks: number
  costKopecks: number
}

/** What a comparison with Telegram's list found; times in Unix ms. */
export interface StarFacts {
  at: number
  seen: number
  /** Payments and refunds that no update reported; they are booked now. */
  payments: number
  refunds: number
  /** Ours, but not in the list: a person must check. */
  unexplained: number
}

export type PromoRefusal = 'unknown' | 'expired' | 'usedUp' | 'yours'
export type AdminRefusal = 'promoExists' | 'noUser' | 'poor'

/** What a button stands for. It reaches the machine only if it stands on the current screen. */
export type ButtonEvent =
  | { type: 'menu.pressed' }
  | ResultTap
  | ReviewTap
  /** One of the wishes, for what was given already or is to come. */
  | { type: 'wish.opened'; task: string }
  /** A ready wish. */
  | { type: 'idea.chosen'; idea: string }
  /** An order by one tap, at the price on its button. */
  | { type: 'pick.confirmed'; task: string; tier: Tier; kopecks: number }
  /** The same with all its questions. */
  | { type: 'pick.adjusted'; task: string; tier: Tier }
  /** A chat model is to find better words. */
  | { type: 'words.asked'; how: Improvement }
  | { type: 'words.restored' }
  | { type: 'otherwise.opened' }
  | { type: 'models.opened' }
  | { type: 'models.searched' }
  /** What an order lacks is paid by one invoice, and then it starts. */
  | { type: 'order.paid'; serial: number }
  | PersonTap
  | BroadcastTap
  | ShelfTap
  | PrivacyTap
  | SupportTap
  | WhatsNewTap
  | TemplateTap
  | { type: 'search.opened' }
  | { type: 'back.pressed' }
  | { type: 'cancel.pressed' }
  | { type: 'category.opened'; category: string }
  | { type: 'page.turned'; page: number }
  | { type: 'model.opened'; modelId: string }
  | { type: 'draft.begun' }
  | { type: 'option.chosen'; value: string | number | boolean }
  | { type: 'field.opened'; field: string }
  | { type: 'field.cleared' }
  | { type: 'answer.kept' }
  | { type: 'item.removed' }
  | { type: 'answer.emptied' }
  | { type: 'extras.opened' }
  | { type: 'quote.repeated' }
  | { type: 'order.resumed' }
  | { type: 'run.confirmed'; serial: number }
  | { type: 'repeat.pressed' }
  | { type: 'jobs.opened' }
  | { type: 'job.cancelled'; jobId: string }
  | { type: 'balance.opened' }
  | { type: 'entries.opened' }
  /** Remarks that money or free generations run out, on and off. */
  | { type: 'reminders.wanted' }
  | { type: 'reminders.unwanted' }
  | { type: 'invite.opened' }
  | { type: 'promo.opened' }
  | { type: 'admin.opened' }
  | { type: 'admin.promo.opened' }
  | { type: 'admin.adjust.opened' }
  | { type: 'admin.promo.ended'; code: string }
  | { type: 'failures.opened' }
  /** What is stuck: all of it, or single ones of a kind. */
  | { type: 'orphans.opened'; kind: LetterKind | null }
  /** One of a kind is to be tried again; null: all of them. */
  | { type: 'letters.replayed'; kind: LetterKind; id: number | null }
  /** The provider is to be asked about orders that don't end. */
  | { type: 'orders.asked' }
  | { type: 'person.named'; userId: number; orderId: string }
  | { type: 'admin.csv.wanted' }
  | { type: 'adjust.confirmed' }
  | { type: 'topup.pressed'; way: 'stars' | 'manual'; neededKopecks: number }
  | { type: 'amount.chosen'; kopecks: number }
  | { type: 'refund.pressed'; chargeId: string }
  | { type: 'reminder.wanted' }
  | { type: 'help.opened' }
  | { type: 'language.opened' }
  | { type: 'language.chosen'; language: Language }

/** What a person sends by message. */
export type MessageEvent =
  | { type: 'command.start'; payload: string }
  | { type: 'command.menu' }
  | { type: 'command.models' }
  | { type: 'command.history' }
  | { type: 'command.favourites' }
  | { type: 'command.search'; words: string }
  | { type: 'command.cancel' }
  | { type: 'command.help' }
  | { type: 'command.balance' }
  | { type: 'command.terms' }
  | { type: 'command.paysupport' }
  | { type: 'command.support' }
  | { type: 'command.privacy' }
  | { type: 'command.news' }
  | { type: 'command.export' }
  | { type: 'command.delete_me' }
  | { type: 'command.jobs' }
  | { type: 'command.invite' }
  | { type: 'command.promo'; payload: string }
  /** Only from admins; for others it is an unknown command. */
  | { type: 'command.admin' }
  | { type: 'command.language' }
  | { type: 'command.unknown'; name: string }
  /**
   * `forwardedFrom`: whoever wrote a message that was passed on. `messageId` is told of admins' texts
   * only, which may be copied to others.
   */
  | { type: 'text.received'; text: string; forwardedFrom?: number; messageId?: number }
  /**
   * Files of one album share `groupId` and arrive one by one. `messageId`: where a reaction goes while
   * the file is looked into.
   */
  | {
      type: 'media.received'
      media: MediaFile
      caption?: string
      groupId?: string
      messageId?: number
    }
  | { type: 'unsupported.received'; what: string }

/** What a person does outside of buttons. */
export type UserEvent =
  | MessageEvent
  /** Raw; becomes a ButtonEvent, `tap.late` or `tap.stale` before the machine sees it. */
  | { type: 'button.tapped'; data: string; queryId: string; messageId?: number | null }
  /** A message of before has other words now. */
  | { type: 'message.edited'; text: string }
  /** Meant for the screen that has just gone: a double tap. */
  | { type: 'tap.late' }
  | { type: 'tap.stale' }
  | { type: 'user.blocked' }
  | { type: 'user.unblocked' }

/** A payment in Stars that its payer may ask back. */
export interface PaymentFacts {
  chargeId: string
  stars: number
  kopecks: number
  /** Unix ms. */
  at: number
}

/** A top-up of this user's, or one that they paid for. */
interface TopupNews {
  topupId: string
  way: 'stars' | 'manual'
  kopecks: number
}

/** What became of a refund request. */
export type RefundAnswer = 'asked' | 'before' | 'gone' | 'spent'

/** What the rest of the system reports to the conversation. */
export type SystemEvent =
  /** `serial` repeats that of the request; without it, any waiting order takes the quote. */
  | ({ type: 'quote.ready'; serial?: number } & QuoteFacts)
  | { type: 'quote.refused'; reason: Refusal; serial?: number }
  | { type: 'job.started'; jobId: string; modelId: string }
  | { type: 'job.refused'; jobId: string; reason: Refusal }
  | { type: 'job.progressed'; jobId: string; modelId: string; stage: string | null }
  | { type: 'job.delivered'; jobId: string; modelId: string; priceKopecks: number }
  | { type: 'job.failed'; jobId: string; modelId: string; error: string; refundKopecks: number }
  /** What is known of jobs at work. */
  | { type: 'wait.read'; jobs: ({ jobId: string } & Wait)[] }
  /** It was to be cancelled, but the provider had been asked already. */
  | { type: 'cancel.refused'; jobId: string; modelId: string }
  | ({ type: 'balance.read' } & BalanceFacts)
  | { type: 'free.read'; free: FreeFacts | null }
  /** An operator gave back what a delivered job had cost. */
  | { type: 'job.refunded'; jobId: string; modelId: string; refundKopecks: number }
  | { type: 'entries.read'; page: number; more: boolean; rows: EntryFacts[] }
  | ({ type: 'invite.read' } & InviteFacts)
  /** To a newcomer: what they start with. */
  | { type: 'welcome.given'; kopecks: number; free: number }
  /** To who invited one. */
  | { type: 'invite.accepted'; free: number }
  /** What the user asked to be reminded of: something is free again. */
  | { type: 'reminder.due'; kind: 'free' }
  | { type: 'promo.redeemed'; kopecks: number; free: number }
  | { type: 'promo.refused'; reason: PromoRefusal }
  /** To whose balance an admin put right; negative: less money. */
  | { type: 'balance.adjusted'; kopecks: number; reason: string }
  | ({ type: 'overview.read' } & OverviewFacts)
  | { type: 'promos.read'; promos: PromoFacts[] }
  | ({ type: 'orphans.read' } & Required<StuckDesk>)
  | { type: 'failures.read'; page: number; more: boolean; rows: FailureLine[] }
  | { type: 'admin.done' }
  | { type: 'admin.refused'; reason: AdminRefusal }
  /** A given file or link as it truly is; `serial` repeats that of the request. */
  | { type: 'media.inspected'; serial: number; media: MediaFile }
  | { type: 'media.refused'; serial: number; code: MediaRefusal }
  | { type: 'words.improved'; serial: number; how: Improvement; words: string }
  | { type: 'words.refused'; serial: number; reason: 'over' | 'failed' }
  | ResultNews
  | ReviewNews
  | PersonNews
  | BroadcastNews
  | ShelfNews
  | PrivacyNews
  | SupportNews
  | TemplateNews
  | ({ type: 'topup.opened'; stars: number } & TopupNews)
  /** `collectedKopecks` went to a debt from before. */
  | ({ type: 'topup.credited'; collectedKopecks?: number } & TopupNews)
  | ({
      type: 'topup.refunded'
      stars: number
      debtKopecks: number
      /** Of the admin who gave it back. */
      reason?: string | null
    } & TopupNews)
  /** Telegram would not give the Stars back: the money is on the account again. */
  | ({ type: 'refund.undone'; stars: number } & TopupNews)
  /** An admin declined a refund request, with words to the user. */
  | { type: 'refund.declined'; kopecks: number; stars: number; reason: string }
  | ({ type: 'topup.failed'; reason: 'undelivered' | 'rejected' | 'inReview' } & TopupNews)
  | ({ type: 'topup.reviewing' } & TopupNews)
  | { type: 'payments.read'; payments: PaymentFacts[] }
  | { type: 'refund.answered'; chargeId: string; answer: RefundAnswer; missingKopecks: number }
  /** The machine threw on what the user sent; they read that and see the screen again. */
  | { type: 'engine.hiccup' }

export type ConversationEvent = ButtonEvent | MessageTap | NewsTap | UserEvent | SystemEvent

/** What to answer a tap with, and the message whose button it was, where known. */
export interface Tap {
  queryId: string
  messageId?: number
}

export type StampedConversationEvent = ConversationEvent & { at: number; rnd: string; tap?: Tap }
