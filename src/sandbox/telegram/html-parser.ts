import { badRequest } from './api-error.ts'
import type { Entity, EntityType, FormattedText } from './entities.ts'

/** Tags of parse mode HTML (https://core.telegram.org/bots/api#html-style). */
const TAGS: Record<string, EntityType> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
  'tg-emoji': 'custom_emoji',
  'tg-time': 'date_time',
  a: 'text_link',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
}

/** https://core.telegram.org/bots/api#date-time-entity-formatting */
const DATE_TIME = /^(?:r|w?[dD]?[tT]?)$/

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' }

interface OpenTag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly offset: number
}

function decodeReference(match: string): string {
  const body = match.slice(1).replace(/;$/, '')
  if (!body.startsWith('#')) return NAMED[body] ?? match
  const code = /^#x/i.test(body) ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1))
  // The server takes at most ten characters and refuses zero and what lies outside Unicode.
  const usable = code > 0 && code < 0x10ffff && match.length <= 10
  return usable ? String.fromCodePoint(code) : match
}

const decode = (text: string): string =>
  text.replace(/&(?:#x[0-9a-f]+|#\d+|[a-z]+);?/gi, decodeReference)

const failure = (text: string) => badRequest(`Can't parse entities: ${text}`)

/** Reads attributes up to `>`; returns where the tag ended. */
function readAttributes(html: string, start: number, tag: string, at: number) {
  const attributes = new Map<string, string>()
  const pattern = /\s*(?:(>)|([^\s=>]*)\s*(=?)\s*(?:"([^"]*)("?)|'([^']*)('?)|([\w.-]*)))/y
  pattern.lastIndex = start
  for (;;) {
    const match = pattern.exec(html)
    if (!match || (match[0] === '' && pattern.lastIndex >= html.length))
      throw failure(`Unclosed start tag at byte offset ${at}`)
    if (match[1] === '>') return { attributes, end: pattern.lastIndex }
    const [, , name = '', equals, double, doubleEnd, single, singleEnd, token] = match
    if (name === '') throw failure(`Empty attribute name in the tag "${tag}" at byte offset ${at}`)
    if (equals !== '=')
      throw failure(
        `Expected equal sign in declaration of an attribute of the tag "${tag}" ` +
          `at byte offset ${at}`,
      )
    if (doubleEnd === '' || singleEnd === '' || pattern.lastIndex >= html.length)
      throw failure(`Unclosed start tag at byte offset ${at}`)
    attributes.set(name.toLowerCase(), decode(double ?? single ?? token?.toLowerCase() ?? ''))
  }
}

function entityOf(tag: OpenTag, length: number, content: string): Entity | undefined {
  const base = { offset: tag.offset, length }
  const type = TAGS[tag.name] as EntityType
  const attribute = (name: string) => tag.attributes.get(name)
  if (type === 'text_link') {
    const url = attribute('href') || content
    const user = /^tg:\/\/user\?id=(\d+)$/.exec(url)?.[1]
    if (user !== undefined) return { ...base, type: 'text_mention', user: { id: Number(user) } }
    return isLink(url) ? { ...base, type, url: normalLink(url) } : undefined
  }
  if (type === 'custom_emoji') {
    const id = attribute('emoji-id') ?? ''
    if (!/^\d+$/.test(id)) throw badRequest('Invalid custom emoji identifier specified')
    return { ...base, type, custom_emoji_id: id }
  }
  if (type === 'date_time') {
    const [unix, format] = [Number(attribute('unix') ?? ''), attribute('format') ?? '']
    if (!Number.isInteger(unix) || unix <= 0) throw badRequest('Invalid Unix time specified')
    if (!DATE_TIME.test(format)) throw badRequest('Invalid date-time format specified')
    return { ...base, type, unix_time: unix, date_time_format: format }
  }
  if (type === 'blockquote' && attribute('expandable') !== undefined)
    return { ...base, type: 'expandable_blockquote' }
  const language = /^language-(.+)$/.exec(attribute('class') ?? '')?.[1]
  return type === 'code' && language !== undefined ? { ...base, type, language } : { ...base, type }
}

const isLink = (url: string): boolean =>
  /^(?:https?|tg|ton|tonsite|mailto):\S+$/i.test(url) ||
  /^[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?$/.test(url)

const normalLink = (url: string): string => {
  const absolute = /^[a-z]+:/i.test(url) ? url : `http://${url}`
  return URL.canParse(absolute) ? new URL(absolute).href : absolute
}

/** `<pre><code class="language-x">` is one entity of type pre with a language. */
function addMerged(entities: Entity[], added: Entity): void {
  const last = entities.at(-1)
  const same = last && last.offset === added.offset && last.length === added.length
  if (same && last.language !== undefined && last.type === 'code' && added.type === 'pre') {
    entities[entities.length - 1] = { ...added, language: last.language }
  } else if (same && last.type === 'pre' && added.type === 'code' && added.language) {
    entities[entities.length - 1] = { ...last, language: added.language }
  } else {
    entities.push(added)
  }
}

const withoutCodeLanguage = ({ language, ...entity }: Entity): Entity =>
  language !== undefined && entity.type === 'pre' ? { ...entity, language } : entity

/** Parses parse mode HTML with the error texts of tdlib's MessageEntity.cpp; offsets are UTF-16. */
export function parseHtml(html: string): FormattedText {
  const byteOffset = (index: number) => Buffer.byteLength(html.slice(0, index))
  const open: OpenTag[] = []
  const entities: Entity[] = []
  let text = ''
  let position = 0
  while (position < html.length) {
    const start = html.indexOf('<', position)
    text += decode(html.slice(position, start < 0 ? html.length : start))
    if (start < 0) break
    const at = byteOffset(start)
    const closing = html[start + 1] === '/'
    if (closing && open.length === 0) throw failure(`Unexpected end tag at byte offset ${at}`)
    const nameStart = start + (closing ? 2 : 1)
    const name = /[^\s>]*/y
    name.lastIndex = nameStart
    const tag = (name.exec(html)?.[0] ?? '').toLowerCase()
    if (closing) {
      const end = /\s*>/y
      end.lastIndex = name.lastIndex
      if (!end.test(html)) throw failure(`Unclosed end tag at byte offset ${at}`)
      const opened = open.pop() as OpenTag
      if (tag !== '' && tag !== opened.name)
        throw failure(
          `Unmatched end tag at byte offset ${at}, expected "</${opened.name}>", found "</${tag}>"`,
        )
      const length = text.length - opened.offset
      const entity = length > 0 && entityOf(opened, length, text.slice(opened.offset))
      if (entity) addMerged(entities, entity)
      position = end.lastIndex
      continue
    }
    if (name.lastIndex >= html.length) throw failure(`Unclosed start tag at byte offset ${at}`)
    if (!(tag in TAGS)) throw failure(`Unsupported start tag "${tag}" at byte offset ${at}`)
    const { attributes, end } = tagAttributes(html, name.lastIndex, tag, at)
    if (tag === 'span' && attributes.get('class') !== 'tg-spoiler')
      throw failure(`Tag "span" must have class "tg-spoiler" at byte offset ${at}`)
    open.push({ name: tag, attributes, offset: text.length })
    position = end
  }
  const unclosed = open.at(-1)
  if (unclosed) throw failure(`Can't find end tag corresponding to start tag "${unclosed.name}"`)
  return { text, entities: entities.map(withoutCodeLanguage) }
}

function tagAttributes(html: string, start: number, tag: string, at: number) {
  // The only attribute without a value in the Bot API.
  const flag = /\s+expandable\s*>/y
  flag.lastIndex = start
  if (tag === 'blockquote' && flag.test(html))
    return { attributes: new Map([['expandable', '']]), end: flag.lastIndex }
  return readAttributes(html, start, tag, at)
}
