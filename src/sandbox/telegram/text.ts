import { badRequest } from './api-error.ts'
import { type Args, textArg } from './args.ts'
import { isBlank } from './blank-text.ts'
import { type FormattedText, givenEntities, normalise } from './entities.ts'
import { parseHtml } from './html-parser.ts'
import { LIMITS } from './limits.ts'
import { parseMarkdown } from './markdown-parser.ts'

interface RawText {
  readonly text: string
  readonly parseMode: string
  readonly entities: unknown
}

/**
 * What tdlib's clean_input_string does (td/telegram/misc.cpp): control characters other than the
 * line feed become spaces; carriage returns, the controls of writing direction U+2028 to U+202E and
 * three combining lines go.
 */
const clean = (text: string): string =>
  text
    .replace(/[\r\u2028-\u202e]|\u0333|\u033f|\u030a/g, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what the server replaces.
    .replace(/[\u0000-\u0009\u000b-\u001f]/g, ' ')

/** Parses formatting the way the server does before it looks at anything else of a message. */
export function formattedText({ text, parseMode, entities }: RawText): FormattedText {
  if (Buffer.byteLength(text) > LIMITS.rawTextBytes) throw badRequest('Text is too long')
  const mode = parseMode.toLowerCase()
  const cleaned = clean(text)
  if (cleaned === '' || mode === '' || mode === 'none')
    return normalise({ text: cleaned, entities: givenEntities(entities) })
  if (mode === 'html') return normalise(parseHtml(cleaned))
  if (mode === 'markdown') return normalise(parseMarkdown(cleaned, 1))
  if (mode === 'markdownv2') return normalise(parseMarkdown(cleaned, 2))
  throw badRequest('Unsupported parse_mode')
}

const quietJson = (raw: string): unknown => {
  try {
    return raw === '' ? undefined : JSON.parse(raw)
  } catch {
    // The real server ignores entities that are no JSON.
    return undefined
  }
}

/** The `text` parameter of a message: 1 to 4096 units after parsing. */
export function messageText(args: Args): FormattedText {
  const text = textArg(args, 'text')
  if (text === '') throw badRequest('Message text is empty')
  const formatted = formattedText({
    text,
    parseMode: textArg(args, 'parse_mode'),
    entities: quietJson(textArg(args, 'entities')),
  })
  if (isBlank(formatted.text)) throw badRequest('Text must be non-empty')
  if (formatted.text.length > LIMITS.textUnits) throw badRequest('Message is too long')
  return formatted
}

/** A caption with its limit of 1024 units after parsing. */
export function checkedCaption(raw: RawText): FormattedText {
  const formatted = formattedText(raw)
  if (formatted.text.length > LIMITS.captionUnits) throw badRequest('Message caption is too long')
  return formatted
}

/** The `caption` parameter of a media message. */
export const messageCaption = (args: Args): FormattedText =>
  checkedCaption({
    text: textArg(args, 'caption'),
    parseMode: textArg(args, 'parse_mode'),
    entities: quietJson(textArg(args, 'caption_entities')),
  })
