import type { MediaFile, MediaKind } from '../catalogue/media.ts'
import type { Answers } from '../catalogue/payload.ts'
import type { Problem } from '../catalogue/problem.ts'
import { type Language, languageOf } from '../texts/translate.ts'
import type { BroadcastDesk } from './admin/broadcast.ts'
import type { AdjustDraft, PromoDraft } from './admin/input.ts'
import type { StuckDesk } from './admin/orphans.ts'
import type { PaymentReview } from './admin/payment-review.ts'
import type { PersonDesk } from './admin/person.ts'
import type { ShelfDesk } from './admin/shelf.ts'
import type { TemplateDraft } from './admin/template.ts'
import type {
  BalanceFacts,
  EntryFacts,
  FailureLine,
  FreeFacts,
  InviteFacts,
  OverviewFacts,
  PaymentFacts,
  PromoLine,
  QuoteFacts,
  Refusal,
  Wait,
} from './events.ts'
import type { ErasureFacts } from './privacy.ts'
import type { ResultHint, Results } from './results/results.ts'
import type { SupportDesk } from './support.ts'
import type { TemplateInUse, Templates } from './templates/template.ts'
import { WHATS_NEW } from './whats-new.ts'
import type { Improvement } from './wish/improvement.ts'

/** A one-time remark above the screen: what was unexpected and what to do. */
export type Hint = { code: HintCode } | { problem: Problem }

/** A file or link that is being probed before it counts as an answer. */
export interface Inspection {
  /** What its answer is known by; grows with every one. */
  serial: number
  field: string
  media: MediaFile
  expects: MediaKind
  /** The message it came in; absent: a link, or not known. */
  messageId?: number
}

export type HintCode =
  | 'stale'
  | 'cancelled'
  | 'cancelling'
  | 'whichJob'
  | 'tooLate'
  | 'nothingToCancel'
  | 'unknownCommand'
  | 'unknownLink'
  | 'noTemplate'
  | 'wordsOver'
  | 'wordsFailed'
  | 'text'
  | 'noHits'
  | ResultHint
  | 'file'
  | 'unsupported'
  | 'begin'
  | 'gotFile'
  | 'gotWords'
  | 'wordsOnly'
  | 'gotMore'
  | 'enoughFiles'
  | 'lateFile'
  | 'checking'
  | 'waitsWords'
  | 'waitsChoice'
  | 'check'
  | 'pickSetting'
  | 'wait'
  | 'watching'
  | 'starting'
  | 'hiccup'
  | 'promoCode'
  | 'promoUnknown'
  | 'promoExpired'
  | 'promoUsedUp'
  | 'promoYours'
  | 'promoEnough'
  | 'inviteKnown'
  | 'adminPromo'
  | 'adminAdjust'
  | 'adminPromoExists'
  | 'adminTemplate'
  | 'templateSaved'
  | 'templateRefused'
  | 'adminNoUser'
  | 'adminPoor'
  | 'personWords'
  | 'personDone'
  | 'personRefused'
  | 'personRole'
  | 'broadcastAlbum'
  | 'broadcastButtons'
  | 'shelfWords'
  | 'shelfDone'
  | 'shelfRefused'
  | 'shelfCost'
  | 'changeDecided'
  | 'personOpen'
  | 'csvComing'
  | 'exportComing'
  | 'eraseOpen'
  | 'supportSent'
  | 'supportSolved'
  | 'reminderSet'
  | 'edited'
  | 'editedNot'
  // `desk`: the old word for the payment review; the codes stand in stored snapshots.
  | 'deskReason'
  | 'deskRefunding'
  | 'deskSpent'
  | 'deskGone'
  | 'deskDeclined'
  | 'deskApproved'
  | 'deskRejected'
  | 'deskBefore'
  | 'amount'
  | 'waitTopup'
  | 'payInvoice'
  | 'receipt'
  | 'reviewing'

/** From where a question was opened, and so where its Back leads. */
export type Origin = 'order' | 'preview' | 'extras' | 'change'

/** An order in the making. */
export interface Draft {
  modelId: string
  answers: Answers
  /** The field being asked for, or null when all needed ones are there. */
  asking: string | null
  origin: Origin
  page: number
  /** Fields whose answers the last answer made impossible; they are gone. */
  dropped: string[]
  /** Album of the file taken last and where it went: its other files answer nothing else. */
  album: { id: string; field: string } | null
  /** A needed answer that is gathered bit by bit and not yet said to be complete. */
  gathering: string | null
  /** Files to probe, in the order in which they came; the first is being probed. */
  inspections: Inspection[]
  /** What is still to be said when the last of them is through. */
  remark: Hint | null
  /** A message so long that the app may have cut it: more of the same may come. */
  part: Part | null
  /** How many jobs the order becomes when it starts; absent: one. */
  copies?: number
}

/** What is known of a long message: an answer that goes on if taken, else refused with its rest. */
export interface Part {
  field: string
  at: number
  length: number
  isTaken: boolean
}

export interface TrackedJob {
  id: string
  modelId: string
  startedAt: number
  stage: string | null
  /** As last read; absent: not yet. */
  wait?: Wait
}

/** How the job on the screen ended. */
export interface Ending {
  modelId: string
  priceKopecks: number
  error: string | null
  /** From the start to the end, as the user saw it; absent where the start was not seen. */
  tookMs?: number
}

