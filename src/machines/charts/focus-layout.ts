import type { Chart, ChartEdge } from './chart.ts'
import { type Focus, focusOn, type Place, type Way } from './focus.ts'
import {
  type Box,
  headHeight,
  labelSize,
  type Point,
  type PositionedView,
  SIZES,
} from './position.ts'
import { textWidth } from './text-width.ts'
import type { ViewEdge, ViewRow, ViewState } from './view.ts'
import { rowText, shortLine } from './words.ts'

/** Below this many pixels neighbours stand under each other instead of beside. */
const NARROW = 760
const GAP = 10
const INSET = 16
/** Room for an arrow between a label and what it leads to. */
const ARROW = 26
const STATE_HEIGHT = SIZES.title
/** Room for a count beside a name. */
const BADGE = 60
/** A row's text is cut so that the middle leaves room for its neighbours. */
const ROW_LETTERS = 44

/**
 * Where an actor is, in the middle; what leads there, and what may happen next, around it. Everything
 * at reading size for a frame of this width; nothing collides, for every neighbour has a row of its own.
 * Where they stand under each other, those by which transitions in `taken` went come first.
 */
export function layoutFocus(
  chart: Chart,
  active: readonly string[],
  width: number,
  taken: readonly string[] = [],
): PositionedView {
  const focus = focusOn(chart, active)
  let page = createPage()
  let bottom = spread(page, focus, width)
  let rowLetters = ROW_LETTERS
  if (width < NARROW || page.right() > width) {
    page = createPage()
    rowLetters = Math.min(ROW_LETTERS, Math.floor((width - 4 * INSET) / 7.2))
    bottom = stack(page, focus, Math.max(width, 320), new Set(taken))
  }
  const end = drawRest(page, chart, focus, bottom + 2 * GAP, width)
  const wide = Math.ceil(Math.max(width, page.right()))
  return { ...page.view, rowLetters, width: wide, height: Math.ceil(end) }
}

interface Page {
  view: {
    states: (ViewState & Box)[]
    edges: (ViewEdge & { points: readonly Point[]; label: Box })[]
    starts: []
    captions: { x: number; y: number; text: string }[]
  }
  right(): number
  /** Draws a neighbour, once; later ones get the place of the first. */
  neighbour(state: ViewState, x: number, y: number, height?: number): Box
  known(id: string): Box | undefined
}

function createPage(): Page {
  const view: Page['view'] = { states: [], edges: [], starts: [], captions: [] }
  return {
    view,
    right: () =>
      Math.max(
        0,
        ...view.states.map((s) => s.x + s.width),
        ...view.edges.map((e) => e.label.x + e.label.width),
      ),
    known: (id) => view.states.find((s) => s.id === id),
    neighbour(state, x, y, height = STATE_HEIGHT) {
      const box = { x, y, width: neighbourWidth(state), height }
      view.states.push({ ...state, ...box })
      return box
    },
  }
}

const neighbourWidth = ({ title = '', hidden }: ViewState) =>
  textWidth(title, SIZES.titleLetters) + 2 * SIZES.inset + (hidden > 0 ? SIZES.toggle : 0) + BADGE

/** With a name that is cut where there is no room for it. */
function fitted(state: ViewState, room: number): ViewState {
  const { title = '' } = state
  let shown = title
  while (neighbourWidth({ ...state, title: shown }) > room && shown.length > 4) {
    shown = `…${shown.slice(2)}`
  }
  return { ...state, title: shown }
}

const widthOf = (text: string) => textWidth(text, SIZES.letters)
const rowWidth = (row: ViewRow) => widthOf(rowText(row, ROW_LETTERS)) + 2 * SIZES.inset

const placeWidth = ({ state }: Place): number =>
  Math.max(
    150,
    textWidth(state.id.split('.').at(-1) ?? '', SIZES.titleLetters) + 70 + SIZES.toggle,
    ...state.rows.map(rowWidth),
  )

const innerWidth = (place: Place): number =>
  Math.max(placeWidth(place), ...place.parts.map((part) => innerWidth(part) + 2 * INSET))

const wayEdge = (way: Way, from: string, to: string, inward: boolean): ViewEdge => ({
  id: way.id,
  source: from,
  target: to,
  kind: way.kind as ChartEdge['kind'],
  inward,
  lines: way.lines,
})

