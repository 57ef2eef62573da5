import type { PositionedChart } from '../../machines/charts/position.ts'
import broadcast from './charts/broadcast.json' with { type: 'json' }
import conversation from './charts/conversation.json' with { type: 'json' }
import job from './charts/job.json' with { type: 'json' }
import lifecycle from './charts/lifecycle.json' with { type: 'json' }
import support from './charts/support.json' with { type: 'json' }
import topup from './charts/topup.json' with { type: 'json' }

/** The charts that `npm run charts` has laid out, by machine; 600 KB, so load this lazily. */
export const CHARTS: ReadonlyMap<string, PositionedChart> = new Map(
  [conversation, job, topup, broadcast, support, lifecycle].map((kept: unknown) => {
    const { chart, views } = kept as PositionedChart
    return [chart.id, { chart, views }]
  }),
)
