import type { EventObject } from 'xstate'
import { stateName } from '../engine/transition.ts'
import { toChart } from './chart.ts'
import type { Moment, Simulation } from './simulation.ts'

/** Far more than any walk here needs. */
const MOST_MOMENTS = 6_000

/** One way to a state: the first found is one of the shortest. */
export interface Arrival {
  moment: Moment
  events: readonly EventObject[]
}

/**
 * Walks breadth first through all that a simulation offers, and gives an arrival in every
 * configuration found, by its name. `preferred` says which arrival shows a configuration best; where
 * none does, the first is given. `visit` hears of every arrival that differs from those before.
 */
export function walkSimulation(
  simulation: Simulation,
  preferred: (moment: Moment) => boolean = () => true,
  visit: (arrival: Arrival) => void = () => {},
): ReadonlyMap<string, Arrival> {
  const missing = restingPlaces(simulation)
  const found = new Map<string, Arrival>()
  const seen = new Set<string>()
  const queue: Arrival[] = []
  const arrive = (arrival: Arrival) => {
    const { snapshot } = arrival.moment
    const name = stateName(snapshot.value)
    const trait = simulation.samples.trait(snapshot)
    const key = JSON.stringify([name, trait])
    if (trait === null || seen.has(key)) return
    seen.add(key)
    queue.push(arrival)
    visit(arrival)
    for (const { id } of snapshot._nodes) missing.delete(id)
    const known = found.get(name)
    const isBetter = known && !preferred(known.moment) && preferred(arrival.moment)
    if (known === undefined || isBetter) found.set(name, arrival)
  }
  for (const beginning of Object.keys(simulation.samples.inputs)) {
    arrive({ moment: simulation.begin(beginning), events: [] })
  }
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (seen.size > MOST_MOMENTS || missing.size === 0) break
    for (const { event, bare } of simulation.offers(at.moment)) {
      if (bare) continue
      arrive({ moment: simulation.send(at.moment, event), events: [...at.events, event] })
    }
  }
  return found
}

/** Ids of the states without states inside that an actor can stay in. */
function restingPlaces({ definition }: Simulation): Set<string> {
  const { states, edges } = toChart(definition.machine)
  const parents = new Set(states.map((s) => s.parent))
  const passing = new Set(
    edges.filter((e) => e.kind === 'always' && e.guard === null).map((e) => e.source),
  )
  const resting = states.filter(
    (s) => !parents.has(s.id) && !passing.has(s.id) && s.type !== 'history',
  )
  return new Set(resting.map((s) => s.id))
}
