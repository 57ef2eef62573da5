import type { ChartState } from './chart.ts'
import {
  type Box,
  labelSize,
  type Point,
  type PositionedChart,
  type PositionedView,
  SIZES,
} from './position.ts'
import type { ViewEdge, ViewState } from './view.ts'
import { lineParts, lineText, rowParts, rowText } from './words.ts'

/** An SVG element as data: the page makes it live, the docs make it text. */
export interface Shape {
  tag: string
  attrs: Readonly<Record<string, string | number>>
  children: readonly (Shape | string)[]
}

/** What is said about an actor, or about all of them, on the chart. */
export interface Marks {
  /** Ids of the states that are lit. */
  active?: ReadonlySet<string>
  /** Actors by id of state. */
  counts?: Readonly<Record<string, number>>
  /** Id of the state or transition that is looked at. */
  selected?: string | null
  /** Ids of the transitions that were taken in the step that is shown. */
  taken?: ReadonlySet<string>
  /** Ids of the states of the steps before. */
  trail?: ReadonlySet<string>
  /** How often each transition was taken, by its id; those without are pale. */
  often?: ReadonlyMap<string, number>
}

const shape = (tag: string, attrs: Shape['attrs'], ...children: Shape['children'][number][]) => ({
  tag,
  attrs,
  children,
})

const classes = (...names: (string | false)[]) => names.filter(Boolean).join(' ')

/** The chart's content: first the states, parents below their children, then arrows, then labels. */
export function drawChart(
  { chart, views }: PositionedChart,
  name: string,
  marks: Marks = {},
): Shape[] {
  const view = views[name]
  if (view === undefined) return []
  const known = new Map(chart.states.map((s) => [s.id, s]))
  const open = new Set(view.states.flatMap(({ id }) => known.get(id)?.parent ?? []))
  const most = Math.max(1, ...view.states.map(({ id }) => countOf(marks, id, open)))
  const lit = litStates(view, known, marks.active)
  return [
    ...view.states.map((state) => {
      const facts = known.get(state.id) as ChartState
      const region = known.get(facts.parent ?? '')?.type === 'parallel'
      const isOpen = open.has(state.id) && state.hidden === 0
      const count = marks.counts?.[state.id] ?? 0
      const share = isOpen ? 0 : count / most
      return drawState({
        state,
        facts,
        region,
        isOpen,
        isLit: lit.has(state.id),
        count,
        share,
        marks,
        letters: view.rowLetters,
        isBare: view.isBare === true,
      })
    }),
    ...view.starts.flatMap(({ dot: [cx, cy], points }) => [
      shape('circle', { class: 'chart-dot', cx, cy, r: SIZES.dot / 2 - 0.5 }),
      drawLine('chart-start', points),
    ]),
    ...view.edges
      .filter((edge) => edge.points.length > 1)
      .map((edge) =>
        drawLine(
          classes(
            `chart-${edge.kind}`,
            isChosen(edge, marks) && 'chart-selected',
            ...marksOf(edge, marks),
          ),
          edge.points,
          view.isBare && edge,
        ),
      ),
    ...(view.isBare
      ? [
          ...view.edges.flatMap((edge) => drawOften(edge, marks)),
          ...view.edges
            .filter((edge) => isChosen(edge, marks) || isTaken(edge, marks))
            .map((edge) => drawLabel(withRoom(edge, view), marks)),
        ]
      : view.edges.map((edge) => drawLabel(edge, marks))),
    ...(view.captions ?? []).map(({ x, y, text }) =>
      shape('text', { class: 'chart-caption', x, y }, text),
    ),
  ]
}

const countOf = ({ counts }: Marks, id: string, open: ReadonlySet<string>) =>
  open.has(id) ? 0 : (counts?.[id] ?? 0)

/** The lit states that are visible; for hidden ones the closed compound that they are in. */
function litStates(
  view: PositionedView,
  known: ReadonlyMap<string, ChartState>,
  active: ReadonlySet<string> = new Set(),
): Set<string> {
  const shown = new Set(view.states.map((s) => s.id))
  const visible = (id: string | null): string[] => {
    if (id === null) return []
    return shown.has(id) ? [id] : visible(known.get(id)?.parent ?? null)
  }
  return new Set([...active].flatMap(visible))
}

