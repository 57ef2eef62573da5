import type { NewsTap } from '../broadcast/news-taps.ts'
import type { TextKey } from '../texts/translate.ts'
import { SHORTEST_PAUSE_MS } from './changes/waiting.ts'
import type { ConversationEvent, MessageEvent, StampedConversationEvent } from './events.ts'
import type { MessageTap } from './results/message-taps.ts'

/** What follows from an event besides the transition that it takes. */
export interface EventMeta {
  /**
   * Where the screen is drawn. `below`: below everything in the chat, also where there is nothing to
   * show yet, so that what comes next stands there. `below, if shown`: below, if there is a screen.
   * `not`: nowhere. Absent or `in place`: in its place, if it has changed or a button was tapped.
   */
  screen?: 'below' | 'below, if shown' | 'in place' | 'not'
  /** The above holds only where this is true of the event. */
  if?: keyof typeof CONDITIONS
  /** Words that pop up over the chat in answer to a tap. */
  toast?: TextKey
}

/** Conditions of `EventMeta` by name: pure functions of the event and the context after it. */
export const CONDITIONS = {
  /** An admin reads of a receipt below the receipt itself. */
  bringsReceipt: (event: StampedConversationEvent): boolean =>
    event.type === 'case.read' && event.card !== null && 'receipt' in event.card,
  /** The broadcast was just shown to its admin: its screen belongs below that. */
  isPreviewed: (event: StampedConversationEvent): boolean =>
    event.type === 'broadcast.changed' && event.isPreviewed,
  /** The screen was drawn a moment before; at the very same time, it is drawn by this event. */
  soon: (event: StampedConversationEvent, { leftAt }: { leftAt: number }): boolean =>
    event.at > leftAt && event.at - leftAt < SHORTEST_PAUSE_MS,
} satisfies Record<
  string,
  (event: StampedConversationEvent, context: { leftAt: number }) => boolean
>

/** Meta of the conversation's states: what events mean there, whether or not the state takes them. */
export interface ConversationMeta {
  events: { [T in ConversationEvent['type']]?: EventMeta }
}

/** A message is followed by the screen even where it shows nothing new: the user looks below it. */
const AFTER_MESSAGE = { screen: 'below' } as const
/** The user waits for it: Telegram announces a new message, but not a changed one. */
const CALLS_BACK = { screen: 'below, if shown' } as const

/** What events mean in every state. A message without an entry does not compile. */
export const EVENTS = {
  'command.start': AFTER_MESSAGE,
  'command.menu': AFTER_MESSAGE,
  'command.models': AFTER_MESSAGE,
  'command.history': AFTER_MESSAGE,
  'command.favourites': AFTER_MESSAGE,
  'command.search': AFTER_MESSAGE,
  'command.cancel': AFTER_MESSAGE,
  'command.help': AFTER_MESSAGE,
  'command.balance': AFTER_MESSAGE,
  'command.terms': AFTER_MESSAGE,
  'command.paysupport': AFTER_MESSAGE,
  'command.support': AFTER_MESSAGE,
  'command.privacy': AFTER_MESSAGE,
  'command.news': AFTER_MESSAGE,
  'command.export': AFTER_MESSAGE,
  'command.delete_me': AFTER_MESSAGE,
  'command.jobs': AFTER_MESSAGE,
  'command.invite': AFTER_MESSAGE,
  'command.promo': AFTER_MESSAGE,
  'command.admin': AFTER_MESSAGE,
  'command.language': AFTER_MESSAGE,
  'command.unknown': AFTER_MESSAGE,
  'text.received': AFTER_MESSAGE,
  'media.received': AFTER_MESSAGE,
  'unsupported.received': AFTER_MESSAGE,
  // Telegram's own message about the payment stands above.
  'topup.credited': { screen: 'below' },
  'case.read': { screen: 'below', if: 'bringsReceipt' },
  'broadcast.changed': { screen: 'below, if shown', if: 'isPreviewed' },
  'job.delivered': CALLS_BACK,
  'job.failed': CALLS_BACK,
  'engine.hiccup': CALLS_BACK,
  'topup.failed': CALLS_BACK,
  'result.sent': CALLS_BACK,
  'template.shown': CALLS_BACK,
  // The result whose button it was may stand far above.
  'template.begun': { screen: 'below' },
  // The message with the button may stand far above.
  'result.again': { screen: 'below' },
  'result.reword': { screen: 'below' },
  'result.vary': { screen: 'below' },
  'result.enhance': { screen: 'below' },
  'result.animate': { screen: 'below' },
  'result.reuse': { screen: 'below' },
  'result.share': { screen: 'below' },
  'result.original': { screen: 'not', toast: 'hint.original' },
  'result.favoured': { screen: 'not', toast: 'hint.saved' },
  'result.unfavoured': { screen: 'not', toast: 'hint.forgotten' },
  'news.muted': { screen: 'not', toast: 'hint.newsOff' },
  'news.unmuted': { screen: 'not', toast: 'hint.newsOn' },
  // From the buttons of an alert, wherever the chat is.
  'change.decided': { screen: 'not', toast: 'hint.changeDecided' },
  'support.replied': { screen: 'below' },
  'support.thanked': { screen: 'not', toast: 'hint.supportSolved' },
  'tap.stale': { toast: 'hint.staleToast' },
  'tap.late': { screen: 'not' },
} as const satisfies ConversationMeta['events'] &
  Record<MessageEvent['type'] | MessageTap['type'] | NewsTap['type'], EventMeta>
