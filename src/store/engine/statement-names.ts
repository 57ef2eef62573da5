import { createHash } from 'node:crypto'

/** Asked this often, a statement is worth its plan. */
const HOT_AFTER = 8
/** A plan takes tens of kilobytes on every connection. */
const MOST_NAMES = 128
/** Texts that are counted; those of lists of any length would fill the memory. */
const MOST_TEXTS = 1_024

/**
 * Names for statements that are asked often, by which a connection prepares each once; undefined for
 * the others. Without a name PostgreSQL parses and plans a statement every time, which costs it more
 * than carrying out a small one.
 */
export function createStatementNames({
  hotAfter = HOT_AFTER,
  mostNames = MOST_NAMES,
  mostTexts = MOST_TEXTS,
} = {}): (text: string) => string | undefined {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  return (text) => {
    const name = names.get(text)
    if (name !== undefined || names.size >= mostNames) return name
    const count = (counts.get(text) ?? 0) + 1
    if (count >= hotAfter) {
      counts.delete(text)
      const digest = createHash('sha256').update(text).digest('base64url').slice(0, 22)
      names.set(text, `hot-${digest}`)
    } else {
      if (counts.size >= mostTexts) counts.clear()
      counts.set(text, count)
    }
    return names.get(text)
  }
}
