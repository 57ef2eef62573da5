import Router from '@koa/router'
import type { Definition } from '../../machines/engine/definition.ts'
import { listActorsInStates } from '../../store/console/actors.ts'
import { countMoves } from '../../store/console/journal.ts'
import { countStates, type StateCount } from '../../store/engine/state-counts.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { ConsoleError } from './console-error.ts'
import type { EdgeStats, MachineDetail, MachineSummary } from './contract.ts'
import { countEdges } from './edges.ts'
import { toActorSummary } from './items.ts'
import { cursorParam, limitParam, pageOf, rowCursor, textParam } from './params.ts'
import { countsOf, statesIn, totalOf } from './state-counts.ts'

const DAY_MS = 86_400_000
/** A day of journal is read for it; whoever asks again soon gets the same answer. */
const EDGES_KEPT_MS = 30_000
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

  const definitionOf = (id: unknown): Definition => {
    const definition = registry.all.find((d) => d.id === id)
    if (definition === undefined) throw new ConsoleError(404, 'not-found')
    return definition
  }

  router.get('/machines', async (context) => {
    const rows = await countStates(db)
    context.body = registry.all.map((definition) => summarize(definition, rows))
  })

  router.get('/machines/:machine', async (context) => {
    const definition = definitionOf(context.params.machine)
    const rows = await countStates(db)
    context.body = {
      ...summarize(definition, rows),
      actors: totalOf(definition, rows),
      chart: assets.chartUrl(definition.id),
      counts: countsOf(definition, rows),
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

  router.get('/machines/:machine/edges', async (context) => {
    const definition = definitionOf(context.params.machine)
    const kept = edges.get(definition.id)
    if (kept !== undefined && kept.until > now()) {
      context.body = await kept.stats
      return
    }
    const stats = edgesOf(definition)
    edges.set(definition.id, { until: now() + EDGES_KEPT_MS, stats })
    stats.catch(() => edges.delete(definition.id))
    context.body = await stats
  })

  async function edgesOf({ id, machine }: Definition): Promise<EdgeStats> {
    const until = now()
    const since = until - DAY_MS
    const moves = await countMoves(db, id, new Date(since))
    return { since, until, edges: countEdges(machine, moves) }
  }

  return router
}
