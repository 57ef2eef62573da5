import type { FieldSchema, Scalar } from './input-schema.ts'
import type { PriceFacts } from './price-schema.ts'

type Fields = Readonly<Record<string, FieldSchema>>
type Read = Pick<PriceFacts, 'credits' | 'unit' | 'quantity'>
type Row = { when: Record<string, Scalar>; credits: number }

/** Sentences that speak of something else than the price of an order. */
const ASIDE = /top-?ups?\b|bonus|effective|official price/i
/** A comparison at the end of a sentence: "roughly 40 % below the official price". */
const COMPARISON =
  /,?\s*(?:all|about|roughly|around|~|≈)?\s*\d+\s*%\s*(?:below|lower than|cheaper than)[^.\n]*/gi
/** Words that say there is more to it than a table can hold. */
const MORE =
  /until|limited|promo|discount|off\b|plus |additional|each input|input (?:image|picture|video|length)|per (?:input|reference)|tokens?|minimum|resolution of|length of/i

/**
 * The price that a text of the provider says, where it is plain: one number, or a table by the values
 * of one or two inputs, per order or per second. Anything else is undefined: a person must read it.
 * What is read here is a proposal too: texts call a second a video, or mix two models.
 */
export function importPrice(text: string, properties: Fields): Read | undefined {
  const plain = text
    .replace(COMPARISON, '')
    .split(/\n|(?<=[.!])\s+(?=[A-Z])/)
    .filter((line) => !ASIDE.test(line))
    .join('\n')
  if (MORE.test(plain)) return undefined
  const found = amountsIn(plain)
  if (found.length === 0) return undefined
  const unit = unitOf(plain)
  const quantity = quantityOf(unit, properties)
  if (unit === undefined || quantity === 'unclear') return undefined
  const [only] = found
  const credits = found.length === 1 && only ? only.credits : tableOf(found, properties)
  if (credits === undefined) return undefined
  return { credits, unit, ...(quantity && { quantity }) }
}

interface Amount {
  readonly credits: number
  /** What stands before it, and after it up to the next amount. */
  readonly before: string
  readonly after: string
}

const AMOUNT = /(\d+(?:\.\d+)?)\s*credits?\b/gi

/** Every number of credits with the words around it, line by line. */
function amountsIn(text: string): Amount[] {
  return text.split(/\n|;/).flatMap((line) => {
    const hits = [...line.matchAll(AMOUNT)]
    return hits.map((hit, i) => {
      const from = i === 0 ? 0 : (hits[i - 1]?.index ?? 0) + (hits[i - 1]?.[0].length ?? 0)
      const end = (hit.index ?? 0) + hit[0].length
      return {
        credits: Number(hit[1]),
        before: line.slice(from, hit.index),
        after: line.slice(end, hits[i + 1]?.index ?? line.length),
      }
    })
  })
}

function unitOf(text: string): Read['unit'] | undefined {
  const isSecond =
    /credits?\s*(?:\([^)]*\)\s*)?(?:\/\s*s\b|per second|\/sec)/i.test(text) ||
    /per second/i.test(text)
  const isText = /per\s*1,?000 (?:characters|chars)/i.test(text)
  const isImage = /per (?:image|picture)/i.test(text)
  if ([isSecond, isText, isImage].filter(Boolean).length > 1) return undefined
  return isSecond ? 'second' : isText ? '1000_chars' : isImage ? 'image' : 'generation'
}

/** What a unit is multiplied by; unclear where no input says it, or two may. */
function quantityOf(
  unit: Read['unit'] | undefined,
  properties: Fields,
): Read['quantity'] | 'unclear' {
  const media = Object.entries(properties).filter(([, field]) =>
    ['audio', 'video'].includes(field['x-media'] ?? ''),
  )
  if (unit === 'second')
    return 'duration' in properties && media.length === 0 ? { field: 'duration' } : 'unclear'
  if (unit === '1000_chars')
    return 'text' in properties ? { measure: 'chars', field: 'text' } : 'unclear'
  return undefined
}

/** Spelling aside: "1 K" is 1K, "720P" is 720p. */
const bare = (text: string) => text.toLowerCase().replace(/(\d)\s+(?=[kps]\b)/g, '$1')

const names = (text: string, value: Scalar): boolean => {
  const escaped = String(value)
    .toLowerCase()
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\w.:])${escaped}(?![\\w:]|\\.\\d)`).test(bare(text))
}

const SOUND = /^(audio|sound|generate_audio|generate_audio_switch)$/

/** The values of an input that words name. */
function valuesIn(text: string, name: string, { type, enum: listed }: FieldSchema): Scalar[] {
  if (type === 'boolean' && SOUND.test(name)) {
    if (/\b(no|without|w\/o) (audio|sound)|silent|audio off/i.test(text)) return [false]
    return /\bwith (audio|sound)|audio on/i.test(text) ? [true] : []
  }
  const seconds = name === 'duration' ? text.replace(/(\d+)[\s-]*(?:seconds?|s)\b/gi, ' $1 ') : text
  return (listed ?? []).filter((value) => names(seconds, value))
}

/** A row for each amount, where words around it name values, and all rows together leave no gap. */
function tableOf(amounts: readonly Amount[], properties: Fields): Row[] | undefined {
  for (const side of ['before', 'after'] as const) {
    const rows = rowsBy(amounts, side, properties)
    if (rows !== undefined) return rows
  }
  return undefined
}

function rowsBy(
  amounts: readonly Amount[],
  side: 'before' | 'after',
  properties: Fields,
): Row[] | undefined {
  const fields = Object.entries(properties).filter(
    ([name, field]) => (field.enum !== undefined && field.enum.length > 1) || SOUND.test(name),
  )
  const rows: Row[] = []
  let last: Record<string, Scalar> = {}
  for (const amount of amounts) {
    const when: Record<string, Scalar> = {}
    for (const [name, field] of fields) {
      const around = SOUND.test(name) ? amount.before + amount.after : amount[side]
      const values = valuesIn(around, name, field)
      if (values.length > 1) return undefined
      if (values[0] !== undefined) when[name] = values[0]
    }
    // What a line said before holds until it says otherwise: "480p: 2 silent, 4 with sound".
    last = { ...last, ...when }
    rows.push({ when: { ...last }, credits: amount.credits })
  }
  return isWhole(rows, properties) ? rows : undefined
}

/** Every combination of the values that occur has one row, and no value of their inputs is missing. */
function isWhole(rows: readonly Row[], properties: Fields): boolean {
  const names = [...new Set(rows.flatMap(({ when }) => Object.keys(when)))]
  if (names.length === 0 || rows.some(({ when }) => Object.keys(when).length !== names.length))
    return false
  const sizes = names.map((name) => properties[name]?.enum?.length ?? 2)
  const keys = new Set(rows.map(({ when }) => JSON.stringify(names.map((name) => when[name]))))
  return keys.size === rows.length && rows.length === sizes.reduce((all, n) => all * n, 1)
}
