/** An order that a question to support may be about. */
export interface SupportOrder {
  jobId: string
  modelId: string
  /** Unix ms. */
  at: number
}

/** How a user's thread with support stands. */
export interface SupportFacts {
  state: 'quiet' | 'waiting' | 'answered' | 'solved'
  /** Who answered last. */
  answeredBy: string | null
  /** Their newest orders. */
  orders: SupportOrder[]
}

/** The thread as the screen shows it, with the order that was chosen; it goes along once. */
export interface SupportDesk extends SupportFacts {
  about: string | null
}

export type SupportTap =
  | { type: 'support.opened' }
  | { type: 'support.about'; order: string | null }
  | { type: 'support.closed' }

/** Buttons on the message of an answer: they stand in the chat for ever, so these words never change. */
export type SupportMessageTap = { type: 'support.replied' } | { type: 'support.thanked' }

export type SupportNews = { type: 'support.read' } & SupportFacts

const TAPS = { 's:reply': 'support.replied', 's:thanks': 'support.thanked' } as const

/** What the button of an answer says as callback data. */
export const SUPPORT_TAP_DATA = { reply: 's:reply', thanks: 's:thanks' } as const

/** The tap behind callback data; undefined: it belongs to no answer of support. */
export const supportTapIn = (data: string): SupportMessageTap | undefined =>
  Object.hasOwn(TAPS, data) ? { type: TAPS[data as keyof typeof TAPS] } : undefined
