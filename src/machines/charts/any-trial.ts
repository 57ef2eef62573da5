import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  initialTransition,
  transition,
} from 'xstate'
import type { Effect, Stamped } from '../engine/definition.ts'
import type { Outcome } from '../engine/transition.ts'
import { toChart } from './chart.ts'
import {
  EPOCH,
  type Moment,
  type Offer,
  PAUSE_MS,
  setTimers,
  type Trial,
  takes,
  unique,
} from './simulation.ts'

interface Action {
  type: string
  params?: { id?: string; delay?: number; event?: EventObject; sendId?: string }
}

/**
 * Any XState machine alone: nothing that it asks for is done, delays are timers that one lets run out,
 * and invoked or spawned actors answer what one says for them. What its guards read of an event is
 * up to who sends it.
 */
export function createAnyTrial(machine: AnyStateMachine): Trial {
  const { edges, states } = toChart(machine)
  const invoked = new Map(states.flatMap((s) => s.invokes.map((i) => [i.id, i.name] as const)))

  function moment(
    [snapshot, actions]: readonly [unknown, readonly unknown[]],
    event: Stamped | null,
    at: number,
    before?: Moment,
  ): Moment {
    const next = snapshot as AnyMachineSnapshot
    if (next.status === 'error') throw next.error
    const { effects, timers } = sorted(actions as readonly Action[])
    const step = (before?.step ?? -1) + 1
    const waiting = setTimers(before?.timers ?? [], timers, event, at)
    return { snapshot: next, event, effects, unanswered: [], timers: waiting, at, step }
  }

  return {
    beginnings: ['without input'],
    begin: () => moment(initialTransition(machine, {} as never), null, EPOCH),
    send(before, event) {
      const timer = before.timers.find((t) => t.event.type === event.type)
      const at = Math.max(before.at + PAUSE_MS, timer?.dueAt ?? 0)
      const stamped = { ...event, at, rnd: '' }
      return moment(transition(machine, before.snapshot, event), stamped, at, before)
    },
    offers({ snapshot, timers }) {
      if (snapshot.status !== 'active') return []
      const active = new Set(snapshot._nodes.map((n) => n.id))
      const timed = timers.map(
        ({ event, dueAt }): Offer => ({ event, group: 'timer', dueAt, bare: false }),
      )
      const due = new Set(timers.map((t) => t.event.type))
      const own = edges.flatMap(({ source, event, kind, targets }): Offer[] => {
        if (!active.has(source) || kind === 'always' || kind === 'after') return []
        if (event.startsWith('xstate.done.state.') || due.has(event)) return []
        const group = source === machine.id ? 'root' : 'state'
        const given = { ...asked(event, targets), ...said(event, invoked) }
        const bare = !takes(snapshot, given)
        return [
          { event: given, group: /^xstate\.(done|error)/.test(event) ? 'answer' : group, bare },
        ]
      })
      return unique([...own, ...timed])
    },
  }
}

/** An event that fits what a transition is for. */
function asked(descriptor: string, targets: readonly string[]): EventObject {
  if (descriptor === 'xstate.route')
    return { type: descriptor, to: `#${targets[0]}` } as EventObject
  return { type: descriptor.replace(/\*$/, 'something') }
}

/** What comes with the end of an actor. */
function said(event: string, invoked: ReadonlyMap<string, string>): object {
  const [, kind, id] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(event) ?? []
  if (id === undefined) return {}
  return kind === 'done'
    ? { output: {}, actorId: id }
    : { error: { message: `${invoked.get(id) ?? id} failed` }, actorId: id }
}

/** Delayed events are timers; all else that XState asks for is an effect. */
function sorted(actions: readonly Action[]): Pick<Outcome, 'effects' | 'timers'> {
  const effects: Effect[] = []
  const timers: Outcome['timers'] = []
  for (const [i, { type, params = {} }] of actions.entries()) {
    const { id, delay, event, sendId } = params
    if (type === 'xstate.cancel' && sendId !== undefined) timers.push({ cancel: sendId })
    else if (type !== 'xstate.raise') effects.push({ type, params: shown(params) })
    else if (delay !== undefined && event !== undefined) {
      timers.push({ id: id ?? `${event.type} ${i}`, delayMs: delay, event })
    }
  }
  return { effects, timers }
}

/** Parameters as plain data: actors and machines in them are named. */
function shown(params: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).flatMap(([key, value]) => {
      if (typeof value === 'function' || key === 'logic') return []
      if (typeof value !== 'object' || value === null) return [[key, value]]
      if ('sessionId' in value) return [[key, `actor ${(value as { id?: string }).id}`]]
      try {
        return [[key, JSON.parse(JSON.stringify(value)) as unknown]]
      } catch {
        return []
      }
    }),
  )
}
