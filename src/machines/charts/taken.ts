import type {
  AnyActorScope,
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  EventObject,
  InspectionEvent,
} from 'xstate'
import { createInertScope } from '../engine/transition.ts'

/** Ids of a machine's transitions, as its chart has them. */
export function edgeIds(machine: AnyStateMachine): Map<AnyTransitionDefinition, string> {
  const ids = new Map<AnyTransitionDefinition, string>()
  const walk = (node: AnyStateNode) => {
    const seen = new Map<string, number>()
    for (const transition of [...(node.always ?? []), ...[...node.transitions.values()].flat()]) {
      const event = transition.eventType ?? ''
      const index = seen.get(event) ?? 0
      seen.set(event, index + 1)
      ids.set(transition, `${node.id}|${event}|${index}`)
    }
    for (const child of Object.values(node.states)) walk(child)
  }
  walk(machine.root)
  return ids
}

/** A scope in which nothing is done, and the ids of the transitions that are taken in it. */
function watch(machine: AnyStateMachine): { scope: AnyActorScope; found: string[] } {
  const ids = edgeIds(machine)
  const found: string[] = []
  const inspect = (told: InspectionEvent) => {
    if (told.type !== '@xstate.microstep') return
    const { _transitions: transitions = [] } = told as { _transitions?: AnyTransitionDefinition[] }
    found.push(...transitions.flatMap((transition) => ids.get(transition) ?? []))
  }
  return { scope: createInertScope(inspect), found }
}

/**
 * Tells which transitions a machine takes with an event, in their order: those that the event asks
 * for, and those without an event that follow. XState says so to whoever inspects it.
 */
export function createTaken(
  machine: AnyStateMachine,
): (snapshot: AnyMachineSnapshot, event: EventObject) => string[] {
  const { scope, found } = watch(machine)
  return (snapshot, event) => {
    found.length = 0
    machine.transition(snapshot, event, scope)
    return [...found]
  }
}

/** The same of the beginning with an input: transitions without an event. */
export function createTakenAtBeginning(machine: AnyStateMachine): (input: unknown) => string[] {
  const { scope, found } = watch(machine)
  return (input) => {
    found.length = 0
    machine.getInitialSnapshot(scope, input)
    return [...found]
  }
}
