const NARROW = new Set([..."iljtfI1.,:;'!|()[] "])
const WIDE = new Set([...'mwMWЖШЩЮФЫМДжшщюфыдмт@%—'])

/** About how wide a text is in DejaVu Sans Bold, in multiples of the font size. */
export function widthOf(text: string): number {
  let width = 0
  for (const char of text) {
    if (NARROW.has(char)) width += 0.41
    else if (WIDE.has(char)) width += 1.02
    else if ((char.codePointAt(0) as number) > 0x2e80) width += 1.1
    else width += char === char.toLowerCase() ? 0.7 : 0.8
  }
  return width
}

/** Breaks a text at spaces (long words anywhere) so that no line is wider than `max`. */
export function wrap(text: string, max: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((w) => chop(w, max))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer) <= max) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return line === '' ? lines : [...lines, line]
}

function chop(word: string, max: number): string[] {
  const parts: string[] = []
  let part = ''
  for (const char of word) {
    if (widthOf(part + char) > max) {
      parts.push(part)
      part = ''
    }
    part += char
  }
  return [...parts, part]
}

/** The largest size at which the text fits the box; the last line is cut when none does. */
export function layOut(
  text: string,
  box: { width: number; height: number },
): { size: number; lines: string[] } {
  for (const size of [64, 56, 48, 42, 36, 32, 28, 25, 22]) {
    const lines = wrap(text, box.width / size)
    if (lines.length * size * 1.3 <= box.height) return { size, lines }
  }
  const lines = wrap(text, box.width / 22).slice(0, Math.floor(box.height / 28.6))
  return { size: 22, lines: [...lines.slice(0, -1), `${lines.at(-1)}…`] }
}
