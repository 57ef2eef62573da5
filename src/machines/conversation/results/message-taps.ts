import { type SupportMessageTap, supportTapIn } from '../support.ts'

/**
 * Buttons on the message that brought a result. They stand in the chat for ever, so their data names
 * the order and what to do with it, not the screen: a word or a form here never changes. Whoever taps
 * must own the order, which the store says.
 */
export type MessageTap = ResultTap | SupportMessageTap

export type ResultTap =
  /** The same order at the price on the button; null: it had none. */
  | { type: 'result.again'; jobId: string; priceKopecks: number | null }
  | { type: 'result.reword'; jobId: string }
  | { type: 'result.vary'; jobId: string }
  | { type: 'result.enhance'; jobId: string }
  | { type: 'result.animate'; jobId: string }
  | { type: 'result.reuse'; jobId: string }
  | { type: 'result.share'; jobId: string }
  | { type: 'result.original'; jobId: string }
  | { type: 'result.favoured'; jobId: string }
  | { type: 'result.unfavoured'; jobId: string }

const FORM = /^r:([a-z]+):([0-9a-z-]{1,40})(?::([0-9]{1,12}))?$/

const VERBS = [
  'again',
  'reword',
  'vary',
  'enhance',
  'animate',
  'reuse',
  'share',
  'original',
  'favoured',
  'unfavoured',
] as const satisfies readonly (ResultTap extends { type: `result.${infer V}` } ? V : never)[]

type Verb = (typeof VERBS)[number]

const isVerb = (word: string): word is Verb => (VERBS as readonly string[]).includes(word)

/** What a button's callback data says; at most 62 bytes. */
export function tapData(tap: ResultTap): string {
  const data = `r:${tap.type.slice('result.'.length)}:${tap.jobId}`
  return tap.type === 'result.again' && tap.priceKopecks !== null
    ? `${data}:${tap.priceKopecks}`
    : data
}

/** The tap behind callback data; undefined: it stands on no message of its own. */
export function messageTapIn(data: string): MessageTap | undefined {
  const ofSupport = supportTapIn(data)
  if (ofSupport !== undefined) return ofSupport
  const [, verb = '', jobId = '', price] = FORM.exec(data) ?? []
  if (!isVerb(verb)) return undefined
  return verb === 'again'
    ? { type: 'result.again', jobId, priceKopecks: price === undefined ? null : Number(price) }
    : { type: `result.${verb}`, jobId }
}

/** What is wanted of an order whose facts are being read. */
export type Purpose = 'again' | 'reword' | 'vary' | 'enhance' | 'animate' | 'reuse' | 'share'

const PURPOSES: ReadonlySet<string> = new Set<Purpose>([
  'again',
  'reword',
  'vary',
  'enhance',
  'animate',
  'reuse',
  'share',
])

/** The purpose that a tap stands for; undefined: it is no such tap. */
export function purposeOf(event: { type: string }): Purpose | undefined {
  const word = event.type.startsWith('result.') ? event.type.slice('result.'.length) : ''
  return PURPOSES.has(word) ? (word as Purpose) : undefined
}
