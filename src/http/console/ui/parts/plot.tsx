import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import { dark } from '../lib/theme.ts'
import type { Line } from './plot-engine.ts'

const load = () => import('./plot-engine.ts')

/**
 * Lines over time. The drawing library comes when the first plot does; until then, and for those
 * who can't see it, `label` says what is drawn.
 */
export function Plot(props: {
  label: string
  lines: Line[]
  /** Seconds, then one column for each line. */
  data: uPlot.AlignedData
  height?: number
}) {
  const { label, lines, data, height = 150 } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const newest = useRef(data)
  newest.current = data
  const night = dark.value

  // Colours are read anew when they change
  useEffect(() => {
    const element = box.current
    if (element === null) return
    let gone = false
    const sized = new ResizeObserver(() => {
      const width = element.clientWidth
      if (width > 0) plot.current?.setSize({ width, height })
    })
    void load().then(({ createPlot }) => {
      if (gone) return
      plot.current = createPlot(element, lines, newest.current, height)
      sized.observe(element)
    })
    return () => {
      gone = true
      sized.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [night, height])

  useEffect(() => {
    plot.current?.setData(data)
  }, [data])

  return (
    <div class="plot" role="img" aria-label={label} style={{ height: `${height}px` }} ref={box} />
  )
}
