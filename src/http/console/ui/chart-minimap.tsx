import { useEffect, useState } from 'preact/hooks'
import type { PositionedView } from '../../../machines/charts/position.ts'

interface MapProps {
  frame: { current: HTMLElement | null }
  view: PositionedView
  scale: number
  margin: number
  active: ReadonlySet<string>
}

/** A drawing that is not this much larger than its frame needs no map. */
const WORTH = 1.4
const WIDEST = 170
const TALLEST = 130

/** The whole drawing in small, with what is in sight; a press goes there. */
export function MiniMap({ frame, view, scale, margin, active }: MapProps) {
  const [seen, setSeen] = useState({ x: 0, y: 0, width: 0, height: 0 })
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const look = () =>
      setSeen({
        x: element.scrollLeft / scale - margin,
        y: element.scrollTop / scale - margin,
        width: element.clientWidth / scale,
        height: element.clientHeight / scale,
      })
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [frame, view, scale])
  const isWhole = seen.width * WORTH >= view.width && seen.height * WORTH >= view.height
  if (isWhole || seen.width === 0) return null
  const small = Math.min(WIDEST / view.width, TALLEST / view.height)
  const goTo = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    const element = frame.current
    if (element === null || event.buttons === 0) return
    const { left, top } = event.currentTarget.getBoundingClientRect()
    const [x, y] = [(event.clientX - left) / small, (event.clientY - top) / small]
    element.scrollLeft = (x + margin) * scale - element.clientWidth / 2
    element.scrollTop = (y + margin) * scale - element.clientHeight / 2
  }
  return (
    <svg
      class="chart-map"
      aria-hidden="true"
      width={view.width * small}
      height={view.height * small}
      viewBox={`0 0 ${view.width} ${view.height}`}
      onPointerDown={goTo}
      onPointerMove={goTo}
    >
      {view.states.map(({ id, x, y, width, height }) => (
        <rect key={id} class={active.has(id) ? 'lit' : ''} {...{ x, y, width, height }} />
      ))}
      <rect class="seen" {...seen} />
    </svg>
  )
}
