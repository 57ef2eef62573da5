import { badRequest } from './api-error.ts'
import type { Entity, EntityType, FormattedText } from './entities.ts'

/** https://core.telegram.org/bots/api#markdownv2-style and the legacy style. */
const MARKS: Record<1 | 2, readonly [string, EntityType][]> = {
  1: [
    ['```', 'pre'],
    ['`', 'code'],
    ['*', 'bold'],
    ['_', 'italic'],
  ],
  2: [
    ['```', 'pre'],
    ['`', 'code'],
    ['||', 'spoiler'],
    ['__', 'underline'],
    ['*', 'bold'],
    ['_', 'italic'],
    ['~', 'strikethrough'],
  ],
}
const RESERVED = '_*[]()~`>#+-=|{}.!'

interface Open {
  readonly mark: string
  readonly type: EntityType
  readonly offset: number
  readonly at: number
}

const failure = (text: string) => badRequest(`Can't parse entities: ${text}`)

function linkTarget(source: string, position: number): { url: string; end: number } | undefined {
  if (source[position] !== '(') return undefined
  const close = source.indexOf(')', position)
  if (close < 0) throw failure("Can't find end of a URL")
  return { url: source.slice(position + 1, close), end: close + 1 }
}

/** Parses Markdown (1) or MarkdownV2 (2), which refuses unescaped reserved characters. */
export function parseMarkdown(source: string, version: 1 | 2): FormattedText {
  const entities: Entity[] = []
  const open: Open[] = []
  let text = ''
  let position = 0
  const byteOffset = (index: number) => Buffer.byteLength(source.slice(0, index))
  const inCode = () => open.at(-1)?.type === 'code' || open.at(-1)?.type === 'pre'
  const close = (top: Open, extra: Partial<Entity> = {}) => {
    const length = text.length - top.offset
    if (length > 0) entities.push({ type: top.type, offset: top.offset, length, ...extra })
  }
  while (position < source.length) {
    const character = source[position] as string
    if (character === '\\' && /[\x21-\x7e]/.test(source[position + 1] ?? '')) {
      text += source[position + 1]
      position += 2
      continue
    }
    const top = open.at(-1)
    if (top && source.startsWith(top.mark, position) && top.mark !== '[') {
      open.pop()
      position += top.mark.length
      const language = top.type === 'pre' ? /^([\w+#-]+)\n/.exec(text.slice(top.offset)) : null
      if (language) text = text.slice(0, top.offset) + text.slice(top.offset + language[0].length)
      close(top, language?.[1] === undefined ? {} : { language: language[1] })
      continue
    }
    if (!inCode()) {
      if (character === ']' && top?.mark === '[') {
        open.pop()
        const link = linkTarget(source, position + 1)
        if (link) close(top, { url: link.url })
        position = link?.end ?? position + 1
        continue
      }
      const mark = MARKS[version].find(([start]) => source.startsWith(start, position))
      const started: [string, EntityType] | undefined =
        character === '[' ? ['[', 'text_link'] : (mark as [string, EntityType] | undefined)
      if (started) {
        open.push({ mark: started[0], type: started[1], offset: text.length, at: position })
        position += started[0].length
        continue
      }
      if (version === 2 && RESERVED.includes(character))
        throw failure(
          `Character '${character}' is reserved and must be escaped with the preceding '\\'`,
        )
    }
    text += character
    position += 1
  }
  const unclosed = open.at(-1)
  if (unclosed) {
    const kind = unclosed.type.replace('_', ' ')
    throw failure(`Can't find end of ${kind} entity at byte offset ${byteOffset(unclosed.at)}`)
  }
  return { text, entities }
}
