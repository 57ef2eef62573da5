import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  createMachine,
  type EventObject,
  type InspectionEvent,
  initialTransition,
  transition,
} from 'xstate'
import type { Definition, Effect, Stamped, StoredSnapshot } from './definition.ts'

/**
 * The only module that knows XState's internals: one step of a machine as a pure function, with
 * `after` mapped to timers that the caller keeps, and actions mapped to effects as data.
 */

/** A durable timer asked for: deliver `event` after `delayMs`, under `id`, unless cancelled. */
export interface TimerRequest {
  id: string
  delayMs: number
  event: EventObject
}

export interface Outcome {
  snapshot: AnyMachineSnapshot
  effects: Effect[]
  /** In the order in which they were asked for; a later one of the same id replaces the earlier. */
  timers: ({ cancel: string } | TimerRequest)[]
}

interface Action {
  type: string
  params: unknown
  info: { context: unknown; event: unknown }
}

/** Far above what any transition here takes. */
const MAX_MICROSTEPS = 1_000

/** Lets a machine that goes round in circles throw; by default it would hold up the process for ever. */
export function boundLoops({ options }: AnyStateMachine): void {
  options.maxIterations = Math.min(options.maxIterations ?? MAX_MICROSTEPS, MAX_MICROSTEPS)
}

interface Assigner {
  (args: unknown, params: unknown): unknown
  type: 'xstate.assign'
  assignment: Assignment
  resolve: (
    scope: AnyActorScope,
    snapshot: AnyMachineSnapshot,
    args: { event: EventObject },
    params: unknown,
    action: Pick<Assigner, 'assignment'>,
  ) => [AnyMachineSnapshot, undefined, undefined]
}

type Change = (args: unknown, params: unknown) => object
type Assignment = Change | Readonly<Record<string, unknown>>

/**
 * Gives a machine's named assigns a way to change the context that costs a third: XState makes a spawner
 * for each and copies the context property by property, which is half of a transition. Stored actors
 * have no children, so whoever spawns fails here. Same snapshots otherwise; a test holds both to it.
 */
export function quickenAssigns(machine: AnyStateMachine): void {
  const { implementations } = machine
  const quick = Object.entries(implementations.actions as Record<string, object>).map(
    ([name, action]) => [name, isAssign(action) ? quickened(action) : action],
  )
  machine.implementations = { ...implementations, actions: Object.fromEntries(quick) }
}

const isAssign = (action: object): action is Assigner =>
  (action as { type?: unknown }).type === 'xstate.assign'

function quickened({ assignment }: Assigner): Assigner {
  const stub = () => {
    throw new Error('an assign is resolved, never called')
  }
  return Object.assign(stub, { type: 'xstate.assign' as const, assignment, resolve: resolveAssign })
}

const resolveAssign: Assigner['resolve'] = (scope, snapshot, { event }, params, { assignment }) => {
  const { context } = snapshot
  const args = { context, event, spawn: refuseChild, self: scope.self, system: scope.system }
  const change =
    typeof assignment === 'function' ? assignment(args, params) : changeOf(assignment, args, params)
  return [{ ...snapshot, context: { ...context, ...change } }, undefined, undefined]
}

function changeOf(
  assignment: Readonly<Record<string, unknown>>,
  args: unknown,
  params: unknown,
): object {
  const change: Record<string, unknown> = {}
  for (const key of Object.keys(assignment)) {
    const value = assignment[key]
    change[key] = typeof value === 'function' ? (value as Change)(args, params) : value
  }
  return change
}

function refuseChild(src: unknown): never {
  throw new Error(`the machine would have a child ${String(src)}: it is not stored`)
}

/** First step of a new actor. */
export function begin(definition: Definition, input: unknown): Outcome {
  const actions: Action[] = []
  scope.actionExecutor = (action) => actions.push(action as unknown as Action)
  const first = definition.machine.getInitialSnapshot(scope, input) as AnyMachineSnapshot
  return outcome(definition, first, actions)
}

/** The same by XState's public API. */
export function beginPublic(definition: Definition, input: unknown): Outcome {
  const [snapshot, actions] = initialTransition(definition.machine, input)
  return outcome(definition, snapshot as AnyMachineSnapshot, actions as unknown as Action[])
}

