import type { Chart, ChartEdge, ChartState } from './chart.ts'
import { type ChartTree, treeOf } from './tree.ts'
import { addLine, rowsOf, type ViewLine, type ViewRow, type ViewState, withMeta } from './view.ts'

/** The view of where an actor is and what is near; laid out for its frame, the others when built. */
export const FOCUS = 'focus'

/** All that is near to where an actor is: what a reader needs to know what may happen next. */
export interface Focus {
  /** Where it is: the outermost active states, the active ones within them as their parts. */
  places: readonly Place[]
  /** What is in the innermost ones of them, if they are compounds, but for what is near anyway. */
  inside: readonly ViewState[]
  /** What leads from anywhere to somewhere. */
  anywhere: readonly Way[]
  /** The outermost states that are neither active nor near; all of them when none is active. */
  elsewhere: readonly ViewState[]
}

/** An active state. */
export interface Place {
  state: ViewState
  parts: readonly Place[]
  out: readonly Way[]
  /** Only of the innermost ones. */
  in: readonly Way[]
}

/** All transitions between a place and one other state. */
export interface Way {
  /** Id of its first transition. */
  id: string
  /** The other state; null: from anywhere. */
  other: ViewState | null
  kind: ChartEdge['kind']
  lines: readonly ViewLine[]
}

/** Rows that are longer are cut: here they must fit beside their neighbours. */
const ROWS_SHOWN = 8

/**
 * What is near to these states; the innermost of them are the middle. States that the chart has not
 * (any more) are left out.
 */
export function focusOn(chart: Chart, active: readonly string[]): Focus {
  const tree = treeOf(chart)
  const known = new Set(chart.states.map(({ id }) => id))
  const ids = new Set(active.filter((id) => id !== tree.root.id && known.has(id)))
  const near = new Set(ids)
  const middle = new Set<string>()
  const place = (state: ChartState): Place => {
    const parts = tree.children(state.id).filter((s) => ids.has(s.id))
    const isMiddle = parts.length === 0
    if (isMiddle) middle.add(state.id)
    const out = waysOut(tree, state.id, ids)
    const into = isMiddle ? waysInto(tree, state.id, ids) : []
    for (const { other } of [...out, ...into]) if (other !== null) near.add(other.id)
    const isOwnPart = (row: ViewRow) => row.kind !== 'exit'
    return {
      state: {
        id: state.id,
        hidden: isMiddle ? hiddenIn(tree, state.id) : 0,
        rows: [...rowsOf(chart, state, isMiddle), ...comingBack(tree, state.id, ids)]
          .filter(isOwnPart)
          .slice(0, ROWS_SHOWN),
      },
      parts: parts.map(place),
      out,
      in: into,
    }
  }
  const places = tree
    .children(tree.root.id)
    .filter((s) => ids.has(s.id))
    .map(place)
  // What leads from anywhere to the middle stands there, with what else leads to it.
  const toMiddle = ({ other }: Way) => other !== null && middle.has(other.id)
  const outermost = new Set([...near].map((id) => outermostOf(tree, id)))
  return {
    places,
    inside: [...middle].flatMap((id) =>
      tree
        .children(id)
        .filter(({ id: child, type }) => type !== 'history' && !near.has(child))
        .map((state) => folded(tree, state.id)),
    ),
    anywhere: waysOut(tree, tree.root.id, new Set()).filter((way) => !toMiddle(way)),
    elsewhere: tree
      .children(tree.root.id)
      .filter((s) => s.type !== 'history' && !outermost.has(s.id))
      .map((s) => folded(tree, s.id)),
  }
}

const outermostOf = (tree: ChartTree, id: string): string => {
  const { parent } = tree.state(id)
  return parent === null || parent === tree.root.id ? id : outermostOf(tree, parent)
}

const hiddenIn = (tree: ChartTree, id: string): number =>
  tree.children(id).reduce((sum, child) => sum + 1 + hiddenIn(tree, child.id), 0)

/** A neighbour: its name within the machine, and how much is in it. */
const folded = (tree: ChartTree, id: string): ViewState => ({
  id,
  hidden: hiddenIn(tree, id),
  rows: [],
  title: titleOf(tree, id),
})

function titleOf(tree: ChartTree, id: string): string {
  const { key, parent, type, history } = tree.state(id)
  const own = type === 'history' ? `${history === 'deep' ? 'H*' : 'H'} ${key}` : key
  return parent === null || parent === tree.root.id ? own : `${titleOf(tree, parent)}.${own}`
}

/** Ways to states that are not active themselves; those in an active one are its parts or beside it. */
function waysOut(tree: ChartTree, id: string, active: ReadonlySet<string>): Way[] {
  return grouped(
    tree,
    tree
      .edges(id)
      .flatMap((edge) =>
        edge.targets
          .filter((target) => target !== id && !active.has(target))
          .map((target) => [edge, target] as const),
      ),
  )
}

function waysInto(tree: ChartTree, id: string, active: ReadonlySet<string>): Way[] {
  return grouped(
    tree,
    tree.chart.edges
      .filter(({ source, targets }) => targets.includes(id) && !active.has(source))
      .map((edge) => [edge, edge.source] as const),
  )
}

/** Ways to where the actor is already: they have no arrow of their own here. */
const comingBack = (tree: ChartTree, id: string, active: ReadonlySet<string>): ViewRow[] =>
  tree
    .edges(id)
    .filter(({ targets }) => targets.some((t) => t !== id && active.has(t)))
    .map((edge) => withMeta(tree.chart, edge))
    .map(({ id: edge, label, guard, actions }) => ({
      kind: 'again' as const,
      text: label,
      guard,
      actions,
      edges: [edge],
    }))

function grouped(tree: ChartTree, found: readonly (readonly [ChartEdge, string])[]): Way[] {
  return [...Map.groupBy(found, ([, other]) => other)].map(([other, all]) => {
    const lines: ViewLine[] = []
    for (const [edge] of all) addLine(lines, withMeta(tree.chart, edge))
    const [first] = all[0] as (typeof all)[number]
    const isAlike = all.every(([edge]) => edge.kind === first.kind)
    return {
      id: first.id,
      other: other === tree.root.id ? null : folded(tree, other),
      kind: isAlike ? first.kind : 'event',
      lines,
    }
  })
}
