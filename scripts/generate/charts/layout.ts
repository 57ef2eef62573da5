import type { ELK as Elk, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import type { Chart } from '../../../src/machines/charts/chart.ts'
import {
  type Box,
  headHeight,
  labelSize,
  type Point,
  type PositionedView,
  SIZES,
} from '../../../src/machines/charts/position.ts'
import { textWidth } from '../../../src/machines/charts/text-width.ts'
import type { View, ViewEdge, ViewRow, ViewState } from '../../../src/machines/charts/view.ts'
import { rowText } from '../../../src/machines/charts/words.ts'

/**
 * ELK's options are not inherited: every compound needs them. `considerModelOrder` and cycle
 * breaking by model order crash with compounds (https://github.com/eclipse-elk/elk/issues/1182).
 */
const LAYERED = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.feedbackEdges': 'true',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.edgeLabels.sideSelection': 'ALWAYS_DOWN',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '3',
}

/**
 * Where no labels stand between them, states and arrows stand closer, and a layer has few of them:
 * `perLayer` at most. (`STRETCH_WIDTH` and `LONGEST_PATH` hang on compounds.)
 */
const closeWith = (perLayer: number) => ({
  ...LAYERED,
  'elk.layered.layering.strategy': 'COFFMAN_GRAHAM',
  'elk.layered.layering.coffmanGraham.layerBound': String(perLayer),
  'elk.layered.feedbackEdges': 'false',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '9',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '6',
  'elk.spacing.nodeNode': '14',
  'elk.spacing.edgeNode': '8',
  'elk.spacing.edgeEdge': '6',
})

const FIRST = { 'elk.layered.layering.layerConstraint': 'FIRST' }
const STRAIGHT = {
  'elk.layered.priority.direction': '10',
  'elk.layered.priority.straightness': '10',
}

/** What a page has for a chart beside what is told of it, in pixels. */
const PAGE = { width: 880, height: 680 }
const MOST_PER_LAYER = 6

/**
 * Finds a place for everything; the same view always gets the same places. Of a bare view the layout is
 * taken that fits into a page at the largest scale.
 */
export async function layout(elk: Elk, chart: Chart, view: View): Promise<PositionedView> {
  if (!view.isBare) return layoutOnce(elk, chart, view)
  const scaleOf = (v: PositionedView) => Math.min(PAGE.width / v.width, PAGE.height / v.height)
  let best = await layoutOnce(elk, chart, view, MOST_PER_LAYER)
  for (let perLayer = MOST_PER_LAYER - 1; perLayer >= 2; perLayer -= 1) {
    const other = await layoutOnce(elk, chart, view, perLayer)
    if (scaleOf(other) > scaleOf(best)) best = other
  }
  return best
}

async function layoutOnce(
  elk: Elk,
  chart: Chart,
  view: View,
  perLayer = MOST_PER_LAYER,
): Promise<PositionedView> {
  const laid = await elk.layout(toElk(chart, view, perLayer))
  const boxes = new Map<string, Box>()
  const collect = ({ id, x = 0, y = 0, width = 0, height = 0, children = [] }: ElkNode): void => {
    boxes.set(id, rounded({ x, y, width, height }))
    for (const child of children) collect(child)
  }
  collect(laid)
  const arrows = new Map(laid.edges?.map((edge) => [edge.id, edge]))
  const place = (id: string) => boxes.get(id) as Box
  return {
    ...(view.isBare && { isBare: true }),
    width: Math.ceil(laid.width ?? 0),
    height: Math.ceil(laid.height ?? 0),
    states: view.states.map((state) => ({ ...state, ...place(state.id) })),
    edges: view.edges.map((edge) => {
      const arrow = arrows.get(edge.id) as ElkExtendedEdge
      const points = pointsOf(arrow)
      if (view.isBare) return { ...edge, points, label: middleOf(points) }
      const { x = 0, y = 0, width = 0, height = 0 } = arrow.labels?.[0] ?? {}
      const label = boxes.get(stubOf(edge.id)) ?? rounded({ x, y, width, height })
      return { ...edge, points, label }
    }),
    starts: startsOf(chart, view).map(({ id }) => {
      const { x, y } = place(dotOf(id))
      const dot: Point = [x + SIZES.dot / 2, y + SIZES.dot / 2]
      return { parent: id, dot, points: pointsOf(arrows.get(dotOf(id)) as ElkExtendedEdge) }
    }),
  }
}