/** What the account screens show, each part as soon as it is read; a part more is no field more. */
export interface Account {
  balance?: BalanceFacts
  /** As last heard; null for whoever has no limits. */
  free?: FreeFacts | null
  /** No remarks that money or free generations run out; absent: they come. */
  isQuiet?: true
  /** Whose link the user came by. */
  invitedBy?: number
  entries?: { page: number; more?: boolean; rows?: EntryFacts[] }
  invite?: InviteFacts
  /** The code being redeemed, and what came of it. */
  promo?: { code: string; kopecks?: number; free?: number }
  /** Codes tried within the hour that began then. */
  tries?: { count: number; since: number }
  overview?: OverviewFacts
  /** Where an admin is with a user. */
  person?: PersonDesk
  /** Promo codes with their use; what has failed, a page of it. For admins. */
  promos?: PromoLine[]
  failures?: { page: number; more?: boolean; rows?: FailureLine[] }
  /** Where an admin is among what is stuck. */
  stuck?: StuckDesk
  /** Where an admin is among the broadcasts. */
  broadcasts?: BroadcastDesk
  /** Whether the user wants news, as far as they have said so by a button. */
  news?: 'on' | 'off'
  /** Where an admin is among the models. */
  shelf?: ShelfDesk
  /** What an admin is about to do, or has just done. */
  making?: { promo: PromoDraft } | { adjust: AdjustDraft } | { template: TemplateDraft }
  /** Where an admin is among the payments. The old name stays: it stands in stored snapshots. */
  desk?: PaymentReview
  topup?: TopupFacts
  /** What an erasure of the user's data would take, and what must end first. */
  erasure?: ErasureFacts
  /** The thread with support. */
  support?: SupportDesk
  /** What was paid lately and could go back. */
  payments?: PaymentFacts[]
}

/** An order that waits for its invoice. */
export interface PaidOrder {
  modelId: string
  answers: Answers
  priceKopecks: number
}

/** The top-up on the screen. */
export interface TopupFacts {
  way: 'stars' | 'manual'
  /** What an order lacks; 0: no order is meant. */
  neededKopecks: number
  id: string | null
  kopecks: number
  stars: number
  /** Begins as soon as this is paid, at the price that was confirmed. */
  order?: PaidOrder
  failure?: 'undelivered' | 'rejected' | 'inReview'
}

/** Where in the catalogue the user is. */
export interface Place {
  category: string | null
  page: number
  modelId: string | null
  /** Words that models were searched by; null: the list is that of a group. */
  search: string | null
  /** Among the templates and shared results; absent: not there. */
  templates?: Templates
}

/** Words and files that came without a question, and what they are for as far as that is known. */
export interface Wish {
  /** What was written or said before a model improved it; absent: nothing was improved. */
  improved?: { how: Improvement; before: string | null; heard?: MediaFile }
  /** A task of the picks that was chosen; null: all that fit are offered. */
  task: string | null
  /** The model whose card was open, or the order that has just ended: offered first. */
  base: { modelId: string; answers: Answers } | null
  /** The template or shared result that it was begun from, as `base` says; absent: none. */
  template?: TemplateInUse
  words: string | null
  files: MediaFile[]
  /** Files that were looked into, by Telegram's id or their address: the sender's word is no fact. */
  looked: string[]
  /** The messages that files came in, by the same name as in `looked`; absent: none is known. */
  messages?: Record<string, number>
  /** Album of the last file: the rest of it belongs to the same wish. */
  album: string | null
  /** When the last part of it came, Unix ms. */
  at: number
}

export const NOWHERE: Place = { category: null, page: 0, modelId: null, search: null }

/** Fewer than 20 fields: from there on V8 copies an object, as every step does, 15 times slower. */
export interface ConversationContext {
  chatId: number
  userId: number
  language: Language
  blocked: boolean
  hint: Hint | null
  /** When the screen before was left; a tap right after that was meant for it. */
  leftAt: number
  place: Place
  draft: Draft | null
  /** Grows with every quote asked for: a confirm button is good for its own quote only. */
  serial: number
  quote: QuoteFacts | null
  refusal: Refusal | null
  /** The job being started or watched, or the one that has just ended. */
  jobId: string | null
  /** Time of the last event about a job, or of the last view of one; elapsed times are up to here. */
  seenAt: number
  tracked: TrackedJob[]
  /** Jobs that have ended: news of their start may come late. */
  ended: string[]
  ending: Ending | null
  account: Account | null
  results: Results | null
  /** What was sent without being asked for: an order to be, as soon as it is said what for. */
  wish: Wish | null
  /** The version whose news the user has been told; null: none yet. See `WHATS_NEW`. */
  newsTold: string | null
}

export interface ConversationInput {
  chatId: number
  userId: number
  languageCode: string | undefined
  /** Whose link the very first message came by. */
  invitedBy?: number | null
}

export const beginConversation = (input: ConversationInput): ConversationContext => ({
  chatId: input.chatId,
  userId: input.userId,
  language: languageOf(input.languageCode),
  blocked: false,
  hint: null,
  leftAt: 0,
  place: NOWHERE,
  draft: null,
  serial: 0,
  quote: null,
  refusal: null,
  jobId: null,
  seenAt: 0,
  tracked: [],
  ended: [],
  ending: null,
  account: input.invitedBy ? { invitedBy: input.invitedBy } : null,
  results: null,
  wish: null,
  // To a newcomer everything is new.
  newsTold: WHATS_NEW,
})

/** How long the job on the screen has been running, as far as is known. */
export const elapsedMs = ({ tracked, jobId, seenAt }: ConversationContext): number => {
  const job = tracked.find((t) => t.id === jobId)
  return job === undefined ? 0 : Math.max(0, seenAt - job.startedAt)
}

/** An order is in the making: it can be gone on with, or cancelled. */
export const hasOrder = ({ draft, jobId }: ConversationContext): boolean =>
  draft !== null && jobId === null