/** What an arrow, a label or a line of it shows of what was done. */
function marksOf(
  { lines }: { lines: readonly { edges: readonly string[] }[] },
  { taken, often }: Marks,
): (string | false)[] {
  const ids = lines.flatMap((line) => line.edges)
  return [
    taken !== undefined && ids.some((id) => taken.has(id)) && 'chart-taken',
    often !== undefined && ids.every((id) => (often.get(id) ?? 0) === 0) && 'chart-never',
  ]
}

const isTaken = ({ lines }: ViewEdge, { taken }: Marks) =>
  taken !== undefined && lines.some((line) => line.edges.some((id) => taken.has(id)))

const isChosen = ({ lines }: ViewEdge, { selected }: Marks) =>
  selected != null && lines.some((line) => line.edges.includes(selected))

interface Drawn {
  state: ViewState & Box
  facts: ChartState
  /** One of several that go on side by side. */
  region: boolean
  isOpen: boolean
  isLit: boolean
  count: number
  /** Of the most crowded state. */
  share: number
  marks: Marks
  /** Longer rows are cut. */
  letters: number | undefined
  isBare: boolean
}

function drawState(drawn: Drawn): Shape {
  const { state, facts, region, isOpen, isLit, count, marks, letters, isBare } = drawn
  const { id, hidden, x, y, width, height } = state
  const name = classes(
    'chart-state',
    `chart-${facts.type}`,
    isOpen && `chart-open chart-depth${facts.depth % 2}`,
    region && 'chart-region',
    hidden > 0 && 'chart-closed',
    isLit && 'chart-lit',
    marks.selected === id && 'chart-selected',
    !isLit && marks.trail?.has(id) === true && 'chart-trail',
  )
  const attrs = { class: name, 'data-id': id }
  if (facts.type === 'history') return shape('g', attrs, ...drawHistory(facts, state))
  const told = [
    id,
    facts.description,
    ...(hidden > 0 ? [`${hidden} states inside`] : []),
    ...(marks.counts === undefined ? [] : [`${count} actors`]),
  ]
  const press = { tabindex: 0, role: 'button', 'aria-label': told.filter(Boolean).join('. ') }
  const box = shape('rect', { class: 'chart-box', x, y, width, height, rx: 8, ...press })
  const inner = { x: x + 3, y: y + 3, width: width - 6, height: height - 6, rx: 5.5 }
  const under = y + SIZES.title - 1.5
  return shape(
    'g',
    attrs,
    shape('title', {}, told.filter(Boolean).join('\n')),
    ...(hidden > 0
      ? [shape('rect', { class: 'chart-back', x: x + 4, y: y + 4, width, height, rx: 8 })]
      : []),
    box,
    ...(facts.type === 'final' ? [shape('rect', { class: 'chart-inner', ...inner })] : []),
    shape(
      'text',
      { class: classes('chart-title', isBare && 'chart-bare'), x: x + SIZES.inset, y: y + 18 },
      state.title ?? facts.key,
      ...(facts.type === 'parallel' ? [shape('tspan', { class: 'chart-dim' }, ' ∥')] : []),
    ),
    ...(state.rows.length > 0 || isOpen
      ? [shape('line', { class: 'chart-rule', x1: x, x2: x + width, y1: under, y2: under })]
      : []),
    ...state.rows.map((row, i) => {
      const { kind, rest } = rowParts(row, letters)
      const at = { x: x + SIZES.inset, y: y + SIZES.title + 12.5 + i * SIZES.row }
      const edge = row.edges[0]
      // The whole words beside the text, not in it: what is read out must be what is seen.
      return shape(
        'g',
        {},
        shape('title', {}, rowText(row, Number.POSITIVE_INFINITY)),
        shape(
          'text',
          {
            class: classes(
              'chart-row',
              ...(edge === undefined ? [] : marksOf({ lines: [row] }, marks)),
            ),
            ...at,
            ...(edge === undefined ? {} : pressable(edge, rowText(row, letters))),
          },
          shape('tspan', { class: 'chart-dim' }, `${kind} / `),
          ...rest.map(({ text, isEffect }) =>
            isEffect ? shape('tspan', { class: 'chart-effect' }, text) : text,
          ),
        ),
      )
    }),
    ...drawCommon(drawn),
    ...drawBadge(drawn),
    ...drawToggle(drawn),
  )
}

