/** Limits after entities are parsed, in UTF-16 units: https://core.telegram.org/bots/api. */
export const CAPTION_LIMIT = 1024
export const MESSAGE_LIMIT = 4096

/** A tag, an entity or a character, which is never torn apart. */
const TOKEN = /<(\/?)([a-z-]+)[^>]*>|&(?:#\d+|#x[\da-f]+|[a-z]+);|./gisu

const lengthOf = (token: string): number =>
  token.startsWith('<') ? 0 : token.startsWith('&') ? 1 : token.length

/** How long a text in Telegram's HTML is to the limits. */
export const visibleLength = (html: string): number =>
  (html.match(TOKEN) ?? []).reduce((sum, token) => sum + lengthOf(token), 0)

/** A text in Telegram's HTML, cut with an ellipsis when it is over the limit; its tags stay whole. */
export function fitHtml(html: string, limit: number): string {
  if (visibleLength(html) <= limit) return html
  let left = limit - 1
  let kept = ''
  const open: string[] = []
  for (const [token, slash, tag = ''] of html.matchAll(TOKEN)) {
    left -= lengthOf(token)
    if (left < 0) break
    kept += token
    if (slash === '/') open.pop()
    else if (tag !== '') open.push(tag)
  }
  return `${kept}…${open
    .reverse()
    .map((tag) => `</${tag}>`)
    .join('')}`
}
