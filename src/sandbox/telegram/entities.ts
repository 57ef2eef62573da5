import { badRequest } from './api-error.ts'
import { isObject } from './args.ts'
import { LIMITS } from './limits.ts'

/** Kinds of entities that the fake knows, https://core.telegram.org/bots/api#messageentity */
export type EntityType =
  | 'bold'
  | 'italic'
  | 'underline'
  | 'strikethrough'
  | 'spoiler'
  | 'code'
  | 'pre'
  | 'text_link'
  | 'text_mention'
  | 'custom_emoji'
  | 'date_time'
  | 'blockquote'
  | 'expandable_blockquote'
  | 'bot_command'
  | 'mention'
  | 'hashtag'
  | 'url'
  | 'email'

/** One formatted range; offset and length count UTF-16 units. */
export interface Entity {
  readonly type: EntityType
  readonly offset: number
  readonly length: number
  readonly url?: string
  readonly language?: string
  readonly custom_emoji_id?: string
  readonly unix_time?: number
  readonly date_time_format?: string
  readonly user?: { id: number }
}

/** A text with its formatting. */
export interface FormattedText {
  readonly text: string
  readonly entities: readonly Entity[]
}

const GIVEN: ReadonlySet<string> = new Set([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'code',
  'pre',
  'text_link',
  'text_mention',
  'custom_emoji',
  'date_time',
  'blockquote',
  'expandable_blockquote',
])
const FOUND: ReadonlySet<string> = new Set([
  'mention',
  'hashtag',
  'cashtag',
  'bot_command',
  'url',
  'email',
  'phone_number',
  'bank_card_number',
])

const failure = (text: string) => badRequest(`Can't parse MessageEntity: ${text}`)

function entityOf(value: unknown): Entity | undefined {
  if (!isObject(value)) throw failure('expected an Object')
  const { type, offset, length } = value
  if (!Number.isInteger(offset)) throw failure('Field "offset" must be of type Number')
  if (!Number.isInteger(length)) throw failure('Field "length" must be of type Number')
  if (typeof type !== 'string') throw failure('Can\'t find field "type"')
  if (FOUND.has(type)) return undefined
  if (!GIVEN.has(type)) throw failure('Unsupported type specified')
  return value as unknown as Entity
}

/** Entities passed by the caller; kinds that the server finds by itself are ignored. */
export const givenEntities = (value: unknown): Entity[] =>
  Array.isArray(value) ? value.map(entityOf).filter((entity) => entity !== undefined) : []

const end = (entity: Entity): number => entity.offset + entity.length
const isCode = (entity: Entity): boolean => entity.type === 'code' || entity.type === 'pre'

/** Cuts a code range out of another entity: code neither contains nor is part of others. */
function without(entity: Entity, code: Entity): Entity[] {
  if (end(entity) <= code.offset || end(code) <= entity.offset) return [entity]
  return [
    { ...entity, length: code.offset - entity.offset },
    { ...entity, offset: end(code), length: end(entity) - end(code) },
  ].filter((part) => part.length > 0)
}

const PATTERNS: readonly [EntityType, RegExp][] = [
  ['url', /https?:\/\/[^\s<>"]+[^\s<>".,:;!?)\]]/g],
  ['email', /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g],
  ['url', /\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|ru|me|io|ai)\b(?:\/[^\s<>"]*)?/g],
  ['bot_command', /(?<![\w/@<>])\/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])/g],
  ['mention', /(?<![\w@])@[A-Za-z]\w{3,31}(?![\w@])/g],
  ['hashtag', /(?<![\p{L}\d_#])#[\p{L}\d_]{1,255}/gu],
]

function found(text: string): Entity[] {
  const taken: Entity[] = []
  for (const [type, pattern] of PATTERNS)
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length }
      if (!taken.some((other) => entity.offset < end(other) && other.offset < end(entity)))
        taken.push(entity)
    }
  return taken
}

const byPosition = (a: Entity, b: Entity): number => a.offset - b.offset || b.length - a.length

function clip(entity: Entity, shift: number, length: number): Entity {
  const offset = Math.max(0, entity.offset - shift)
  return { ...entity, offset, length: Math.min(length, end(entity) - shift) - offset }
}

/**
 * Brings text and entities to the form that is stored: clipped, sorted, links found, and trimmed of
 * spaces and line feeds, nothing else (tdlib MessageEntity.cpp, fix_formatted_text).
 */
export function normalise({ text, entities }: FormattedText): FormattedText {
  const start = text.replace(/^[ \n]+/, '')
  const shift = text.length - start.length
  const trimmed = start.replace(/[ \n]+$/, '')
  const clipped = entities
    .map((entity) => clip(entity, shift, trimmed.length))
    .filter((entity) => entity.length > 0)
  const codes = clipped.filter(isCode)
  const others = clipped.filter((entity) => !isCode(entity))
  const cut = codes.reduce((parts, code) => parts.flatMap((part) => without(part, code)), others)
  const fixed = [...codes, ...cut]
  const links = fixed.filter((entity) => entity.type === 'text_link' || isCode(entity))
  const automatic = found(trimmed).filter(
    (entity) => !links.some((link) => entity.offset < end(link) && link.offset < end(entity)),
  )
  const all = [...fixed, ...automatic].sort(byPosition)
  return { text: trimmed, entities: all.slice(0, LIMITS.entitiesPerMessage) }
}
