import type { InspectTools } from '../http/console/console-deps.ts'
import { changesBetween } from '../http/console/context-diff.ts'
import type { InspectActorItem, InspectStep, InspectStepDetail } from '../http/console/contract.ts'
import type { Chart } from '../machines/charts/chart.ts'
import type { PositionedChart } from '../machines/charts/position.ts'
import { stateName } from '../machines/engine/transition.ts'
import { hasChart } from './definition.ts'
import {
  INSPECT_LIMITS,
  type InspectedActor,
  type InspectedStep,
  type InspectLimits,
  type InspectMemory,
} from './memory.ts'

/** Steps on either side of the one that is shown. */
const AROUND = 60

/** What is remembered of other programs' actors, as the console shows it. */
export function createInspectTools(
  memory: InspectMemory,
  limits: InspectLimits = INSPECT_LIMITS,
): InspectTools {
  const layouts = new Map<string, Promise<PositionedChart>>()

  const stateOf = ({ snapshot }: Pick<InspectedStep, 'snapshot'>): string | null =>
    snapshot === null || snapshot.value == null ? null : stateName(snapshot.value)

  const stepOf = (step: InspectedStep): InspectStep => ({
    seq: step.seq,
    at: step.at,
    event: step.event.type,
    from: step.from,
    state: stateOf(step),
    unanswered: step.snapshot === null,
  })

  function detailOf(
    { definition, status }: InspectedActor,
    steps: readonly InspectedStep[],
    at: number,
  ): InspectStepDetail | null {
    const step = steps.find(({ seq }) => seq === at)
    if (step === undefined) return null
    const told = (below: number) => steps.findLast((s) => s.seq <= below && s.snapshot !== null)
    const [before, after] = [told(at - 1)?.snapshot ?? {}, told(at)?.snapshot ?? {}]
    const configuration = (snapshot: Record<string, unknown>) =>
      hasChart(definition) && snapshot.value != null
        ? definition.configurationOf(snapshot.value)
        : []
    const { type, ...payload } = step.event
    return {
      ...stepOf(step),
      payload,
      status: typeof after.status === 'string' ? after.status : status,
      configuration: configuration(after),
      taken:
        hasChart(definition) && step.snapshot !== null
          ? definition.takenBetween(configuration(before), type, configuration(after))
          : [],
      ...{ context: after.context, output: after.output, error: after.error },
      diff: changesBetween(before.context, after.context, true),
    }
  }

  return {
    state() {
      const { bytes, ...dropped } = memory.usage()
      const actors = memory.actors()
      return {
        apps: memory
          .apps()
          .map(({ id, connectedAt, isOpen: open }) => ({
            ...{ id, connectedAt, open },
            actors: asTree(actors.filter(({ app }) => app === id)),
          }))
          .reverse(),
        ...{ bytes, maxBytes: limits.bytes },
        ...dropped,
      }
    },
    actor(id, at) {
      const all = memory.actors()
      const actor = all.find((one) => one.id === id)
      if (actor === undefined) return undefined
      const { firstSeq, lastSeq, definition, digest, app } = actor
      const seq = Math.min(lastSeq, Math.max(firstSeq, at ?? lastSeq))
      const steps = memory.steps(id, Math.max(firstSeq, seq - AROUND), seq + AROUND)
      return {
        ...itemOf(actor, depthOf(actor, byId(all))),
        ...{ app, firstSeq },
        parentName: all.find((one) => one.id === actor.parent)?.name ?? null,
        children: all
          .filter(({ parent }) => parent === id)
          .map((child) => ({ id: child.id, name: child.name })),
        chart: digest === null ? null : `/console/api/inspect/charts/${digest}`,
        noChart: hasChart(definition) ? null : definition.reason,
        steps: steps.map(stepOf),
        step: detailOf(actor, steps, seq),
      }
    },
    chart(digest) {
      const chart = memory.chartOf(digest)?.chart
      if (chart === undefined) {
        layouts.delete(digest)
        return undefined
      }
      let laid = layouts.get(digest)
      if (laid === undefined) {
        laid = layOut(chart)
        layouts.set(digest, laid)
      }
      return laid
    },
    onChange: memory.onChange,
    clear() {
      layouts.clear()
      memory.clear()
    },
  }
}

/** The layouter is large; most sandboxes never need it. */
async function layOut(chart: Chart): Promise<PositionedChart> {
  const { position } = await import('../../scripts/generate/charts/position.ts')
  return await position(chart)
}

const byId = (actors: readonly InspectedActor[]) => new Map(actors.map((a) => [a.id, a]))

function itemOf(actor: InspectedActor, depth: number): InspectActorItem {
  const { id, name, parent, status, value, lastSeq, updatedAt } = actor
  const state = value == null ? null : stateName(value)
  return { id, name, parent, depth, state, status, lastSeq, updatedAt }
}

/** An app may say that an actor is its own ancestor. */
function depthOf(actor: InspectedActor, all: ReadonlyMap<string, InspectedActor>): number {
  const seen = new Set([actor.id])
  let at = all.get(actor.parent ?? '')
  while (at !== undefined && !seen.has(at.id)) {
    seen.add(at.id)
    at = all.get(at.parent ?? '')
  }
  return seen.size - 1
}

/** Parents before their children; those whose parent is unknown begin a tree of their own. */
function asTree(actors: readonly InspectedActor[]): InspectActorItem[] {
  const all = byId(actors)
  const found: InspectActorItem[] = []
  const seen = new Set<string>()
  const add = (actor: InspectedActor, depth: number) => {
    if (seen.has(actor.id)) return
    seen.add(actor.id)
    found.push(itemOf(actor, depth))
    for (const child of actors) if (child.parent === actor.id) add(child, depth + 1)
  }
  for (const actor of actors) if (!all.has(actor.parent ?? '')) add(actor, 0)
  for (const actor of actors) add(actor, 0)
  return found
}
