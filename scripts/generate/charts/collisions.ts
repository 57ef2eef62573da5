import {
  type Box,
  headHeight,
  type Point,
  type PositionedChart,
  type PositionedView,
} from '../../../src/machines/charts/position.ts'
import type { ViewState } from '../../../src/machines/charts/view.ts'

interface Named {
  id: string
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

const inside = (a: Box, b: Box): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height

const pairs = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]))

/** Everything in a view that is drawn over something that it has no part in. */
export function collisions({ chart }: PositionedChart, view: PositionedView): string[] {
  const parents = new Map(chart.states.map((s) => [s.id, s.parent]))
  // A neighbour in focus stands away from the state that it is in, and says so in its title.
  const isAway = (s: ViewState) => s.title !== undefined
  const open = new Set(view.states.filter((s) => !isAway(s)).map((s) => parents.get(s.id)))
  const leaves = view.states.filter((s) => !open.has(s.id) || isAway(s))
  const groups = view.states.filter((s) => open.has(s.id) && !isAway(s))
  const labels = view.isBare
    ? []
    : view.edges.map(({ id, label }) => ({ id: `label ${id}`, ...label }))
  const heads = groups.map((s) => ({ ...s, height: headHeight(s.rows.length) }))
  const picture = { x: 0, y: 0, width: view.width, height: view.height }
  const found: (readonly [Named, Named])[] = [
    ...pairs(labels).filter(([a, b]) => overlap(a, b)),
    ...pairs(leaves).filter(([a, b]) => overlap(a, b)),
    ...labels.flatMap((l) => leaves.filter((s) => overlap(l, s)).map((s) => [l, s] as const)),
    ...labels.flatMap((l) => heads.filter((s) => overlap(l, s)).map((s) => [l, s] as const)),
    ...labels.flatMap((l) =>
      groups.filter((s) => overlap(l, s) && !inside(l, s)).map((s) => [l, s] as const),
    ),
    ...pairs(view.states).filter(([a, b]) => overlap(a, b) && !inside(a, b) && !inside(b, a)),
    ...view.states.flatMap((s): (readonly [Named, Named])[] => {
      const parent = isAway(s) ? undefined : view.states.find((p) => p.id === parents.get(s.id))
      if (parent === undefined) return inside(s, picture) ? [] : [[s, { id: 'picture' }] as const]
      const head = headHeight(parent.rows.length)
      const room = { ...parent, y: parent.y + head, height: parent.height - head }
      return inside(s, room) ? [] : [[s, parent] as const]
    }),
    ...view.edges.flatMap(({ id, points, source, target }) =>
      segments(points).flatMap((way) =>
        [
          ...labels.filter((l) => l.id !== `label ${id}` && overlap(way, l)),
          ...leaves.filter((s) => s.id !== source && s.id !== target && overlap(way, s)),
        ].map((other) => [{ id: `way ${id}` }, other] as const),
      ),
    ),
  ]
  return found.map(([a, b]) => `${a.id} over ${b.id}`)
}

/** The straight parts of a way, as boxes of no width. */
const segments = (points: readonly Point[]): Box[] =>
  points.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = points[i] as Point
    return {
      x: Math.min(x, fromX),
      y: Math.min(y, fromY),
      width: Math.abs(x - fromX),
      height: Math.abs(y - fromY),
    }
  })
