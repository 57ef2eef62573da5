import { h, type VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { drawChart, type Shape } from '../../../machines/charts/drawing.ts'
import type { PositionedChart } from '../../../machines/charts/position.ts'
import { useDragging, useWheelZoom } from './chart-gestures.ts'
import { ChartTools } from './chart-tools.tsx'

export interface ChartProps {
  chart: PositionedChart
  /** Ids of the states that an actor is in, parents included or not. */
  active?: readonly string[] | undefined
  /** Actors by id of state; parents hold the sum of theirs. */
  counts?: Readonly<Record<string, number>> | undefined
  /** Id of the state or transition that is looked at. */
  selected?: string | null | undefined
  /** What is open at first: `overview`, `full`, or the id of a compound. */
  view?: string | undefined
  onView?: ((view: string) => void) | undefined
  onSelectState?: ((id: string) => void) | undefined
  /** Gets the id of a transition (`ChartEdge.id`); `chart.chart.edges` has its guard and actions. */
  onSelectEdge?: ((id: string) => void) | undefined
}

/** Room around the drawing, in its own pixels. */
const MARGIN = 10
const SMALLEST = 0.2
const LARGEST = 2.5
/** Smaller than this, nothing can be read: rather scroll. */
const READABLE = 0.6

/** A machine's chart: what is lit, counted and selected changes, but never where things are. */
export function Chart(props: ChartProps): VNode {
  const { chart, active, counts, selected, onView, onSelectState, onSelectEdge } = props
  const [view, setView] = useState(props.view ?? 'overview')
  const [zoom, setZoom] = useState<number | null>(null)
  const frame = useRef<HTMLElement>(null)
  const name = chart.views[view] === undefined ? 'overview' : view
  const { width, height } = chart.views[name] as { width: number; height: number }
  const fitting = useFitting(frame, width + 2 * MARGIN)
  const scale = zoom ?? fitting

  const marks = { active: new Set(active), selected: selected ?? null, ...(counts && { counts }) }
  const shapes = drawChart(chart, name, marks).map(toVNode)

  const show = (next: string) => {
    setView(next)
    setZoom(null)
    onView?.(next)
  }
  const zoomTo = (next: number) => setZoom(Math.min(LARGEST, Math.max(SMALLEST, next)))
  useEffect(() => {
    if (props.view !== undefined) setView(props.view)
  }, [props.view])
  useWheelZoom(frame, scale, zoomTo)
  const wasDragged = useDragging(frame)
  useFollowing(frame, `${name} ${active?.join(' ') ?? selected ?? ''}`)

  const press = (target: EventTarget | null): boolean => {
    const at = (attribute: string) =>
      (target as Element | null)?.closest(`[${attribute}]`)?.getAttribute(attribute) ?? null
    const [toggled, edge, state] = [at('data-toggle'), at('data-edge'), at('data-id')]
    if (toggled !== null) show(toggledView(chart, name, toggled))
    else if (edge !== null) onSelectEdge?.(edge)
    else if (state !== null) onSelectState?.(state)
    return toggled !== null || edge !== null || state !== null
  }

  return (
    <div class="chart-frame">
      <ChartTools {...{ chart, name, scale, show, zoomTo }} onFit={() => setZoom(null)} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled area needs the keyboard */}
      <section class="chart-scroll" ref={frame} tabIndex={0} aria-label="Statechart">
        {/* biome-ignore lint/a11y/useSemanticElements: SVG has no other way to say it */}
        <svg
          class="chart"
          role="group"
          aria-label={chart.chart.description || chart.chart.id}
          width={(width + 2 * MARGIN) * scale}
          height={(height + 2 * MARGIN) * scale}
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
        </svg>
      </section>
    </div>
  )
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
function toggledView({ chart, views }: PositionedChart, name: string, id: string): string {
  const isClosed = views[name]?.states.some((s) => s.id === id && s.hidden > 0)
  if (isClosed) return id
  const parent = chart.states.find((s) => s.id === id)?.parent ?? ''
  return views[parent] === undefined ? 'overview' : parent
}

/** The scale at which the drawing is as wide as its frame, unless that is too small to read. */
function useFitting(frame: { current: HTMLElement | null }, width: number): number {
  const [room, setRoom] = useState(0)
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return
    const measure = () => setRoom(element.clientWidth)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])
  return useMemo(
    () => (room === 0 ? 1 : Math.min(1, Math.max(READABLE, room / width))),
    [room, width],
  )
}

/** Brings what is lit, or else what is selected, into sight when it changes. */
function useFollowing(frame: { current: HTMLElement | null }, what: string): void {
  useEffect(() => {
    const lit = [...(frame.current?.querySelectorAll('.chart-lit:not(.chart-open)') ?? [])]
    const element = lit[0] ?? frame.current?.querySelector('.chart-selected')
    const box = element?.getBoundingClientRect()
    const area = frame.current?.getBoundingClientRect()
    if (box === undefined || area === undefined) return
    const isSeen =
      box.left >= area.left &&
      box.right <= area.right &&
      box.top >= area.top &&
      box.bottom <= area.bottom
    if (isSeen) return
    frame.current?.scrollBy({
      left: box.left + box.width / 2 - area.left - area.width / 2,
      top: box.top + box.height / 2 - area.top - area.height / 2,
      behavior: 'smooth',
    })
  }, [what])
}