/** Side by side: what leads here, the place, what may happen next. */
function spread(page: Page, { places, inside }: Focus, width: number): number {
  const all = places.flatMap(withParts)
  const targets = new Set(all.flatMap((p) => p.out.flatMap((w) => w.other?.id ?? [])))
  const incoming = all
    .flatMap((p) => p.in)
    .filter((w) => w.other === null || !targets.has(w.other.id))
  const widest = (ways: readonly Way[]) => Math.max(0, ...ways.map((w) => labelSize(w.lines).width))
  const sourceWidth = Math.max(0, ...incoming.map((w) => (w.other ? neighbourWidth(w.other) : 0)))
  const leftLabels = widest(incoming)
  const left = incoming.length === 0 ? 0 : sourceWidth + ARROW + leftLabels + ARROW
  const middle = Math.max(0, ...places.map(innerWidth))
  const right = left + middle
  const labelX = right + ARROW
  /** What leads here from a state that one may go to as well stands at its place on the right. */
  const backs = all.flatMap((to) =>
    to.in
      .filter((way) => way.other !== null && targets.has(way.other.id))
      .map((way) => ({ way, to: to.state.id })),
  )
  const drawnBacks = new Set<Way>()
  const both = [...all.flatMap((p) => p.out), ...backs.map((b) => b.way)]
  const targetX = labelX + widest(both) + ARROW

  /** Rows on the right of a place, from `y` on; gives where they end. */
  const drawOut = (place: Place, border: number, from: number): number => {
    let y = from
    for (const way of place.out) {
      const other = way.other as ViewState
      const known = page.known(other.id)
      const isReady = (to: string) => to === place.state.id || page.known(to) !== undefined
      const mine = known
        ? []
        : backs.filter(
            (b) => b.way.other?.id === other.id && isReady(b.to) && !drawnBacks.has(b.way),
          )
      for (const { way: back } of mine) drawnBacks.add(back)
      const size = labelSize(way.lines)
      const sizes = [size, ...mine.map((b) => labelSize(b.way.lines))]
      const height = sizes.reduce((sum, s) => sum + s.height + GAP / 2, -GAP / 2)
      const tall = Math.max(STATE_HEIGHT, height)
      const target = known ?? page.neighbour(other, targetX, y, tall)
      const label = { x: labelX, y: y + (tall - height) / 2, ...size }
      const middleY = label.y + label.height / 2
      const edge = wayEdge(way, place.state.id, other.id, false)
      page.view.edges.push({ ...edge, label, points: across(border, middleY, target, targetX) })
      let at = label.y + size.height + GAP / 2
      for (const { way: back, to } of mine) {
        const backLabel = { x: labelX, y: at, ...labelSize(back.lines) }
        const backY = backLabel.y + backLabel.height / 2
        const isOwn = to === place.state.id
        // The place that it leads to was drawn further up.
        const end = isOwn ? border : (page.known(to) as Box).x + (page.known(to) as Box).width
        const points = across(isOwn ? border : right + GAP, backY, target, targetX).toReversed()
        const up = (page.known(to) as Box).y + (page.known(to) as Box).height - 5
        page.view.edges.push({
          ...wayEdge(back, other.id, to, false),
          label: backLabel,
          points: isOwn
            ? points
            : [
                ...points,
                [Math.round(right + GAP), Math.round(up)],
                [Math.round(end), Math.round(up)],
              ],
        })
        at += backLabel.height + GAP / 2
      }
      y += tall + GAP
    }
    // What leads here from a neighbour of a place that was drawn before this one.
    for (const { way, to } of backs) {
      if (to !== place.state.id || drawnBacks.has(way) || way.other === null) continue
      const target = page.known(way.other.id)
      if (target === undefined) continue
      drawnBacks.add(way)
      const label = { x: labelX, y, ...labelSize(way.lines) }
      page.view.edges.push({
        ...wayEdge(way, way.other.id, to, false),
        label,
        points: across(border, y + label.height / 2, target, targetX).toReversed(),
      })
      y += label.height + GAP
    }
    return y
  }

  const drawIn = (place: Place, border: number, from: number): number => {
    let y = from
    for (const way of place.in) {
      if (way.other !== null && targets.has(way.other.id)) continue
      const size = labelSize(way.lines)
      const tall = way.other === null ? size.height : Math.max(STATE_HEIGHT, size.height)
      const label = { x: left - ARROW - size.width, y: y + (tall - size.height) / 2, ...size }
      const middleY = label.y + label.height / 2
      const source =
        way.other === null ? label.x + size.width : drawSource(page, way.other, y, tall)
      page.view.edges.push({
        ...wayEdge(way, way.other?.id ?? '', place.state.id, way.other === null),
        label,
        points: [
          [Math.round(source), Math.round(middleY)],
          [Math.round(border), Math.round(middleY)],
        ],
      })
      y += tall + GAP
    }
    return y
  }

  const draw = (place: Place, x: number, y: number, width: number): number => {
    const head = headHeight(place.state.rows.length)
    const at = page.view.states.length
    const box = { ...place.state, x, y, width, height: 0 }
    page.view.states.push(box)
    const isMiddle = place.parts.length === 0
    let below = y + (isMiddle ? GAP / 2 : head + GAP)
    const inEnd = isMiddle ? drawIn(place, x, below) : below
    for (const part of place.parts) {
      below = draw(part, x + INSET, below, width - 2 * INSET) + GAP
    }
    const outEnd = drawOut(place, x + width, below)
    const end = Math.max(outEnd, inEnd, y + head) - (isMiddle ? GAP / 2 : 0)
    page.view.states[at] = { ...box, height: Math.round(end - y + (isMiddle ? 0 : INSET / 2)) }
    return end + (isMiddle ? 0 : INSET / 2)
  }

  let y = 0
  for (const place of places) y = draw(place, left, y, middle) + 2 * GAP
  const room = { left: 0, right: width }
  return flow(page, 'Inside', foldedChips(page, inside, room), y, room)
}

