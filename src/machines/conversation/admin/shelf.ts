import type { WantedPrice } from '../../catalogue/own-price.ts'
import type { Right, Role } from './roles.ts'

/** What an admin is about to do with the model on the screen. */
export type ShelfIntent = 'pause' | 'resume' | 'price' | 'unprice' | 'free' | 'unfree'

/** What each of them touches. */
export const SHELF_RIGHTS: Record<ShelfIntent, Right> = {
  pause: 'look',
  resume: 'look',
  price: 'money',
  unprice: 'money',
  free: 'money',
  unfree: 'money',
}

/** How a model did of late; times in ms. */
export interface QualityFacts {
  /** Ended orders of the period; of those not delivered, `failed` are the model's own failures. */
  ended: number
  delivered: number
  failed: number
  medianMs: number | null
  p90Ms: number | null
  /** Orders whose money went back. */
  refunds: number
  lastFailure: { code: string; at: number } | null
}

/** A model as it is sold now, with all that a decision about it needs; times in Unix ms. */
export interface ShelfCard {
  modelId: string
  /** `by`: an admin; null: the bot itself. */
  pause: { code: string; until: number | null; by: number | null; why: string | null } | null
  markup: number | null
  freeUntil: number | null
  /** Of the newest decision about price or free period. */
  why: string | null
  quality: QualityFacts | null
  /** Of who looks. */
  role: Role
}

/** A difference between the provider's catalogue and our files that waits for an admin. */
export interface ChangeLine {
  id: number
  kind: string
  modelId: string
  what: string
}

export type ChangeDecision = 'accepted' | 'paused' | 'ignored'

const DECISIONS: Readonly<Record<string, ChangeDecision>> = {
  a: 'accepted',
  p: 'paused',
  i: 'ignored',
}

/** What a button of the alert about a change carries: it stands on no screen. */
export const changeData = (id: number, decision: ChangeDecision): string =>
  `change:${id}:${decision[0]}`

export function changeOfAlert(data: string): { id: number; decision: ChangeDecision } | undefined {
  const [, id, letter = ''] = /^change:(\d{1,15}):([api])$/.exec(data) ?? []
  const decision = DECISIONS[letter]
  return id === undefined || decision === undefined ? undefined : { id: Number(id), decision }
}

/** Where an admin is on the shelf. */
export interface ShelfDesk {
  /** Models with decisions of their own; null: being read. */
  decided: string[] | null
  changes: ChangeLine[]
  /** How many changes wait in all. */
  waiting: number
  /** Words of a search. */
  find: string | null
  modelId: string | null
  card: ShelfCard | null
  intent: ShelfIntent | null
  words: string | null
}

export const emptyShelf: ShelfDesk = {
  decided: null,
  changes: [],
  waiting: 0,
  find: null,
  modelId: null,
  card: null,
  intent: null,
  words: null,
}

export type ShelfTap =
  | { type: 'shelf.opened' }
  | { type: 'shelf.chosen'; modelId: string }
  | { type: 'shelf.intended'; intent: ShelfIntent }
  | { type: 'shelf.agreed' }
  | { type: 'change.chosen'; id: number; decision: ChangeDecision }

/** How a decision ended; `role`: who decided may not. */
export type ShelfOutcome = 'done' | 'refused' | 'role' | 'cost'

export type ShelfNews =
  /** Raw: a button of an alert, from an admin; becomes `change.decided`. */
  | {
      type: 'change.tapped'
      id: number
      decision: ChangeDecision
      queryId: string
      messageId?: number | null
    }
  | { type: 'change.decided'; id: number; decision: ChangeDecision }
  | { type: 'shelf.read'; decided: string[]; changes: ChangeLine[]; waiting: number }
  | { type: 'shelf.card_read'; modelId: string; card: ShelfCard }
  | { type: 'shelf.decided'; outcome: ShelfOutcome }

/** What an admin wrote for an intent, understood. */
export interface ShelfOrder {
  /** The reason. */
  words: string
  /** How long a pause lasts; null: until somebody ends it. */
  hours: number | null
  price: WantedPrice | null
  days: number
}

const REASON = String.raw`(\S[\s\S]{1,290})`
const ONLY_WORDS = new RegExp(`^${REASON}$`)
const HOURS = new RegExp(String.raw`^(\d{1,3})\s*(?:ч|час|часа|часов|h)\s+${REASON}$`, 'i')
const ROUBLES = new RegExp(
  String.raw`^(\d{1,6})(?:[.,](\d{1,2}))?\s*(?:₽|р|руб)?\s+${REASON}$`,
  'i',
)
const PERCENT = new RegExp(String.raw`^([+−-])\s*(\d{1,3})\s*%\s+${REASON}$`)
const DAYS = new RegExp(String.raw`^(\d{1,2})\s*(?:д|дн|дня|дней|день|d|days?)?\s+${REASON}$`, 'i')
const MOST_KOPECKS = 10_000_000
const MOST_HOURS = 720

const tidy = (words: string): string => words.replace(/\s+/g, ' ').trim()

/** Reads `6ч плохие картинки`, `25 дорого`, `-10% акция`, `3 день рождения`; undefined: not enough. */
export function shelfOrder(intent: ShelfIntent, given: string): ShelfOrder | undefined {
  const text = given.trim()
  const none = { hours: null, price: null, days: 0 }
  if (intent === 'price') return priceOrder(text)
  if (intent === 'free') {
    const [, days, why] = DAYS.exec(text) ?? []
    return why && Number(days) > 0 ? { ...none, words: tidy(why), days: Number(days) } : undefined
  }
  const [, hours, why] = (intent === 'pause' && HOURS.exec(text)) || []
  if (why !== undefined) {
    const long = Number(hours)
    return long > 0 && long <= MOST_HOURS ? { ...none, words: tidy(why), hours: long } : undefined
  }
  return ONLY_WORDS.test(text) ? { ...none, words: tidy(text) } : undefined
}

function priceOrder(text: string): ShelfOrder | undefined {
  const none = { hours: null, days: 0 }
  const [, sign, size, because] = PERCENT.exec(text) ?? []
  if (because !== undefined) {
    const percent = sign === '+' ? Number(size) : -Number(size)
    return percent === 0 ? undefined : { ...none, words: tidy(because), price: { percent } }
  }
  const [, roubles, cents = '', why] = ROUBLES.exec(text) ?? []
  if (why === undefined) return undefined
  const kopecks = Number(roubles) * 100 + Number(cents.padEnd(2, '0'))
  if (kopecks === 0 || kopecks > MOST_KOPECKS) return undefined
  return { ...none, words: tidy(why), price: { kopecks } }
}