/** Next step of an actor with an event from outside, as `resolveEvent` and `derivedEffects` see it. */
export function step(
  definition: Definition,
  snapshot: AnyMachineSnapshot,
  event: Stamped,
): Outcome {
  const received = definition.resolveEvent?.(snapshot, event) ?? event
  const next = advance(definition, snapshot, received)
  const derivedEffects = definition.derivedEffects?.of(snapshot, received, next.snapshot) ?? []
  return { ...next, effects: [...next.effects, ...derivedEffects] }
}

/** One transition; throws what a guard, an assign or an effect's parameters throw. */
export function advance(
  definition: Definition,
  snapshot: AnyMachineSnapshot,
  event: EventObject,
): Outcome {
  const actions: Action[] = []
  scope.actionExecutor = (action) => actions.push(action as unknown as Action)
  const next = definition.machine.transition(snapshot, event, scope) as AnyMachineSnapshot
  return outcome(definition, next, actions)
}

/** The same by XState's public API, three times slower; a test holds both to one result. */
export function advancePublic(
  definition: Definition,
  snapshot: AnyMachineSnapshot,
  event: EventObject,
): Outcome {
  const [next, actions] = transition(definition.machine, snapshot, event)
  return outcome(definition, next as AnyMachineSnapshot, actions as unknown as Action[])
}

// `transition()` builds a throw-away actor and its initial snapshot on every call. Machines here
// have no children, so one inert scope serves all of them; calls are synchronous and don't nest.
const scope = createInertScope()

/** A scope in which a step is worked out and nothing is done; `inspect` is told of each microstep. */
export function createInertScope(inspect?: (told: InspectionEvent) => void): AnyActorScope {
  const inert = createActor(createMachine({}), inspect && { inspect })
  return {
    self: inert,
    id: '',
    sessionId: '',
    system: inert.system,
    logger: () => {},
    defer: () => {},
    emit: () => {},
    stopChild: () => {},
    actionExecutor: () => {},
  }
}

function outcome(
  definition: Definition,
  snapshot: AnyMachineSnapshot,
  actions: readonly Action[],
): Outcome {
  // Stored like that, it would never take an event again.
  if (snapshot.status === 'error') throw snapshot.error
  // Of a child that was spawned within an assign, which no look at the machine can find before.
  const [child] = Object.keys(snapshot.children)
  if (child !== undefined)
    throw new Error(`${definition.id} has a child ${child}: it is not stored`)
  const effects: Effect[] = []
  const timers: Outcome['timers'] = []
  for (const action of actions) {
    if (action.type === 'xstate.raise') {
      const { id, delay, event } = action.params as {
        id: string
        delay?: number
        event: EventObject
      }
      if (delay !== undefined) timers.push({ id, delayMs: delay, event })
    } else if (action.type === 'xstate.cancel') {
      timers.push({ cancel: (action.params as { sendId: string }).sendId })
    } else {
      const params = definition.effects[action.type]
      if (params === undefined) throw new Error(`${definition.id} has no effect ${action.type}`)
      const wanted = params(action.info, action.params)
      if (wanted !== null) effects.push({ type: action.type, params: wanted })
    }
  }
  return { snapshot, effects, timers }
}

/** A snapshot as it is stored. Machines here use no history and no children, so this is all of it. */
export const toStored = (snapshot: AnyMachineSnapshot): StoredSnapshot => ({
  value: snapshot.value,
  context: snapshot.context,
  status: snapshot.status === 'done' ? 'done' : 'active',
})

/** A stored snapshot, live again; throws when the machine no longer has its state. */
export const fromStored = (definition: Definition, stored: StoredSnapshot): AnyMachineSnapshot =>
  definition.machine.resolveState(stored as Parameters<typeof definition.machine.resolveState>[0])

/** The configuration's leaves as dotted paths, e.g. `drafting.writing`; regions joined by commas. */
export function stateName(value: unknown): string {
  if (typeof value === 'string') return value
  return Object.entries(value as Record<string, unknown>)
    .map(([key, child]) => {
      const inner = stateName(child)
      return inner === '' ? key : `${key}.${inner}`
    })
    .join(',')
}