const drawSource = (page: Page, state: ViewState, y: number, height: number): number => {
  const known = page.known(state.id)
  const { x, width } = known ?? page.neighbour(state, 0, y, height)
  return x + width
}

/** From a border to a neighbour in the column at `x`; one that was drawn further up is met there. */
function across(border: number, y: number, target: Box, x: number): Point[] {
  const row = Math.round(y)
  const isBeside = row >= target.y && row <= target.y + target.height
  if (isBeside)
    return [
      [Math.round(border), row],
      [Math.round(target.x), row],
    ]
  const channel = Math.round(x - 9)
  const end = Math.round(target.y + target.height - 6)
  return [
    [Math.round(border), row],
    [channel, row],
    [channel, end],
    [Math.round(target.x), end],
  ]
}

const withParts = (place: Place): Place[] => [place, ...place.parts.flatMap(withParts)]

/** Under each other: the place, then a row for each neighbour, bound by lines on the left. */
function stack(
  page: Page,
  { places, inside }: Focus,
  width: number,
  taken: ReadonlySet<string>,
): number {
  const all = places.flatMap(withParts)
  const withWays = all.filter((p) => p.out.length + p.in.length > 0)
  const channels = new Map(withWays.map((p, i) => [p.state.id, 4 + i * 7]))
  const indent = 10 + withWays.length * 7
  const draw = (place: Place, x: number, y: number, room: number): number => {
    const head = headHeight(place.state.rows.length)
    const at = page.view.states.length
    const box = { ...place.state, x, y, width: room, height: 0 }
    page.view.states.push(box)
    let below = y + head + (place.parts.length > 0 ? GAP : 0)
    for (const part of place.parts) {
      below = draw(part, x + INSET / 2, below, room - INSET) + GAP
    }
    page.view.states[at] = { ...box, height: below - y }
    return below
  }
  let y = 0
  for (const place of places) y = draw(place, indent, y, width - indent) + GAP
  y += GAP
  const room = { left: indent + 12, right: width }
  y = flow(page, 'Inside', foldedChips(page, inside, room), y, room)
  for (const place of all.toReversed()) {
    const box = page.known(place.state.id) as Box
    const channel = channels.get(place.state.id) ?? 0
    // Ways out and in meet the place's border at different heights.
    const ends = [Math.round(box.y + 10), Math.round(box.y + 19)] as const
    const back = (way: Way) => place.in.filter((w) => w.other?.id === way.other?.id)
    const paired = new Set(place.out.flatMap(back))
    // A way there stands above the way back from the same neighbour.
    const groups = [
      ...place.out.map((way) => [
        { way, isOut: true },
        ...back(way).map((other) => ({ way: other, isOut: false })),
      ]),
      ...place.in.filter((way) => !paired.has(way)).map((way) => [{ way, isOut: false }]),
    ]
    const wasTaken = (group: (typeof groups)[number]) =>
      group.some(({ way }) => way.lines.some((line) => line.edges.some((id) => taken.has(id))))
    const rows = [...groups.filter(wasTaken), ...groups.filter((g) => !wasTaken(g))].flat()
    for (const { way, isOut } of rows) {
      const shown = {
        ...way,
        lines: way.lines.map((l) => shortLine(l, width - indent - 34, widthOf)),
      }
      const size = labelSize(shown.lines)
      const label = { x: indent + 12, y, ...size }
      const other = way.other
      const top = y + size.height + 4
      const known = other === null ? undefined : page.known(other.id)
      const target =
        other === null
          ? undefined
          : (known ?? page.neighbour(fitted(other, width - indent - 34), indent + 34, top))
      const row = Math.round(
        target ? target.y + target.height / 2 + (isOut ? -5 : 5) : y + size.height / 2,
      )
      const far = target ? Math.round(target.x) : Math.round(label.x)
      const out: Point[] = [
        [Math.round(box.x), ends[isOut ? 0 : 1]],
        [channel, ends[isOut ? 0 : 1]],
        [channel, row],
        [far, row],
      ]
      page.view.edges.push({
        ...wayEdge(
          shown,
          isOut ? place.state.id : (other?.id ?? ''),
          isOut ? (other?.id ?? '') : place.state.id,
          other === null,
        ),
        label,
        points: isOut ? out : out.toReversed(),
      })
      y += size.height + (target && known === undefined ? STATE_HEIGHT + 4 : 0) + GAP
    }
  }
  return y
}

