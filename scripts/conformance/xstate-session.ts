import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  initialTransition,
  transition,
} from 'xstate'

/** A machine step by step by XState's own pure functions, on a clock of its own. */
export interface XStateSession {
  snapshot(): AnyMachineSnapshot
  /** Ids of the innermost active states, sorted. */
  configuration(): string[]
  send(event: EventObject): void
  pass(ms: number): void
  /** When the next timer is due, from now; undefined: none is. */
  nextDue(): number | undefined
}

interface Waiting {
  id: string
  event: EventObject
  dueAt: number
}

interface Raise {
  id?: string
  event: EventObject
  delay?: number
  sendId?: string
}

export function startXState(machine: AnyStateMachine, input?: unknown): XStateSession {
  let now = 0
  let count = 0
  let waiting: Waiting[] = []
  let snapshot: AnyMachineSnapshot
  const take = ([next, actions]: readonly [unknown, readonly unknown[]]) => {
    snapshot = next as AnyMachineSnapshot
    for (const { type, params } of actions as { type: string; params: Raise }[]) {
      if (type === 'xstate.raise' && params.delay !== undefined) {
        count += 1
        const id = params.id ?? `unnamed ${count}`
        waiting = waiting.filter((w) => w.id !== id)
        waiting.push({ id, event: params.event, dueAt: now + params.delay })
      }
      if (type === 'xstate.cancel') waiting = waiting.filter((w) => w.id !== params.sendId)
    }
  }
  const step = (event: EventObject) => {
    if (snapshot.status === 'active') take(transition(machine, snapshot, event))
  }
  take(initialTransition(machine, input as never))

  const settle = (until: number) => {
    for (let steps = 0; steps < 1_000; steps += 1) {
      const [next] = waiting.toSorted((a, b) => a.dueAt - b.dueAt)
      if (next === undefined || next.dueAt > until) break
      waiting.splice(waiting.indexOf(next), 1)
      now = Math.max(now, next.dueAt)
      step(next.event)
    }
    now = Math.max(now, until)
  }
  settle(0)
  return {
    snapshot: () => snapshot,
    configuration: () =>
      snapshot._nodes
        .filter((n) => Object.keys(n.states).length === 0)
        .map((n) => n.id)
        .sort(),
    send(event) {
      step(event)
      settle(now)
    },
    pass: (ms) => settle(now + ms),
    nextDue: () =>
      waiting.length === 0 ? undefined : Math.min(...waiting.map((w) => w.dueAt)) - now,
  }
}
