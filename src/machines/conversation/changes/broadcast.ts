import {
  type BroadcastButton,
  type BroadcastContent,
  parseButtons,
} from '../../broadcast/content.ts'
import type { BroadcastOrder } from '../../broadcast/events.ts'
import { isBroadcast } from '../../broadcast/statuses.ts'
import { type BroadcastDesk, emptyBroadcasts } from '../admin/broadcast.ts'
import type { ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'
import { excerpt } from '../screens/screen.ts'
import { WHATS_NEW } from '../whats-new.ts'

// What the admins' screens of broadcasts change in the context; each is a small pure function.

type Args = { context: ConversationContext; event: StampedConversationEvent }
type Change = Pick<ConversationContext, 'account'>

export const broadcastsOf = ({ account }: ConversationContext): BroadcastDesk =>
  account?.broadcasts ?? emptyBroadcasts

const withDesk = (context: ConversationContext, parts: Partial<BroadcastDesk>): Change => ({
  account: { ...context.account, broadcasts: { ...broadcastsOf(context), ...parts } },
})

export const dropBroadcasts = ({ context }: Args): Change => withDesk(context, emptyBroadcasts)

export const keepBroadcasts = ({ context, event }: Args): Change =>
  withDesk(context, event.type === 'broadcasts.read' ? { rows: event.rows } : {})

/** A new one has a name from the beginning, so that a repeat makes no second. */
export const beginBroadcast = ({ context, event }: Args): Change =>
  withDesk(context, { id: event.rnd, card: 'new' })

export const openBroadcast = ({ context, event }: Args): Change =>
  withDesk(context, event.type === 'broadcast.opened' ? { id: event.id, card: null } : {})

export const isThisBroadcast = ({ context, event }: Args): boolean => {
  const { id } = broadcastsOf(context)
  if (event.type === 'broadcast.read') return event.id === id
  return event.type === 'broadcast.changed' && event.card.id === id
}

export const keepBroadcast = ({ context, event }: Args): Change => {
  if (event.type === 'broadcast.read') {
    // A new one may be read before it is made; what is made is told.
    const missing = broadcastsOf(context).card === 'new' ? 'new' : 'gone'
    return withDesk(context, { card: event.card ?? missing })
  }
  return withDesk(context, event.type === 'broadcast.changed' ? { card: event.card } : {})
}

export const isNewBroadcast = ({ context }: Args): boolean => broadcastsOf(context).card === 'new'

/** It has ended, or it stopped by itself: worth a message to whoever looks elsewhere. */
export const isBroadcastOver = ({ event }: Args): boolean =>
  event.type === 'broadcast.changed' &&
  event.card.startedAt !== null &&
  (isBroadcast(event.card.state, 'ended') ||
    (event.card.state === 'paused' && event.card.trouble !== null))

export const dropCounts = ({ context }: Args): Change => withDesk(context, { counts: null })

export const keepCounts = ({ context, event }: Args): Change =>
  withDesk(context, event.type === 'audience.read' ? { counts: event.counts } : {})

const WORDS = 60

/** The message that an admin has just written, if people can get it as it stands. */
export function contentIn({ context, event }: Args): BroadcastContent | undefined {
  const { chatId } = context
  if (event.type === 'text.received' && event.messageId !== undefined) {
    const words = excerpt(event.text.replace(/\s+/g, ' ').trim(), WORDS)
    return { chatId, messageId: event.messageId, kind: 'text', words }
  }
  // Of an album Telegram copies only the one message.
  if (event.type !== 'media.received' || event.groupId !== undefined) return undefined
  if (event.messageId === undefined) return undefined
  const words = excerpt((event.caption ?? '').replace(/\s+/g, ' ').trim(), WORDS)
  return { chatId, messageId: event.messageId, kind: event.media.kind, words }
}

export const hasBroadcastContent = (args: Args): boolean => contentIn(args) !== undefined

export const buttonsIn = ({ event }: Args): BroadcastButton[] | undefined =>
  event.type === 'text.received' ? parseButtons(event.text) : undefined

export const hasBroadcastButtons = (args: Args): boolean => buttonsIn(args) !== undefined

/** What the admin wants of the broadcast on the screen; null: nothing that it could take. */
export function broadcastOrder(args: Args, isContent: boolean): BroadcastOrder | null {
  const { event } = args
  switch (event.type) {
    case 'text.received':
    case 'media.received': {
      const content = isContent ? contentIn(args) : undefined
      if (content !== undefined) return { type: 'content.given', content }
      const buttons = buttonsIn(args)
      return buttons === undefined ? null : { type: 'buttons.given', buttons }
    }
    case 'broadcast.buttons.dropped':
      return { type: 'buttons.given', buttons: [] }
    case 'broadcast.audience.chosen':
      return { type: 'audience.chosen', audience: event.audience }
    case 'broadcast.wanted':
      return { type: `${event.wish}.wanted` }
    case 'broadcast.agreed':
      return { type: 'start.wanted' }
    default:
      return null
  }
}

const NEWS_CHOICES: Partial<Record<StampedConversationEvent['type'], 'on' | 'off'>> = {
  'news.muted': 'off',
  'news.declined': 'off',
  'news.unmuted': 'on',
  'news.accepted': 'on',
}

/** What somebody has just said about news; undefined: nothing. */
export const newsChoiceIn = ({ type }: StampedConversationEvent): 'on' | 'off' | undefined =>
  NEWS_CHOICES[type]

export const keepNewsChoice = ({ context, event }: Args): Change => {
  const news = newsChoiceIn(event)
  return news === undefined ? context : { account: { ...context.account, news } }
}

/** What is new is told once in a version, to those who want to hear it. */
export const hasNewsToTell = ({ newsTold, account }: ConversationContext): boolean =>
  newsTold !== WHATS_NEW && account?.news !== 'off'
