import { actionText } from './chart.ts'
import type { ViewLine, ViewRow } from './view.ts'

/** Longer rows are cut: the whole is in the tables, and in the title of the row. */
const ROW_LENGTH = 68

/** The parts of an arrow's line: the event, under which condition, and what it has done. */
export function lineParts({ text, guard, effects, to }: ViewLine): {
  text: string
  guard: string
  effects: string
} {
  return {
    text: to === undefined ? text : `${text} → ${to}`,
    guard: guard === null ? '' : ` [${guard}]`,
    effects: effects.length === 0 ? '' : ` / ${effects.join(', ')}`,
  }
}

/** A line that takes at most so much room by `widthOf`: effects go first, then the words of the guard. */
export function shortLine(
  line: ViewLine,
  room: number,
  widthOf: (text: string) => number,
): ViewLine {
  const fits = (one: ViewLine) => widthOf(lineText(one)) <= room
  const tries: ViewLine[] = [
    line,
    { ...line, effects: [] },
    ...(line.guard === null ? [] : [{ ...line, effects: [], guard: '…' }]),
  ]
  const found = tries.find(fits)
  if (found !== undefined) return found
  const last = tries.at(-1) as ViewLine
  for (let letters = line.text.length - 1; letters > 4; letters -= 1) {
    const shorter = { ...last, text: `${line.text.slice(0, letters)}…` }
    if (fits(shorter)) return shorter
  }
  return last
}

/** An arrow's line as one text. */
export function lineText(line: ViewLine): string {
  const { text, guard, effects } = lineParts(line)
  return text + guard + effects
}

/** The parts of a state's row: its kind, and the rest, cut at `limit`; what is an effect is marked. */
export function rowParts(
  { kind, text, guard, actions }: ViewRow,
  limit = ROW_LENGTH,
): { kind: string; rest: readonly { text: string; isEffect: boolean }[] } {
  const condition = guard === null ? '' : ` [${guard}]`
  const between = text === '' ? '' : ' / '
  const rest = [
    { text: text + condition, isEffect: false },
    ...actions.map((action, i) => ({
      text: (i === 0 ? between : ', ') + actionText(action),
      isEffect: action.kind === 'effect',
    })),
  ]
  return { kind: kind === 'again' ? '↻' : kind, rest: cut(rest, limit) }
}

function cut<T extends { text: string }>(parts: readonly T[], limit: number): T[] {
  let left = limit
  return parts.flatMap((part) => {
    if (part.text === '' || left <= 0) return []
    const text = part.text.length <= left ? part.text : `${part.text.slice(0, left - 1)}…`
    left -= part.text.length
    return [{ ...part, text }]
  })
}

/** A state's row as one text. */
export function rowText(row: ViewRow, limit = ROW_LENGTH): string {
  const { kind, rest } = rowParts(row, limit)
  return `${kind} / ${rest.map((part) => part.text).join('')}`
}
