import type { ActorSystem, AnyMachineSnapshot, AnyTransitionDefinition } from 'xstate'
import { assign, createMachine } from 'xstate'
import type { StampedConversationEvent } from '../../../src/machines/conversation/events.ts'
import type { Stamped } from '../../../src/machines/engine/definition.ts'
import { advance, begin, type Outcome, step } from '../../../src/machines/engine/transition.ts'
import { conversation, newcomer, stateOf } from './chat.ts'
import { eventsAt, momentOf } from './model.ts'

export interface Move {
  event: StampedConversationEvent
  outcome: Outcome
}

/** One of many alike snapshots, with all that can happen in it. */
export interface Moment {
  snapshot: AnyMachineSnapshot
  moves: Move[]
  /** Whether the moves are all there are, or lack commands and news from elsewhere. */
  isWhole: boolean
  /** The moment before on the shortest way here, and what led on from it; none: the beginning. */
  from: { moment: Moment; event: StampedConversationEvent } | null
}

/** The system within which production takes its steps; it reports every transition. */
function systemOfSteps(): ActorSystem<never> {
  let system: unknown
  const look = assign(({ self }) => {
    system = self.system
    return {}
  })
  const machine = createMachine({ on: { look: { actions: look } } })
  const definition = { id: 'spy', version: 1, machine, effects: {} }
  advance(definition, begin(definition, undefined).snapshot, { type: 'look' })
  return system as ActorSystem<never>
}

/** Every transition that was taken on the way. */
export const taken = new Set<AnyTransitionDefinition>()

/** In so many moments of a state commands and news from elsewhere are tried. */
const WHOLE = 8

/** Every moment of the model, each once, the nearest to the beginning first. */
function explore(): Moment[] {
  const seen = new Set<string>()
  const timesIn = new Map<string, number>()
  const found: Moment[] = []
  const arrive = (snapshot: AnyMachineSnapshot, from: Moment['from']) => {
    const name = momentOf(snapshot)
    if (seen.has(name)) return
    seen.add(name)
    const state = stateOf(snapshot)
    const alike = (timesIn.get(state) ?? 0) + 1
    timesIn.set(state, alike)
    found.push({ snapshot, moves: [], isWhole: alike <= WHOLE, from })
  }
  arrive(newcomer(), null)
  // The list grows while it is walked.
  for (const moment of found) {
    for (const event of eventsAt(moment.snapshot, moment.isWhole)) {
      const outcome = step(conversation, moment.snapshot, event as Stamped)
      moment.moves.push({ event, outcome })
      arrive(outcome.snapshot, { moment, event })
    }
  }
  return found
}

const watched = systemOfSteps().inspect((happening) => {
  if (happening.type !== '@xstate.microstep') return
  for (const transition of happening._transitions) taken.add(transition)
})
export const moments: readonly Moment[] = explore()
watched.unsubscribe()
