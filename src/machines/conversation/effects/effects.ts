import type { EffectParams } from '../../engine/definition.ts'
import { receiptIn } from '../changes/topup.ts'
import { cancelledJob } from '../changes/waiting.ts'
import { improvementOf, lookOf, messageIn } from '../changes/wish.ts'
import type { ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { type NoticeParams, noticeText } from '../notices.ts'
import { broadcastParams } from './broadcast.ts'
import { paymentReviewParams } from './payment-review.ts'
import { resultEffects } from './results.ts'
import { templateEffects } from './templates.ts'

type Args = { context: ConversationContext; event: StampedConversationEvent }

/** What a conversation asks of the rest of the system; null: an effect is not wanted this time. */
export const conversationEffects = {
  'quote.request': ({ context }: Args) => ({
    userId: context.userId,
    modelId: context.draft?.modelId,
    answers: context.draft?.answers,
    serial: context.serial,
  }),
  'job.start': ({ context, event }: Args) => {
    const { userId, chatId, language, jobId, draft, quote, account } = context
    const who = { userId, chatId, language }
    const { order } = account?.topup ?? {}
    // The order that was just paid, whatever is on the screen.
    if (event.type === 'topup.credited' && order) return { ...who, jobId: event.rnd, ...order }
    const { modelId, answers } = draft ?? {}
    const copies = draft?.copies === undefined ? {} : { copies: draft.copies }
    return { ...who, jobId, modelId, answers, priceKopecks: quote?.priceKopecks, ...copies }
  },
  'job.cancel': (args: Args) => {
    const jobId = cancelledJob(args)
    return jobId === null ? null : { jobId }
  },
  'wait.request': ({ context: { userId, tracked } }: Args) =>
    tracked.length === 0
      ? null
      : { userId, jobs: tracked.map(({ id, modelId }) => ({ jobId: id, modelId })) },
  'media.inspect': ({ context }: Args) => {
    const { serial, media, expects, messageId } = context.draft?.inspections[0] ?? {}
    if (serial === undefined) return null
    return { serial, media, expects, ...messageIn(context, messageId) }
  },
  'wish.inspect': ({ context }: Args) => lookOf(context),
  'words.improve': improvementOf,
  'free.request': ({ context }: Args) => ({ userId: context.userId }),
  ...resultEffects,
  ...templateEffects,
  ...paymentReviewParams,
  ...broadcastParams,
  'entries.request': ({ context }: Args) => ({
    userId: context.userId,
    page: context.account?.entries?.page ?? 0,
  }),
  'invite.request': ({ context }: Args) => ({ userId: context.userId }),
  'welcome.request': ({ context }: Args) => ({
    userId: context.userId,
    invitedBy: context.account?.invitedBy ?? null,
  }),
  'promo.redeem': ({ context }: Args) => ({
    userId: context.userId,
    code: context.account?.promo?.code,
  }),
  'admin.overview': ({ context }: Args) => ({ userId: context.userId }),
  'admin.promos': ({ context }: Args) => ({ userId: context.userId }),
  'admin.promo_end': ({ context, event }: Args) =>
    event.type === 'admin.promo.ended' ? { userId: context.userId, code: event.code } : null,
  'admin.failures': ({ context }: Args) => ({
    userId: context.userId,
    page: context.account?.failures?.page ?? 0,
  }),
  'admin.orphans': ({ context }: Args) => ({
    userId: context.userId,
    kind: context.account?.stuck?.kind ?? null,
  }),
  'admin.replay': ({ context: { userId }, event }: Args) =>
    event.type === 'letters.replayed' ? { userId, kind: event.kind, id: event.id } : null,
  'admin.ask_orders': ({ context }: Args) => ({ userId: context.userId }),
  'admin.promo': ({ context }: Args) => ({ userId: context.userId, ...context.account?.making }),
  'admin.adjust': ({ context }: Args) => ({ userId: context.userId, ...context.account?.making }),
  'admin.person': ({ context }: Args) => ({
    userId: context.userId,
    find: context.account?.person?.find ?? '',
    orderId: context.account?.person?.focus ?? null,
  }),
  'admin.person_decide': ({ context: { userId, account } }: Args) => {
    const { card = null, intent, orderId = null, words = '' } = account?.person ?? {}
    const personId = card === null || card === 'gone' ? null : card.userId
    return personId === null ? null : { userId, personId, intent, orderId, words }
  },
  'admin.shelf': ({ context }: Args) => ({ userId: context.userId }),
  'admin.model': ({ context: { userId, account } }: Args) => ({
    userId,
    modelId: account?.shelf?.modelId ?? '',
  }),
  'admin.shelf_decide': ({ context: { userId, account } }: Args) => {
    const { modelId = null, intent = null, words } = account?.shelf ?? {}
    return modelId === null || intent === null
      ? null
      : { userId, modelId, intent, words: words ?? '' }
  },
  'admin.change_decide': ({ context: { userId }, event }: Args) =>
    event.type === 'change.decided' || event.type === 'change.chosen'
      ? { userId, id: event.id, decision: event.decision }
      : null,
  'admin.csv': ({ context }: Args) => ({ userId: context.userId }),
  'topup.start': ({ context }: Args) => {
    const { userId, language, account } = context
    const { id: topupId, way, kopecks, order } = account?.topup ?? {}
    const forOrder = order === undefined ? {} : { forOrder: true }
    return { topupId, way, userId, language, kopecks, ...forOrder }
  },
  'topup.submit': ({ context, event }: Args) => ({
    topupId: context.account?.topup?.id,
    media: receiptIn(event),
  }),
  'payments.request': ({ context }: Args) => ({ userId: context.userId }),
  'refund.ask': ({ context, event }: Args) =>
    event.type === 'refund.pressed' ? { userId: context.userId, chargeId: event.chargeId } : null,
  'support.request': ({ context }: Args) => ({ userId: context.userId }),
  'support.say': ({ context: { userId, language, account }, event }: Args) => {
    const jobId = account?.support?.about ?? null
    const who = { userId, language, jobId }
    if (event.type === 'text.received') return { ...who, text: event.text, media: null }
    if (event.type !== 'media.received') return null
    return { ...who, text: event.caption ?? null, media: event.media }
  },
  'support.solve': ({ context }: Args) => ({ userId: context.userId }),
  'person.export': ({ context }: Args) => ({ userId: context.userId }),
  'erasure.look': ({ context }: Args) => ({ userId: context.userId }),
  'person.erase': ({ context }: Args) => ({ userId: context.userId }),
  'reminder.set': ({ context: { userId, quote, account } }: Args) => {
    const dueAt = quote?.free?.nextAt ?? account?.free?.nextAt ?? null
    return dueAt === null ? null : { userId, dueAt }
  },
  'balance.request': ({ context }: Args) => ({ userId: context.userId }),
  'telegram.notice': ({ context, event }: Args, { text }: NoticeParams) => ({
    chatId: context.chatId,
    text: noticeText(text, event, context.language),
  }),
} satisfies Record<string, EffectParams>