interface Chip {
  width: number
  height: number
  put(x: number, y: number): void
}

/** Draws boxes beside each other from `y` on, as many in a row as there is room for; gives where they end. */
function flow(page: Page, caption: string, boxes: readonly Chip[], y: number, room: Room): number {
  if (boxes.length === 0) return y
  const { left, right } = room
  page.view.captions.push({ x: left, y: y + 12, text: caption })
  let top = y + 22
  let x = left
  let tall = 0
  for (const box of boxes) {
    if (x > left && x + box.width > right) {
      x = left
      top += tall + 6
      tall = 0
    }
    box.put(x, top)
    x += box.width + 8
    tall = Math.max(tall, box.height)
  }
  return top + tall + 2 * GAP
}

/** From which x to which something may be drawn. */
interface Room {
  left: number
  right: number
}

/** Closed states, those that are not drawn yet. */
const foldedChips = (page: Page, states: readonly ViewState[], { left, right }: Room): Chip[] =>
  states
    .filter(({ id }) => page.known(id) === undefined)
    .map((given) => fitted(given, right - left))
    .map((state) => ({
      width: neighbourWidth(state),
      height: STATE_HEIGHT,
      put: (x: number, top: number) => void page.neighbour(state, x, top),
    }))

/** What may happen anywhere, as chips, and the states that are not near, folded. */
function drawRest(page: Page, chart: Chart, focus: Focus, from: number, width: number): number {
  const room = { left: 0, right: width }
  let y = from
  const show = (caption: string, boxes: readonly Chip[]) => {
    y = flow(page, caption, boxes, y, room)
  }
  const root = chart.states[0]?.id ?? ''
  const chips = focus.anywhere.flatMap((way) =>
    way.lines.map((given) => {
      const to = way.other?.title ?? ''
      const lines = [shortLine({ ...given, effects: [], to }, width - 18, widthOf)]
      const chip = { ...way, id: given.edges[0] ?? way.id, lines }
      const size = labelSize(chip.lines)
      return {
        ...size,
        put(x: number, top: number) {
          page.view.edges.push({
            ...wayEdge(chip, root, way.other?.id ?? root, true),
            points: [],
            label: { x, y: top, ...size },
          })
        },
      }
    }),
  )
  const isNowhere = focus.places.length === 0
  if (isNowhere) show('All states', foldedChips(page, focus.elsewhere, room))
  show('From anywhere', chips)
  show('Elsewhere', foldedChips(page, focus.elsewhere, room))
  return y
}
