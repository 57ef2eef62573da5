import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from './stage.ts'

/** How the installation did over time. */
export interface SteadyFigures {
  /** Growth of resident memory of an instance, by a line through the second half of the samples. */
  rss_slope_mb_per_h: number
  rss_max_mb: number
  connections_max: number
  dead_tuples_max: number
  /** Most effects that waited at once. */
  queue_depth_max: number
  /** Worst 99th percentile of the event loop's delay in one interval. */
  event_loop_p99_ms: number
}

interface Sample {
  at: number
  rssMb: number
  loopMs: number
  connections: number
  dead: number
  waiting: number
}

const EVERY_MS = 5_000

/** Looks every 5 s until the signal, and sums up. */
export async function measureSteady(stage: Stage, signal: AbortSignal): Promise<SteadyFigures> {
  const samples: Sample[] = []
  while (!signal.aborted) {
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {})
    if (!signal.aborted) samples.push(await look(stage))
  }
  const max = (of: (sample: Sample) => number) => Math.max(0, ...samples.map(of))
  const late = samples.slice(Math.floor(samples.length / 2))
  return {
    rss_slope_mb_per_h: round(slope(late.map(({ at, rssMb }) => [at / 3_600_000, rssMb]))),
    rss_max_mb: round(max(({ rssMb }) => rssMb)),
    connections_max: max(({ connections }) => connections),
    dead_tuples_max: max(({ dead }) => dead),
    queue_depth_max: max(({ waiting }) => waiting),
    event_loop_p99_ms: round(max(({ loopMs }) => loopMs)),
  }
}

async function look({ fleet, pool }: Stage): Promise<Sample> {
  const pages = await Promise.all(
    fleet.slots.map(({ url }) => fetch(`${url}/metrics`).then((answer) => answer.text())),
  )
  const worst = (name: string) =>
    Math.max(
      0,
      ...pages.map((page) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(page)?.[1] ?? 0)),
    )
  const { rows } = await pool.query<{ connections: number; dead: number; waiting: number }>(
    `select
       (select count(*)::int from pg_stat_activity where datname = current_database()) as connections,
       (select sum(n_dead_tup)::int from pg_stat_user_tables) as dead,
       (select count(*)::int from effects) as waiting`,
  )
  return {
    at: Date.now(),
    rssMb: worst('process_resident_memory_bytes') / 1_048_576,
    loopMs: worst('nodejs_eventloop_lag_p99_seconds') * 1_000,
    ...(rows[0] as { connections: number; dead: number; waiting: number }),
  }
}

/** Of the line with the least squares; 0 for fewer than two points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  if (points.length < 2) return 0
  const mean = (i: 0 | 1) => points.reduce((sum, point) => sum + point[i], 0) / points.length
  const [mx, my] = [mean(0), mean(1)]
  const over = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0)
  return over / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
}

const round = (value: number) => Math.round(value * 10) / 10
