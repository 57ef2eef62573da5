import type { ViewLine, ViewRow } from './chart-view.ts'

/** Longer rows are cut: the whole is in the tables, and in the title of the row. */
const ROW_LENGTH = 68

/** The parts of an arrow's line: the event, under which condition, and what it has done. */
export function lineParts({ text, guard, effects }: ViewLine): {
  text: string
  guard: string
  effects: string
} {
  return {
    text,
    guard: guard === null ? '' : ` [${guard}]`,
    effects: effects.length === 0 ? '' : ` / ${effects.join(', ')}`,
  }
}

/** An arrow's line as one text. */
export function lineText(line: ViewLine): string {
  const { text, guard, effects } = lineParts(line)
  return text + guard + effects
}

/** The parts of a state's row: its kind, and the rest, cut at `limit`. */
export function rowParts(
  { kind, text, guard, actions }: ViewRow,
  limit = ROW_LENGTH,
): { kind: string; rest: string } {
  const condition = guard === null ? '' : ` [${guard}]`
  const done = actions.map((a) => a.name).join(', ')
  const rest = text === '' ? done : `${text}${condition}${done === '' ? '' : ` / ${done}`}`
  const letters = [...rest]
  return {
    kind: kind === 'again' ? '↻' : kind,
    rest: letters.length <= limit ? rest : `${letters.slice(0, limit - 1).join('')}…`,
  }
}

/** A state's row as one text. */
export function rowText(row: ViewRow, limit = ROW_LENGTH): string {
  const { kind, rest } = rowParts(row, limit)
  return `${kind} / ${rest}`
}
