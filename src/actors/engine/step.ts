import type { Definition, Effect, Stamped } from '../../machines/engine/definition.ts'
import { begin, type Outcome, stateName, step, toStored } from '../../machines/engine/transition.ts'
import type { Entry, NewTimer, Step } from '../../store/engine/steps.ts'
import type { StepRules } from './booking.ts'
import type { Delivery } from './delivery.ts'
import { type LiveActor, type Timer, UNPROJECTED } from './live-actor.ts'
import { storable } from './storable.ts'

/** A snapshot is kept in the journal this often, so that replay never starts far back. */
export const CHECKPOINT_EVERY = 64

/** An effect that a step asks for, to be done after the commit. */
export interface WantedEffect {
  type: string
  delivery: Delivery
  /** `<seq>.<index>`, or the type of one of which only the newest counts. */
  key: string
  seq: number
  /** Its place among the step's effects that are not booked. */
  index: number
  /** The newest step that asked for it to be done afresh; 0: none did. */
  renewed: number
  /** When it was asked for, Unix ms. */
  at: number
  params: Record<string, unknown>
}

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
  /** By their keys: of those of which only the newest counts, only the newest is here. */
  effects: Map<string, WantedEffect>
  /** Effects that are booked in the step's own transaction. */
  booked: Effect[]
  /** Timers that were set in this step. */
  set: Map<string, NewTimer>
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
  effects: new Map(),
  booked: [],
  set: new Map(),
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
  const set = followTimers(timers, next.timers, { seq, at })
  const effects = next.effects.filter((e) => rules.bookingOf(e) === undefined)
  const wanted = effects.map(({ type, params }, index): WantedEffect => {
    const { delivery, renews } = rules.deliveryOf(type)
    const isLatest = delivery === 'latest'
    const key = isLatest ? type : `${seq}.${index}`
    const renewed = isLatest && renews?.(params) ? seq : 0
    return { type, delivery, key, seq, index, renewed, at, params }
  })
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
  for (const effect of wanted) {
    const { renewed = 0 } = draft.effects.get(effect.key) ?? {}
    draft.effects.set(effect.key, { ...effect, renewed: Math.max(renewed, effect.renewed) })
  }
  draft.booked.push(...next.effects.filter((e) => rules.bookingOf(e) !== undefined))
  for (const newTimer of set) draft.set.set(newTimer.id, newTimer)
  draft.actor = { id, version: seq, snapshot: next.snapshot, timers, projected }
}

/** Applies a transition's requests to the timers; returns those that are now set. */
export function followTimers(
  timers: Record<string, Timer>,
  requests: Outcome['timers'],
  { seq, at }: { seq: number; at: number },
): NewTimer[] {
  const set = new Map<string, NewTimer>()
  for (const request of requests) {
    if ('cancel' in request) {
      delete timers[request.cancel]
      set.delete(request.cancel)
      continue
    }
    const { id, event, delayMs } = request
    timers[id] = { seq, dueAt: at + delayMs }
    set.set(id, { id, seq, dueAt: at + delayMs, event: JSON.stringify(event) })
  }
  return [...set.values()]
}

/** The draft as rows; timers set and cancelled again within it never reach the database. */
export function closeDraft(draft: Draft): Step {
  const { definition, base } = draft
  const actor = draft.actor as LiveActor
  const stored = toStored(actor.snapshot)
  const set = [...draft.set.values()].filter(({ id, seq }) => actor.timers[id]?.seq === seq)
  const gone = Object.keys(base.timers).filter((id) => !(id in actor.timers))
  const kept = [...draft.effects.values()].filter(({ delivery }) => delivery !== 'ephemeral')
  return {
    actorId: draft.id,
    machine: definition.id,
    machineVersion: definition.version,
    expected: base.version,
    status: stored.status,
    state: (draft.entries.at(-1) as Entry).state,
    snapshot: JSON.stringify(stored),
    pendingTimers: JSON.stringify(actor.timers),
    entries: draft.entries,
    effects: kept.map(({ at, params, ...effect }) => ({
      ...effect,
      payload: JSON.stringify({ at, params }),
    })),
    timers: set,
    cancels: gone,
  }
}
