import type { Entity, FormattedText } from './entities.ts'

const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

const SIMPLE: Partial<Record<Entity['type'], string>> = {
  bold: 'b',
  italic: 'i',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  expandable_blockquote: 'blockquote',
}

const link = (url: string): [string, string] => [
  `<a href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer">`,
  '</a>',
]

/** Only web links become links: a page must not run what a bot put into a URL. */
const safeUrl = (url: string): string | undefined =>
  /^https?:\/\//i.test(url) ? url : /^[\w-]+(\.[\w-]+)+/.test(url) ? `https://${url}` : undefined

function tags(entity: Entity, content: string): [string, string] | undefined {
  const tag = SIMPLE[entity.type]
  if (tag) return [`<${tag}>`, `</${tag}>`]
  if (entity.type === 'date_time') {
    const moment = `unix="${entity.unix_time}" format="${entity.date_time_format}"`
    return [`<tg-time ${moment}>`, '</tg-time>']
  }
  if (entity.type === 'spoiler') return ['<span class="spoiler">', '</span>']
  const url = entity.type === 'text_link' ? entity.url : entity.type === 'url' ? content : undefined
  const safe = url === undefined ? undefined : safeUrl(url)
  if (safe !== undefined) return link(safe)
  if (entity.type === 'bot_command') return ['<span class="command">', '</span>']
  return undefined
}

function render(text: string, entities: readonly Entity[], from: number, to: number): string {
  let html = ''
  let position = from
  let index = 0
  while (index < entities.length) {
    const entity = entities[index] as Entity
    const start = Math.max(entity.offset, position)
    const end = Math.min(entity.offset + entity.length, to)
    html += escapeHtml(text.slice(position, start))
    // Sorted outermost first: what begins inside belongs to this one.
    let last = index + 1
    while (last < entities.length && (entities[last] as Entity).offset < end) last += 1
    const inner = render(text, entities.slice(index + 1, last), start, end)
    const pair = tags(entity, text.slice(start, end))
    html += pair ? pair[0] + inner + pair[1] : inner
    position = end
    index = last
  }
  return html + escapeHtml(text.slice(position, to))
}

/** The text as HTML that is safe to put into a page: escaped, with the entities as tags. */
export const toHtml = ({ text, entities }: FormattedText): string =>
  render(text, entities, 0, text.length)
