import type { PositionedChart } from '../../../../machines/charts/position.ts'
import { Chart, type ChartProps } from '../chart.tsx'
import { useLoad } from '../lib/use-load.ts'
import { Empty, Failure, Skeleton } from './states.tsx'

/** A machine's positioned chart; its address names its content, so the browser keeps it. */
export const useChart = (url: string | null) => useLoad<PositionedChart>(url)

/** Shows what can be read: all of a small chart, of a large one what is near to where the actor is. */
export const FOLLOW = 'follow'

type LiveChartProps = Omit<ChartProps, 'chart'> & { url: string | null }

/** The chart that an address holds, with what is live on it; `view` may be `FOLLOW`. */
export function LiveChart({ url, ...props }: LiveChartProps) {
  const loaded = useChart(url)
  if (url === null) {
    return (
      <Empty title="This machine has no drawn chart.">
        The list of its states says the same in words.
      </Empty>
    )
  }
  if (loaded.data !== null) {
    const view = props.view === FOLLOW ? undefined : props.view
    return <Chart chart={loaded.data} {...props} view={view} />
  }
  if (loaded.error !== null) return <Failure error={loaded.error} retry={loaded.reload} />
  return <Skeleton lines={9} height={320} />
}
