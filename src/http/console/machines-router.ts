import Router from '@koa/router'
import { z } from 'zod'
import type { Definition } from '../../machines/engine/definition.ts'
import { lifecycleDefinition } from '../../machines/lifecycle/definition.ts'
import { listActorsInStates } from '../../store/console/actors.ts'
import { countStates, type StateCount } from '../../store/engine/state-counts.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { ConsoleError } from './console-error.ts'
import type { EdgeRange, EdgeStats, MachineDetail, MachineSummary } from './contract.ts'
import { createCoverage } from './coverage.ts'
import { edgesWith } from './edges.ts'
import { toActorSummary } from './items.ts'
import { cursorParam, limitParam, pageOf, rowCursor, textParam } from './params.ts'
import { countsOf, statesIn, totalOf } from './state-counts.ts'

const DAY_MS = 86_400_000
/** The newest hour is run again for it; whoever asks again soon gets the same answer. */
const EDGES_KEPT_MS = 30_000
/** What takes longer is counted beside everything else, and asked for again. */
const EDGES_PATIENCE_MS = 2_000
const ranges = z.enum(['day', 'month', 'tests'])
const TOP_STATES = 5

/** A machine in figures. */
export function summarize(
  { id, version, machine }: Definition,
  rows: readonly StateCount[],
): MachineSummary {
  const own = rows.filter((row) => row.machine === id).toSorted((a, b) => b.count - a.count)
  return {
    id,
    version,
    description: machine.root.description ?? '',
    actors: own.reduce((sum, { count }) => sum + count, 0),
    top: own.slice(0, TOP_STATES).map(({ state, count }) => ({ state, count })),
  }
}

/** Machines: their counts, who is in which state, and how often each transition was taken. */
export function createMachinesRouter(deps: ConsoleDeps): Router {
  const { db, registry, assets, now } = deps
  const router = new Router()
  const edges = new Map<string, { until: number; stats: Promise<EdgeStats> }>()
  const coverage = createCoverage(db, now)

  /** Machines of actors, and the one of this process, which no table has. */
  const all = [...registry.all, lifecycleDefinition]
  const isKept = ({ id }: Definition) => id !== lifecycleDefinition.id
  const rowsOfAll = async (): Promise<StateCount[]> => [
    ...(await countStates(db)),
    { machine: lifecycleDefinition.id, state: deps.lifecycleState(), count: 1 },
  ]

  const definitionOf = (id: unknown): Definition => {
    const definition = all.find((d) => d.id === id)
    if (definition === undefined) throw new ConsoleError(404, 'not-found')
    return definition
  }

  router.get('/machines', async (context) => {
    const rows = await rowsOfAll()
    context.body = all.map((definition) => summarize(definition, rows))
  })

  router.get('/machines/:machine', async (context) => {
    const definition = definitionOf(context.params.machine)
    const rows = await rowsOfAll()
    context.body = {
      ...summarize(definition, rows),
      actors: totalOf(definition, rows),
      chart: assets.chartUrl(definition.id),
      counts: countsOf(definition, rows),
      kept: isKept(definition),
    } satisfies MachineDetail
  })

  // `?state=<node id>&limit=&cursor=`: actors in that state or below it, oldest first.
  router.get('/machines/:machine/actors', async (context) => {
    const definition = definitionOf(context.params.machine)
    const limit = limitParam(context)
    const after = cursorParam(context, rowCursor)
    const node = textParam(context, 'state') ?? definition.machine.root.id
    const states = statesIn(definition, await countStates(db), node)
    const rows =
      states.length === 0
        ? []
        : await listActorsInStates(db, { machine: definition.id, states, after, limit: limit + 1 })
    context.body = pageOf(
      rows,
      limit,
      (row) => toActorSummary(registry, row),
      ({ at, id }) => ({ at, id }),
    )
  })

  // `?range=`: an EdgeRange, a day if absent.
  router.get('/machines/:machine/edges', async (context) => {
    const definition = definitionOf(context.params.machine)
    const range = ranges.safeParse(textParam(context, 'range') ?? 'day')
    if (!range.success) throw new ConsoleError(400, 'console.invalid', 'range')
    const key = `${definition.id} ${range.data}`
    const kept = edges.get(key)
    if (kept !== undefined && kept.until > now()) {
      context.body = await kept.stats
      return
    }
    const stats = edgesOf(definition, range.data)
    edges.set(key, { until: now() + EDGES_KEPT_MS, stats })
    stats.then(
      ({ done }) => done < 1 && edges.delete(key),
      () => edges.delete(key),
    )
    context.body = await stats
  })

  async function edgesOf(definition: Definition, range: EdgeRange): Promise<EdgeStats> {
    const { id, machine } = definition
    const until = now()
    const tested = (await deps.sandbox?.tested()) ?? null
    const testedAt = tested?.at ?? null
    if (range === 'tests') {
      if (tested === null) throw new ConsoleError(404, 'not-found', 'No test run was written.')
      const counts = new Map(Object.entries(tested.machines[id] ?? {}))
      const steps = [...counts.values()].reduce((sum, count) => sum + count, 0)
      const told = { since: tested.at, until: tested.at, steps, unexplained: 0, done: 1, testedAt }
      return { range, edges: edgesWith(machine, counts), ...told }
    }
    const asked = until - (range === 'day' ? DAY_MS : 30 * DAY_MS)
    const taken = await coverage.read(definition, asked, EDGES_PATIENCE_MS)
    const { counts, steps, unexplained, since, done } = taken
    const edges = edgesWith(machine, counts)
    return { range, since, until, edges, steps, unexplained, done, testedAt }
  }

  return router
}
