import type { EventObject } from 'xstate'
import type { Definition } from '../engine/definition.ts'
import { translator } from '../texts/translate.ts'
import { receiptIn } from './changes/topup.ts'
import { type ConversationContext, type ConversationInput, NOWHERE, type Place } from './context.ts'
import { derivedEffects, resolveEvent } from './derived-effects.ts'
import { deskEffects } from './effects/payment-review.ts'
import { resultEffects } from './effects/results.ts'
import type { StampedConversationEvent } from './events.ts'
import { inviterOf } from './invite.ts'
import { conversationMachine } from './machine.ts'
import { adjustedText, giftText } from './screens/gifts.ts'
import { failureText, refundText } from './screens/run.ts'
import { lines, type View } from './screens/screen.ts'
import { topupNotice } from './screens/topup-notice.ts'

type FirstEvent = EventObject & { languageCode?: string; payload?: string }
type Args = { context: ConversationContext; event: StampedConversationEvent }

/** The conversation of a chat with a bot. */
export const conversationId = (botId: number, chatId: number): string =>
  `conversation:${botId}:${chatId}`

/** The conversation machine with its effects, for screens drawn with these settings. */
export const createConversationDefinition = (view: View): Definition => ({
  id: 'conversation',
  version: 3,
  migrate: upgrade,
  machine: conversationMachine,
  effects: {
    'quote.request': ({ context }: Args) => ({
      userId: context.userId,
      modelId: context.draft?.modelId,
      answers: context.draft?.answers,
      serial: context.serial,
    }),
    'job.start': ({ context }: Args) => ({
      jobId: context.jobId,
      userId: context.userId,
      chatId: context.chatId,
      language: context.language,
      modelId: context.draft?.modelId,
      answers: context.draft?.answers,
      priceKopecks: context.quote?.priceKopecks,
    }),
    'media.inspect': ({ context }: Args) => {
      const { serial, media, expects } = context.draft?.inspections[0] ?? {}
      return serial === undefined ? null : { serial, media, expects }
    },
    'free.request': ({ context }: Args) => ({ userId: context.userId }),
    ...resultEffects,
    ...deskEffects,
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
    'admin.promo': ({ context }: Args) => ({ userId: context.userId, ...context.account?.making }),
    'admin.adjust': ({ context }: Args) => ({ userId: context.userId, ...context.account?.making }),
    'admin.csv': ({ context }: Args) => ({ userId: context.userId }),
    'topup.start': ({ context }: Args) => {
      const { userId, language, account } = context
      const { id: topupId, way, kopecks } = account?.topup ?? {}
      return { topupId, way, userId, language, kopecks }
    },
    'topup.submit': ({ context, event }: Args) => ({
      topupId: context.account?.topup?.id,
      media: receiptIn(event),
    }),
    'payments.request': ({ context }: Args) => ({ userId: context.userId }),
    'refund.ask': ({ context, event }: Args) =>
      event.type === 'refund.pressed' ? { userId: context.userId, chargeId: event.chargeId } : null,
    'balance.request': ({ context }: Args) => ({ userId: context.userId }),
    'telegram.notice': ({ context, event }: Args) => ({
      chatId: context.chatId,
      text: noticeText(context, event),
    }),
  },
  inputOf: (actorId, event): ConversationInput => {
    const chatId = Number(actorId.split(':')[2])
    const { type, languageCode, payload = '' } = event as FirstEvent
    const invitedBy = type === 'command.start' ? inviterOf(payload) : null
    return { chatId, userId: chatId, languageCode, invitedBy }
  },
  resolveEvent: (snapshot, event) => resolveEvent(view, snapshot, event),
  derivedEffects: (before, event, after) => derivedEffects(view, before, event, after),
  project: (snapshot) => {
    const { userId, language, blocked } = snapshot.context as ConversationContext
    return { table: 'users', row: { id: userId, language, blocked } }
  },
})

/**
 * Version 1 had `balance` where `account` is now, which is read anew; version 2 knew no search, no
 * list of results, and no answers that are gathered bit by bit.
 */
const upgrade: NonNullable<Definition['migrate']> = (stored, from) => {
  if (from !== 1 && from !== 2) return undefined
  const { balance: _old, place, draft, ...rest } = stored.context as Record<string, unknown>
  const { account = null } = rest
  const added = { album: null, gathering: null, inspections: [], remark: null, part: null }
  const context = {
    ...rest,
    account,
    draft: draft && { ...draft, ...added },
    place: { ...NOWHERE, ...(place as Place) },
    results: null,
  }
  return { ...stored, context }
}

/** Words for a job's end that the user is not looking at. */
function noticeText({ language }: ConversationContext, event: StampedConversationEvent): string {
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