const rounded = ({ x, y, width, height }: Box): Box => ({
  x: Math.round(x),
  y: Math.round(y),
  width: Math.ceil(width),
  height: Math.ceil(height),
})

function pointsOf({ id, sections = [] }: ElkExtendedEdge): Point[] {
  const [section, ...others] = sections
  if (section === undefined || others.length > 0) throw new Error(`${id} has no one way`)
  const { startPoint, bendPoints = [], endPoint } = section
  return [startPoint, ...bendPoints, endPoint].map(({ x, y }) => [Math.round(x), Math.round(y)])
}

const dotOf = (id: string) => `${id}>start`
/** Where an inward arrow begins: at its label, which stands beside its target as a state does. */
const stubOf = (id: string) => `${id}>from`

/** The open compounds that begin with one of their states. */
const startsOf = (chart: Chart, view: View) => {
  const shown = new Set(view.states.map((s) => s.id))
  return chart.states.filter(
    (s) => s.type === 'compound' && s.initial !== null && shown.has(s.id) && shown.has(s.initial),
  )
}

function toElk(chart: Chart, view: View, perLayer: number): ElkNode {
  const known = new Map(chart.states.map((s) => [s.id, s]))
  const starts = startsOf(chart, view)
  const layered = view.isBare ? closeWith(perLayer) : LAYERED
  const node = (state: ViewState): ElkNode => {
    const { key, type } = known.get(state.id) as Chart['states'][number]
    if (type === 'history') return { id: state.id, width: SIZES.history, height: SIZES.history }
    const inner = view.states.filter(({ id }) => known.get(id)?.parent === state.id)
    const toggle = inner.length > 0 || state.hidden > 0 ? SIZES.toggle : 0
    const title = titleWidth(key, view.isBare ? SIZES.bareLetters : SIZES.titleLetters)
    const width = Math.max(
      title + toggle + (state.common ? SIZES.common : 0),
      ...state.rows.map(rowWidth),
    )
    const height = headHeight(state.rows.length)
    if (inner.length === 0) return { id: state.id, width, height }
    const dot = { id: dotOf(state.id), width: SIZES.dot, height: SIZES.dot, layoutOptions: FIRST }
    return {
      id: state.id,
      layoutOptions: {
        ...layered,
        'elk.padding': `[top=${height + 14},left=18,bottom=18,right=18]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width},${height})`,
      },
      children: [
        ...(starts.some((s) => s.id === state.id) ? [dot] : []),
        ...inner.map(node),
        ...view.edges
          .filter(({ inward, target }) => inward && known.get(target)?.parent === state.id)
          .map((e) => ({ id: stubOf(e.id), ...labelSize(e.lines) })),
      ],
    }
  }
  const root = view.states[0] as ViewState
  return {
    id: '>root',
    layoutOptions: { ...layered, 'elk.json.shapeCoords': 'ROOT', 'elk.json.edgeCoords': 'ROOT' },
    children: [node(root)],
    edges: [...starts.map(startEdge), ...view.edges.map((e) => edge(e, view.isBare === true))],
  }
}

const startEdge = ({ id, initial }: Chart['states'][number]): ElkExtendedEdge => ({
  id: dotOf(id),
  sources: [dotOf(id)],
  targets: [initial as string],
  layoutOptions: STRAIGHT,
})

const edge = (e: ViewEdge, isBare: boolean): ElkExtendedEdge => ({
  id: e.id,
  sources: [e.inward ? stubOf(e.id) : e.source],
  targets: [e.target],
  labels: e.inward || isBare ? [] : [{ id: `${e.id}>label`, text: ' ', ...labelSize(e.lines) }],
})

/** Where an arrow's label is shown that has no room of its own: on the middle of its longest part. */
function middleOf(points: readonly Point[]): Box {
  const parts = points.slice(1).map((to, i) => [points[i] as Point, to] as const)
  const lengthOf = ([a, b]: (typeof parts)[number]) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1])
  const longest = parts.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0]
  const [[x1, y1], [x2, y2]] = longest as [Point, Point]
  return { x: Math.round((x1 + x2) / 2), y: Math.round((y1 + y2) / 2), width: 0, height: 0 }
}

/** Wide enough for the badge of a count beside the title. */
const titleWidth = (title: string, letters: number) => Math.max(72, textWidth(title, letters) + 66)
const rowWidth = (row: ViewRow) => textWidth(rowText(row), SIZES.letters) + 2 * SIZES.inset
