import type { Definition, Effect, Stamped } from '../../machines/engine/definition.ts'
import { begin, type Outcome, stateName, step, toStored } from '../../machines/engine/transition.ts'
import type { Entry, QueuedEffect, Step } from '../../store/engine/steps.ts'
import type { StepRules } from './booking.ts'
import { type LiveActor, type Timer, UNPROJECTED } from './live-actor.ts'
import { storable } from './storable.ts'

/** A snapshot is kept in the journal this often, so that replay never starts far back. */
export const CHECKPOINT_EVERY = 64

/** Timers wait for their time, then they are as urgent as anything else. */
const TIMER_PRIORITY = 0

/** What is in the database before a step: nothing yet, or a row of which these two count. */
export interface Base {
  version: number
  timers: Record<string, Timer>
}

/** A step in the making: the actor as it would be, and what goes to the database with it. */
export interface Draft {
  definition: Definition
  rules: StepRules
  id: string
  base: Base
  actor: LiveActor | undefined
  entries: Entry[]
  effects: QueuedEffect[]
  /** Effects that are booked in the step's own transaction. */
  booked: Effect[]
  /** Queue jobs of timers that were asked for in this step and are still wanted. */
  timerJobs: Map<string, QueuedEffect>
  /** Timers that fired: their queue jobs are the ones that are running. */
  fired: Set<string>
}

/** An empty step of an actor; without one, `base` may be what is left of an actor that starts anew. */
export const openDraft = (
  definition: Definition,
  rules: StepRules,
  id: string,
  actor: LiveActor | undefined,
  base: Base = actor ?? { version: 0, timers: {} },
): Draft => ({
  definition,
  rules,
  id,
  base,
  actor,
  entries: [],
  effects: [],
  booked: [],
  timerJobs: new Map(),
  fired: new Set(),
})

/** Makes the actor: journals its input, so that replay can begin where it began. */
export function applyBegin(draft: Draft, key: string, input: unknown, at: number): void {
  const event = storable({ type: 'actor.begun', input })
  extend(draft, { key, event: event.json, at }, begin(draft.definition, event.value.input))
}

/** Applies one event; throws what the machine throws and then leaves the draft as it was. */
export function applyEvent(draft: Draft, key: string, given: Stamped, timer?: string): void {
  const actor = draft.actor as LiveActor
  const { json, value: event } = storable(given)
  const next = step(draft.definition, actor.snapshot, event)
  extend(draft, { key, event: json, at: event.at, timer }, next)
}

interface Happening {
  key: string
  event: string
  at: number
  /** The timer that fired with it. */
  timer?: string | undefined
}

function extend(draft: Draft, { key, event, at, timer }: Happening, next: Outcome): void {
  const { definition, rules, id, base } = draft
  const seq = base.version + draft.entries.length + 1
  const begins = draft.actor === undefined
  const timers = { ...draft.actor?.timers }
  if (timer !== undefined) delete timers[timer]
  const wanted = followTimers(timers, next.timers, { actor: id, seq, at })
  const effects = next.effects.filter((e) => rules.bookingOf(e) === undefined)
  const queued = effects.map(
    (effect, index): QueuedEffect => ({
      task: effect.type,
      payload: JSON.stringify({ actor: id, seq, index, at, attempt: 1, params: effect.params }),
      runAt: null,
      jobKey: null,
      priority: rules.priorityOf(effect.type),
    }),
  )
  const keeps = begins || seq % CHECKPOINT_EVERY === 1
  const checkpoint = {
    machineVersion: definition.version,
    snapshot: toStored(next.snapshot),
    timers,
  }
  const entry: Entry = {
    key,
    at: new Date(at),
    event,
    state: stateName(next.snapshot.value),
    effects: JSON.stringify(next.effects),
    checkpoint: keeps ? JSON.stringify(checkpoint) : null,
  }
  const projected = draft.actor?.projected ?? UNPROJECTED

  // Nothing above has changed the draft, so whatever threw there left it as it was.
  draft.entries.push(entry)
  draft.effects.push(...queued)
  draft.booked.push(...next.effects.filter((e) => rules.bookingOf(e) !== undefined))
  if (timer !== undefined) draft.fired.add(timer)
  for (const [timerId, job] of wanted) draft.timerJobs.set(timerId, job)
  draft.actor = { id, version: seq, snapshot: next.snapshot, timers, projected }
}

/** Applies a transition's requests to the timers; returns the queue jobs of those now asked for. */
export function followTimers(
  timers: Record<string, Timer>,
  requests: Outcome['timers'],
  { actor, seq, at }: { actor: string; seq: number; at: number },
): Map<string, QueuedEffect> {
  const wanted = new Map<string, QueuedEffect>()
  for (const request of requests) {
    if ('cancel' in request) {
      delete timers[request.cancel]
      continue
    }
    const { id, event, delayMs } = request
    timers[id] = { seq, dueAt: at + delayMs }
    wanted.set(id, {
      task: 'timer',
      payload: JSON.stringify({ actor, id, seq, event }),
      runAt: new Date(at + delayMs),
      jobKey: timerKey(actor, id),
      priority: TIMER_PRIORITY,
    })
  }
  return wanted
}

/** The draft as rows; timers asked for and dropped again within it never reach the queue. */
export function closeDraft(draft: Draft): Step {
  const { definition, base, fired } = draft
  const actor = draft.actor as LiveActor
  const stored = toStored(actor.snapshot)
  const jobs = [...draft.timerJobs].filter(([id]) => id in actor.timers).map(([, job]) => job)
  const gone = Object.keys(base.timers).filter((id) => !(id in actor.timers) && !fired.has(id))
  return {
    actorId: draft.id,
    machine: definition.id,
    machineVersion: definition.version,
    expected: base.version,
    status: stored.status,
    state: (draft.entries.at(-1) as Entry).state,
    snapshot: JSON.stringify(stored),
    timers: JSON.stringify(actor.timers),
    entries: draft.entries,
    effects: [...draft.effects, ...jobs],
    cancels: gone.map((id) => timerKey(draft.id, id)),
  }
}

/** Identity of an actor's timer in the job queue. */
export const timerKey = (actorId: string, timerId: string): string => `timer:${actorId}:${timerId}`
