import { useEffect, useRef } from 'preact/hooks'

type Frame = { current: HTMLElement | null }

/** Ctrl and wheel (a pinch on a touchpad too) zoom, and what is under the pointer stays there. */
export function useWheelZoom(frame: Frame, scale: number, zoomTo: (scale: number) => void): void {
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const zoom = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const next = scale * Math.exp(-event.deltaY / 300)
      const { left, top } = element.getBoundingClientRect()
      const [x, y] = [event.clientX - left, event.clientY - top]
      const growth = next / scale
      zoomTo(next)
      requestAnimationFrame(() => {
        element.scrollLeft = (element.scrollLeft + x) * growth - x
        element.scrollTop = (element.scrollTop + y) * growth - y
      })
    }
    element.addEventListener('wheel', zoom, { passive: false })
    return () => element.removeEventListener('wheel', zoom)
  })
}

/** Below this many pixels a press is a click, not a drag. */
const SLOP = 4

/** Dragging with the mouse moves the drawing; the answer tells whether the last press did. */
export function useDragging(frame: Frame): () => boolean {
  const dragged = useRef(false)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    let from: { x: number; y: number; left: number; top: number } | null = null
    const begin = (event: PointerEvent) => {
      dragged.current = false
      if (event.pointerType !== 'mouse' || event.button !== 0) return
      const { scrollLeft: left, scrollTop: top } = element
      from = { x: event.clientX, y: event.clientY, left, top }
    }
    const move = (event: PointerEvent) => {
      if (from === null) return
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y]
      if (Math.hypot(dx, dy) > SLOP) dragged.current = true
      if (!dragged.current) return
      element.scrollLeft = from.left - dx
      element.scrollTop = from.top - dy
    }
    const end = () => {
      from = null
    }
    element.addEventListener('pointerdown', begin)
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', end)
    return () => {
      element.removeEventListener('pointerdown', begin)
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', end)
    }
  }, [frame])
  return () => dragged.current
}