/** How many ways lead here that have no arrows of their own. */
function drawCommon({ state, isOpen, marks }: Drawn): Shape[] {
  const { common, x, y, width, hidden } = state
  const [first] = common?.edges ?? []
  if (common === undefined || first === undefined) return []
  const toggle = isOpen || hidden > 0 ? SIZES.toggle : 0
  // A count has its place between them, at every state.
  const left = x + width - toggle - SIZES.common
  const text = `⤵${common.texts.length}`
  const told = `${text} from anywhere or many states: ${common.texts.join(', ')}`
  return [
    shape(
      'g',
      {
        class: classes('chart-common', ...marksOf({ lines: [common] }, marks)),
        'data-edge': first,
      },
      shape('title', {}, told),
      shape('text', { x: left + 3, y: y + 18, ...pressable(first, told) }, text),
    ),
  ]
}

/** How many actors are there. */
function drawBadge({ state, count, share, isOpen }: Drawn): Shape[] {
  if (count === 0) return []
  const text = shortened(count)
  const width = 14 + text.length * 7
  const toggle = (isOpen || state.hidden > 0 ? SIZES.toggle : 0) + (state.common ? SIZES.common : 0)
  const left = state.x + state.width - toggle - width - 7
  const opacity = isOpen ? 0.14 : 0.16 + 0.84 * share
  return [
    shape(
      'g',
      { class: classes('chart-badge', share > 0.35 && 'chart-crowded') },
      shape('rect', {
        x: left,
        y: state.y + 5.5,
        width,
        height: 16,
        rx: 8,
        'fill-opacity': opacity,
      }),
      shape('text', { x: left + width / 2, y: state.y + 17.5, 'text-anchor': 'middle' }, text),
    ),
  ]
}

/** A count in at most five characters. */
const shortened = (count: number): string => {
  if (count < 100_000) return String(count)
  return count < 10_000_000 ? `${Math.floor(count / 1_000)}k` : `${Math.floor(count / 1e6)}M`
}

/** The button that opens a closed compound or closes an open one. */
function drawToggle({ state, facts, isOpen }: Drawn): Shape[] {
  const { hidden, x, y, width } = state
  if (facts.parent === null || (hidden === 0 && !isOpen)) return []
  const left = x + width - SIZES.toggle
  const text = isOpen ? '▾' : `${hidden} ▸`
  return [
    shape(
      'g',
      {
        class: 'chart-toggle',
        'data-toggle': state.id,
        tabindex: 0,
        role: 'button',
        'aria-label': `${isOpen ? 'Close' : 'Open'} ${facts.key}: ${text}`,
      },
      shape('rect', { x: left, y: y + 4, width: SIZES.toggle - 4, height: 19, rx: 5 }),
      shape('text', { x: left + SIZES.toggle / 2 - 2, y: y + 17.5, 'text-anchor': 'middle' }, text),
    ),
  ]
}

const pressable = (edge: string, told: string) => ({
  'data-edge': edge,
  tabindex: 0,
  role: 'button',
  'aria-label': told,
})

function drawHistory({ history, description }: ChartState, { x, y }: Box): Shape[] {
  const middle = SIZES.history / 2
  const text = history === 'deep' ? 'H*' : 'H'
  return [
    shape('title', {}, description || 'Where it was left'),
    shape('circle', { class: 'chart-box', cx: x + middle, cy: y + middle, r: middle - 1 }),
    shape('text', { x: x + middle, y: y + middle + 4, 'text-anchor': 'middle' }, text),
  ]
}

type Drawing = PositionedView['edges'][number]

