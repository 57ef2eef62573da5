import { h, type VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { drawChart, type Shape } from '../../../machines/charts/drawing.ts'
import { FOCUS } from '../../../machines/charts/focus.ts'
import { layoutFocus } from '../../../machines/charts/focus-layout.ts'
import type { Box, PositionedChart, PositionedView } from '../../../machines/charts/position.ts'
import { FAR, FarNames } from './chart-far.tsx'
import { useDragging, useWheelZoom } from './chart-gestures.ts'
import { MiniMap } from './chart-minimap.tsx'
import { ChartPath } from './chart-path.tsx'
import { ChartTaken } from './chart-taken.tsx'
import { ChartTools } from './chart-tools.tsx'
import { showChart } from './lib/shown-chart.ts'

export interface ChartProps {
  chart: PositionedChart
  /** Ids of the states that an actor is in, parents included or not. */
  active?: readonly string[] | undefined
  /** Ids of the transitions that the step took which is shown. */
  taken?: readonly string[] | undefined
  /** Ids of the states that it was in before, the newest last. */
  trail?: readonly string[] | undefined
  /** Actors by id of state; parents hold the sum of theirs. */
  counts?: Readonly<Record<string, number>> | undefined
  /** How often each transition was taken, by its id. */
  often?: ReadonlyMap<string, number> | undefined
  /** Id of the state or transition that is looked at. */
  selected?: string | null | undefined
  /** What is open: `focus`, `overview`, `full`, or the id of a compound; absent: what can be read. */
  view?: string | undefined
  onView?: ((view: string) => void) | undefined
  onSelectState?: ((id: string) => void) | undefined
  /** Gets the id of a transition (`ChartEdge.id`); `chart.chart.edges` has its guard and actions. */
  onSelectEdge?: ((id: string) => void) | undefined
}

/** Room around the drawing, in its own pixels. */
const MARGIN = 10
const SMALLEST = 0.05
const LARGEST = 2.5
/** The smallest scale at which letters are still 11 pixels large. */
const READABLE = 0.96
/** The smallest scale at which the names of states are. */
const NAMED = 0.79

/** A machine's chart: what is lit, counted and marked changes, and stays in sight. */
export function Chart(props: ChartProps): VNode {
  const { chart, active = [], taken, trail, counts, often, selected, onView } = props
  const [own, setOwn] = useState<string | null>(null)
  const [zoom, setZoom] = useState<number | null>(null)
  const [looked, setLooked] = useState<string | null>(null)
  /** The transition that is looked at, where the page around the chart keeps none. */
  const [chosen, setChosen] = useState<string | null>(null)
  const frame = useRef<HTMLElement>(null)
  const room = useRoom(frame)
  const place = active.join(' ')
  useEffect(() => {
    setLooked(null)
    setChosen(null)
  }, [place])

  const asked = props.view ?? own ?? preferred(chart, room.width)
  const name = asked === FOCUS || chart.views[asked] !== undefined ? asked : 'overview'
  // Where the actor is; without one what is looked at; of many actors all states, to choose from.
  const begun = counts === undefined ? initialOf(chart) : null
  const middle = looked ?? (active.length > 0 ? null : (stateOf(chart, selected) ?? begun))
  const shown = useMemo(
    () => viewOf(chart, name, middle === null ? active : chainOf(chart, middle), room.width, taken),
    [chart, name, place, middle, room.width, taken?.join(' ')],
  )
  const { width, height } = shown
  const across = room.width / (width + 2 * MARGIN)
  const down = room.height / (height + 2 * MARGIN)
  // A bare view is to be seen as a whole, if its names can be read then.
  const whole = shown.isBare && Math.min(across, down) >= NAMED ? Math.min(across, down) : across
  const fitting = name === FOCUS ? 1 : Math.min(1, Math.max(shown.isBare ? NAMED : READABLE, whole))
  const scale = zoom ?? fitting

  const marks = {
    active: new Set(active),
    selected: looked ?? chosen ?? selected ?? null,
    ...(taken && { taken: new Set(taken) }),
    ...(trail && { trail: new Set(trail) }),
    ...(often && { often }),
    ...(counts && { counts }),
  }
  const drawn = { chart: chart.chart, views: { [name]: shown } }
  const shapes = drawChart(drawn, name, marks).map(toVNode)

  /** Whether this view was reached by opening or closing a state: then that state stays where it is. */
  const isAnchored = useRef(false)
  const show = (next: string, anchored = false) => {
    isAnchored.current = anchored
    if (onView === undefined) setOwn(next)
    setZoom(null)
    setLooked(null)
    onView?.(next)
  }
  const zoomTo = (next: number) => setZoom(Math.min(LARGEST, Math.max(SMALLEST, next)))
  const fitAll = () => zoomTo(Math.min(1, across, down))
  // Where many actors are counted, what is looked at is what the page around the chart tells of.
  const isOfMany = counts !== undefined && active.length === 0
  const lookAt = (id: string | null) =>
    isOfMany ? props.onSelectState?.(id ?? chart.chart.id) : setLooked(id)
  const find = (id: string) => {
    if (name !== FOCUS && !shown.states.some((s) => s.id === id)) show(viewWith(chart, id))
    lookAt(id)
  }
  useEffect(() => showChart({ chart: chart.chart, find }), [chart, name])
  useWheelZoom(frame, scale, zoomTo)
  const wasDragged = useDragging(frame)
  // A drawing with nothing on it is seen from where it begins.
  const start = isAnchored.current ? null : initialOf(chart)
  const target = looked ?? (active.length > 0 ? null : (selected ?? start))
  useFollowing(frame, boxOf(shown, chart, active, target), scale, `${name} ${place} ${target}`)
  useAnchor(frame, shown, scale, name)

  const press = (element: EventTarget | null): boolean => {
    const at = (attribute: string) =>
      (element as Element | null)?.closest(`[${attribute}]`)?.getAttribute(attribute) ?? null
    const [toggled, edge, state] = [at('data-toggle'), at('data-edge'), at('data-id')]
    if (toggled !== null) {
      if (name !== FOCUS) show(toggledView(chart, shown, toggled), true)
      else lookAt(middle === toggled ? null : toggled)
    } else if (edge !== null) {
      // An arrow without a label may stand for several: its label is shown, to choose from.
      const isArrow = (element as Element).closest('.chart-hit') !== null
      const arrow = shown.edges.find((e) => e.lines.some((line) => line.edges.includes(edge)))
      const isChoice = isArrow && (arrow?.lines.length ?? 1) > 1
      const isKeptHere = isChoice || props.onSelectEdge === undefined
      setChosen(isKeptHere && edge !== chosen ? edge : null)
      if (!isChoice) props.onSelectEdge?.(edge)
    } else if (state !== null) {
      if (name === FOCUS && !isOfMany) setLooked(active.at(-1) === state ? null : state)
      props.onSelectState?.(state)
    }
    return toggled !== null || edge !== null || state !== null
  }

  return (
    <div class="chart-frame">
      <ChartTools
        {...{ chart, name, scale, show, zoomTo, fitAll }}
        onFit={() => setZoom(null)}
        back={middle === null || name !== FOCUS || middle === begun ? null : () => lookAt(null)}
        backTo={isOfMany ? 'All states' : active.length > 0 ? 'Back to where it is' : 'Back'}
        svg={() => frame.current?.querySelector('svg.chart') ?? null}
      />
      {taken && <ChartTaken chart={chart.chart} taken={taken} select={props.onSelectEdge} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled area needs the keyboard */}
      <section class="chart-scroll" ref={frame} tabIndex={0} aria-label="Statechart">
        <ChartPath frame={frame} chart={chart.chart} view={shown} scale={scale} margin={MARGIN} />
        {/* biome-ignore lint/a11y/useSemanticElements: SVG has no other way to say it */}
        <svg
          class="chart"
          role="group"
          aria-label={chart.chart.description || chart.chart.id}
          data-view={name}
          width={(width + 2 * MARGIN) * scale}
          height={(height + 2 * MARGIN) * scale}
          data-far={scale < FAR ? '' : undefined}
          viewBox={`${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`}
          onClick={(event) => {
            if (!wasDragged()) press(event.target)
          }}
          onKeyDown={(event) => {
            const isPress = event.key === 'Enter' || event.key === ' '
            if (isPress && press(event.target)) event.preventDefault()
          }}
        >
          {shapes}
          {scale < FAR && <FarNames chart={chart.chart} view={shown} scale={scale} />}
        </svg>
      </section>
      {name !== FOCUS && (
        <MiniMap {...{ frame, view: shown, scale, margin: MARGIN }} active={marks.active} />
      )}
    </div>
  )
}

/** All of it where that can be read in this frame, else what is near to where the actor is. */
function preferred({ views }: PositionedChart, room: number): string {
  const full = views.full as PositionedView
  return room === 0 || room / (full.width + 2 * MARGIN) >= READABLE ? 'full' : FOCUS
}

const initialOf = ({ chart }: PositionedChart): string =>
  chart.states[0]?.initial ?? chart.states[1]?.id ?? chart.id

function viewOf(
  { chart, views }: PositionedChart,
  name: string,
  active: readonly string[],
  room: number,
  taken: readonly string[] = [],
): PositionedView {
  if (name !== FOCUS) return views[name] as PositionedView
  return layoutFocus(chart, active, Math.max(320, (room || 900) - 2 * MARGIN - 2), taken)
}

/** The state that is looked at; of a transition the one that it leads from. */
function stateOf({ chart }: PositionedChart, selected: string | null | undefined): string | null {
  if (selected == null || selected === chart.id) return null
  const id = chart.edges.find((edge) => edge.id === selected)?.source ?? selected
  return id !== chart.id && chart.states.some((s) => s.id === id) ? id : null
}

/** A state with all states around it, the root first. */
function chainOf({ chart }: PositionedChart, id: string): string[] {
  const parent = chart.states.find((s) => s.id === id)?.parent ?? null
  return parent === null ? [id] : [...chainOf({ chart, views: {} }, parent), id]
}

/** The smallest view in which a state is drawn. */
function viewWith(chart: PositionedChart, id: string): string {
  const has = (name: string) => chart.views[name]?.states.some((s) => s.id === id) === true
  return ['overview', ...chainOf(chart, id).toReversed(), 'full'].find(has) ?? 'full'
}

function toVNode({ tag, attrs, children }: Shape): VNode {
  const key = attrs['data-id'] ?? undefined
  return h(
    tag,
    { ...attrs, ...(key === undefined ? {} : { key }) },
    children.map((child) => (typeof child === 'string' ? child : toVNode(child))),
  )
}

/** Opens a closed compound, together with those around it, or closes an open one. */
function toggledView({ chart, views }: PositionedChart, shown: PositionedView, id: string): string {
  const isClosed = shown.states.some((s) => s.id === id && s.hidden > 0)
  if (isClosed) return id
  const parent = chart.states.find((s) => s.id === id)?.parent ?? ''
  return views[parent] === undefined ? 'overview' : parent
}

/** How large the frame is within its borders. */
function useRoom(frame: { current: HTMLElement | null }): { width: number; height: number } {
  const [room, setRoom] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element
      setRoom((r) => (r.width === width && r.height === height ? r : { width, height }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])
  return room
}

/** The place of what is to be in sight: what is looked at, or the innermost lit state that is drawn. */
function boxOf(
  view: PositionedView,
  chart: PositionedChart,
  active: readonly string[],
  target: string | null,
): Box | undefined {
  const shown = new Map(view.states.map((s) => [s.id, s]))
  const label = view.edges.find((e) =>
    e.lines.some((l) => target !== null && l.edges.includes(target)),
  )
  if (label !== undefined) return label.label
  const wanted = target === null ? active.toReversed() : chainOf(chart, target).toReversed()
  const found = wanted.map((id) => shown.get(id)).find((s) => s !== undefined)
  const isRoot = found !== undefined && found.id === chart.chart.id && view.states.length > 1
  return isRoot ? undefined : found
}

/** Brings a place into sight when it changes; at once, for whoever steps on is not to wait. */
function useFollowing(
  frame: { current: HTMLElement | null },
  box: Box | undefined,
  scale: number,
  what: string,
): void {
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null || box === undefined) return
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = element
    const along = (from: number, length: number, room: number, at: number): number => {
      const [start, size] = [(from + MARGIN) * scale, length * scale]
      if (start >= at && start + size <= at + room) return at
      return size > room ? start - 4 : start + size / 2 - room / 2
    }
    element.scrollLeft = along(box.x, box.width, clientWidth, scrollLeft)
    element.scrollTop = along(box.y, box.height, clientHeight, scrollTop)
  }, [
    what,
    scale,
    box?.x,
    box?.y,
    box?.width,
    frame.current?.clientWidth,
    frame.current?.clientHeight,
  ])
}

/** What was opened or closed stays where it was on the screen, though all around it moves. */
function useAnchor(
  frame: { current: HTMLElement | null },
  view: PositionedView,
  scale: number,
  name: string,
): void {
  const before = useRef<{ view: PositionedView; scale: number; name: string } | null>(null)
  useLayoutEffect(() => {
    const element = frame.current
    const last = before.current
    before.current = { view, scale, name }
    if (element === null || last === null || last.name === name) return
    const [now, then] = [last.name, name].map((id) => ({
      new: view.states.find((s) => s.id === id),
      old: last.view.states.find((s) => s.id === id),
    }))
    const both = [then, now].find((pair) => pair?.new !== undefined && pair.old !== undefined)
    if (both?.new === undefined || both.old === undefined) return
    element.scrollLeft += (both.new.x + MARGIN) * scale - (both.old.x + MARGIN) * last.scale
    element.scrollTop += (both.new.y + MARGIN) * scale - (both.old.y + MARGIN) * last.scale
  }, [name])
}
