import type { View, ViewEdge, ViewLine } from './view.ts'

/** What leads to a state from so many others in the same words is told at the state, not by arrows. */
const COMMON = 3

/**
 * A view with arrows alone: their labels show when one is looked at. What leads to a state from
 * anywhere in the state around it, or from many others alike, is a number at that state instead of
 * arrows. Rows are left out: small enough to be seen as a whole, with names that can be read.
 */
export function bareView({ states, edges }: View): View {
  const sources = new Map<string, Set<string>>()
  const wordsOf = ({ target }: ViewEdge, { text }: ViewLine) => `${target}|${text}`
  for (const edge of edges.filter(({ inward }) => !inward)) {
    for (const line of edge.lines) {
      const words = wordsOf(edge, line)
      sources.set(words, (sources.get(words) ?? new Set()).add(edge.source))
    }
  }
  const isCommon = (edge: ViewEdge, line: ViewLine) =>
    edge.inward || (sources.get(wordsOf(edge, line))?.size ?? 0) >= COMMON
  const common = Map.groupBy(
    edges.flatMap((edge) =>
      edge.lines.filter((line) => isCommon(edge, line)).map((line) => ({ to: edge.target, line })),
    ),
    ({ to }) => to,
  )
  return {
    isBare: true,
    states: states.map((state) => {
      const lines = common.get(state.id)?.map(({ line }) => line) ?? []
      return { ...state, rows: [], ...(lines.length > 0 && { common: waysOf(lines) }) }
    }),
    edges: edges.flatMap((edge) => {
      const lines = edge.lines.filter((line) => !isCommon(edge, line))
      return lines.length === 0 ? [] : [{ ...edge, lines }]
    }),
  }
}

/** Each event once, with all transitions by it. */
function waysOf(lines: readonly ViewLine[]): { texts: string[]; edges: string[] } {
  return {
    // Without what the event means.
    texts: [...new Set(lines.map(({ text }) => text.replace(/ \{.*\}$/, '')))],
    edges: lines.flatMap((line) => line.edges),
  }
}
