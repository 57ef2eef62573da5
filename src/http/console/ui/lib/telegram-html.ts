/** A piece of a Telegram message: text, or an element with pieces inside. */
export type Piece = string | { tag: Tag; href?: string; inside: Piece[] }

export type Tag = 'b' | 'i' | 'u' | 's' | 'code' | 'pre' | 'a' | 'blockquote' | 'spoiler'

const TAGS: Record<string, Tag> = {
  b: 'b',
  strong: 'b',
  i: 'i',
  em: 'i',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  code: 'code',
  pre: 'pre',
  a: 'a',
  blockquote: 'blockquote',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
}
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
const TOKEN = /<(\/?)([a-z-]+)([^>]*)>|([^<]+|<)/gi

/**
 * Reads Telegram's HTML (https://core.telegram.org/bots/api#html-style) into pieces, so that no
 * text of anybody ever becomes markup of this page. What Telegram does not know stays text.
 */
export function telegramPieces(html: string): Piece[] {
  const root: Piece[] = []
  const open: { tag: Tag; inside: Piece[] }[] = []
  const here = () => open.at(-1)?.inside ?? root
  for (const [whole, slash, name = '', rest = '', text] of html.matchAll(TOKEN)) {
    // Shown as it stands in the text: here whoever reads is not who it was written for.
    if (name === 'tg-time') continue
    const tag = TAGS[name.toLowerCase()]
    if (text !== undefined || tag === undefined) {
      here().push(decode(text ?? whole))
    } else if (slash === '') {
      const href = tag === 'a' ? /href="([^"]*)"/.exec(rest)?.[1] : undefined
      const piece = { tag, ...(href === undefined ? {} : { href: decode(href) }), inside: [] }
      here().push(piece)
      open.push(piece)
    } else if (open.at(-1)?.tag === tag) open.pop()
  }
  return root
}

const decode = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