function drawLabel(edge: Drawing, marks: Marks): Shape {
  const { label, lines, kind, id, inward, source } = edge
  const { x, y, width, height } = label
  return shape(
    'g',
    {
      class: classes(
        'chart-label',
        `chart-${kind}`,
        inward && 'chart-anywhere',
        isChosen(edge, marks) && 'chart-selected',
        ...marksOf(edge, marks),
      ),
      'data-edge': id,
    },
    ...(inward
      ? [shape('title', {}, `From anywhere in ${source}`)]
      : [shape('title', {}, lines.map(lineText).join('\n'))]),
    shape('rect', { class: 'chart-pill', x, y, width, height, rx: 9 }),
    ...lines.map((line, i) => {
      const { text, guard, effects } = lineParts(line)
      const [first] = line.edges
      const isThis = marks.selected != null && line.edges.includes(marks.selected)
      const at = { x: x + width / 2, y: y + 14 + i * SIZES.line }
      const often = oftenText(line.edges, marks)
      return shape(
        'text',
        {
          class: classes(
            'chart-line',
            isThis && 'chart-selected',
            ...marksOf({ lines: [line] }, marks),
          ),
          ...at,
          'text-anchor': 'middle',
          ...pressable(first ?? id, `${lineText(line)}${often}`),
        },
        text,
        ...(guard === '' ? [] : [shape('tspan', { class: 'chart-dim' }, guard)]),
        ...(effects === '' ? [] : [shape('tspan', { class: 'chart-effect' }, effects)]),
        ...(often === '' ? [] : [shape('tspan', { class: 'chart-often' }, often)]),
      )
    }),
  )
}

/** A label over the middle of its arrow, within the picture. */
function withRoom(edge: Drawing, { width, height }: PositionedView): Drawing {
  const { x, y } = edge.label
  const size = labelSize(edge.lines)
  const within = (at: number, length: number, room: number) =>
    Math.max(0, Math.min(at - length / 2, room - length))
  const label = { x: within(x, size.width, width), y: within(y, size.height, height), ...size }
  return { ...edge, label }
}

/** Beside an arrow without a label: how often it was taken. */
function drawOften({ label, lines }: Drawing, marks: Marks): Shape[] {
  const text = oftenText(
    lines.flatMap((line) => line.edges),
    marks,
  ).trim()
  if (text === '') return []
  return [
    shape(
      'text',
      { class: 'chart-often chart-aside', x: label.x, y: label.y + 4, 'text-anchor': 'middle' },
      text,
    ),
  ]
}

/** How often a line's transitions were taken; empty: never, or it is not told. */
function oftenText(edges: readonly string[], { often }: Marks): string {
  if (often === undefined) return ''
  const sum = edges.reduce((total, id) => total + (often.get(id) ?? 0), 0)
  return sum === 0 ? '' : ` ×${shortened(sum)}`
}

/** A line with its head; the head is a shape of its own, for markers can't have their line's colour. */
function drawLine(name: string, points: readonly Point[], bare?: ViewEdge | false): Shape {
  const [[fromX, fromY], [x, y]] = points.slice(-2) as [Point, Point]
  const [dx, dy] = [Math.sign(x - fromX), Math.sign(y - fromY)]
  const [baseX, baseY] = [x - 7 * dx, y - 7 * dy]
  const side = (by: number) => `${baseX - by * dy},${baseY + by * dx}`
  return shape(
    'g',
    { class: classes('chart-arrow', name) },
    ...(bare ? drawHit(bare, points) : []),
    shape('path', { class: 'chart-way', d: roundedPath(points) }),
    shape('path', { class: 'chart-head', d: `M${side(3.5)}L${x},${y}L${side(-3.5)}z` }),
  )
}

/** What there is to press of an arrow without a label, and what it tells. */
function drawHit({ id, source, target, lines }: ViewEdge, points: readonly Point[]): Shape[] {
  const told = lines.map(lineText)
  return [
    shape('title', {}, [`${source} → ${target}`, ...told].join('\n')),
    shape('path', {
      class: 'chart-hit',
      d: roundedPath(points),
      ...pressable(lines[0]?.edges[0] ?? id, told.join(', ')),
    }),
  ]
}

/** A line with right angles, its corners rounded. */
function roundedPath(points: readonly Point[], radius = 6): string {
  const [first, ...rest] = points as [Point, ...Point[]]
  let from = first
  let path = `M${first}`
  rest.forEach((corner, i) => {
    const next = rest[i + 1]
    if (next === undefined) path += `L${corner}`
    else path += `L${towards(corner, from, radius)}Q${corner} ${towards(corner, next, radius)}`
    from = corner
  })
  return path
}

/** The point `distance` away from a corner, or halfway where the next corner is near. */
function towards([x, y]: Point, [toX, toY]: Point, distance: number): Point {
  const length = Math.hypot(toX - x, toY - y) || 1
  const part = Math.min(distance, length / 2) / length
  const near = (a: number, b: number) => Math.round((a + (b - a) * part) * 10) / 10
  return [near(x, toX), near(y, toY)]
}
