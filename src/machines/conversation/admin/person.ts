import type { Right, Role } from './roles.ts'

/** What an admin is about to do with the user on the screen. */
export type PersonIntent =
  | 'ban'
  | 'unban'
  | 'limit'
  | 'adjust'
  | 'refund'
  | 'redeliver'
  | 'export'
  | 'erase'
  | 'reconcile'

/** What each of them touches. */
export const INTENT_RIGHTS: Record<PersonIntent, Right> = {
  ban: 'people',
  unban: 'people',
  limit: 'people',
  adjust: 'money',
  refund: 'money',
  redeliver: 'people',
  export: 'people',
  // It takes what is on the balance, too.
  erase: 'erase',
  reconcile: 'people',
}

/** A user with all that a decision about them needs; times in Unix ms. */
export interface PersonCard {
  userId: number
  username: string | null
  firstName: string | null
  language: 'ru' | 'en'
  since: number
  isBlocking: boolean
  /** The words that a banned one reads; null: not banned. */
  bannedWords: string | null
  jobsPerHour: number | null
  availableKopecks: number
  bonusKopecks: number
  heldKopecks: number
  delivered: number
  failed: number
  paidKopecks: number
  refundedKopecks: number
  invited: number
  earned: number
  invitedBy: number | null
  orders: PersonOrderLine[]
  /** Of who looks. */
  role: Role
}

export interface PersonOrderLine {
  id: string
  modelId: string
  status: 'done' | 'failed' | 'running'
  priceKopecks: number
  error: string | null
  at: number
  isRefunded: boolean
  /** What its own machine would take now; absent: not asked. */
  can?: ('refund' | 'redeliver' | 'reconcile')[]
}

/** Where an admin is with a user. */
export interface PersonDesk {
  /** An id, a name, or whoever wrote a forwarded message. */
  find: string | null
  /** Null: being read; 'gone': there is no such user. */
  card: PersonCard | 'gone' | null
  intent: PersonIntent | null
  /** The order that the card was opened for. */
  focus?: string
  /** The order that it is about. */
  orderId: string | null
  words: string | null
}

export const emptyPerson: PersonDesk = {
  find: null,
  card: null,
  intent: null,
  orderId: null,
  words: null,
}

export type PersonTap =
  | { type: 'person.opened' }
  | { type: 'person.intended'; intent: PersonIntent; orderId?: string }
  | { type: 'person.agreed' }

export type PersonNews =
  | { type: 'person.read'; find: string; card: PersonCard | null }
  | { type: 'person.decided'; outcome: PersonOutcome }

/** How a decision ended; `role`: who decided may not; `open`: something of the user's must end first. */
export type PersonOutcome = 'done' | 'refused' | 'role' | 'poor' | 'open'

const WORDS = /^\S[\s\S]{1,298}$/
const LIMIT = /^(\d{1,4})\s+(\S[\s\S]{1,290})$/
const SUM = /^([+−-])\s*(\d{1,6})(?:[.,](\d{1,2}))?\s+(\S[\s\S]{1,290})$/
const MOST_KOPECKS = 10_000_000

/** What an admin wrote for an intent: words, and a number where one is needed; undefined: not enough. */
export function personOrder(
  intent: PersonIntent,
  text: string,
): { words: string; amount: number } | undefined {
  const trimmed = text.trim()
  const tidy = (words: string) => words.replace(/\s+/g, ' ').trim()
  if (intent === 'limit') {
    const [, number, why] = LIMIT.exec(trimmed) ?? []
    return number && why ? { words: tidy(why), amount: Number(number) } : undefined
  }
  if (intent === 'adjust') {
    const [, sign, roubles, cents = '', why] = SUM.exec(trimmed) ?? []
    if (!sign || !roubles || !why) return undefined
    const size = Number(roubles) * 100 + Number(cents.padEnd(2, '0'))
    if (size === 0 || size > MOST_KOPECKS) return undefined
    return { words: tidy(why), amount: sign === '+' ? size : -size }
  }
  return WORDS.test(trimmed) ? { words: tidy(trimmed), amount: 0 } : undefined
}
