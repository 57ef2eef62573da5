import type { EventObject } from 'xstate'
import type { Definition, Effect, Projection, Stamped } from '../machines/definition.ts'
import { begin, type Outcome, stateName, step, toStored } from '../machines/transition.ts'
import type { Entry, QueuedEffect, Step } from '../store/steps.ts'
import { priorityOf } from './effect-policy.ts'
import type { LiveActor, Timer } from './live-actor.ts'

/** A snapshot is kept in the journal this often, so that replay never starts far back. */
export const CHECKPOINT_EVERY = 64

/** Effects with this prefix are booked in the step's own transaction, never queued. */
const TRANSACTIONAL = 'ledger.'

/** A step in the making: the actor as it would be, and what goes to the database with it. */
export interface Draft {
  definition: Definition
  id: string
  expected: number
  actor: LiveActor | undefined
  entries: Entry[]
  effects: QueuedEffect[]
  ledger: Effect[]
  /** Timers as they were before this draft. */
  timersBefore: Record<string, Timer>
}

export const openDraft = (
  definition: Definition,
  id: string,
  actor: LiveActor | undefined,
): Draft => ({
  definition,
  id,
  expected: actor?.version ?? 0,
  actor,
  entries: [],
  effects: [],
  ledger: [],
  timersBefore: actor?.timers ?? {},
})

/** Makes the actor: journals its input, so that replay can begin where it began. */
export function applyBegin(draft: Draft, key: string, input: unknown, at: number): void {
  const event = { type: 'actor.begun', input }
  extend(draft, key, event, at, begin(draft.definition, input))
}

/** Applies one event; throws what the machine throws and then leaves the draft as it was. */
export function applyEvent(draft: Draft, key: string, event: Stamped): void {
  const actor = draft.actor as LiveActor
  extend(draft, key, event, event.at, step(draft.definition, actor.snapshot, event))
}

function extend(draft: Draft, key: string, event: EventObject, at: number, next: Outcome): void {
  const { definition, id } = draft
  const seq = (draft.actor?.version ?? 0) + 1
  const timers = { ...draft.actor?.timers }
  const queued: QueuedEffect[] = []
  for (const request of next.timers) {
    if ('cancel' in request) {
      delete timers[request.cancel]
      continue
    }
    const dueAt = at + request.delayMs
    timers[request.id] = { seq, dueAt }
    queued.push({
      task: 'timer',
      payload: JSON.stringify({ actor: id, id: request.id, seq, event: request.event }),
      runAt: new Date(dueAt),
      jobKey: timerKey(id, request.id),
      priority: priorityOf('timer'),
    })
  }
  const effects = next.effects.filter((e) => !e.type.startsWith(TRANSACTIONAL))
  effects.forEach((effect, index) => {
    queued.push({
      task: effect.type,
      payload: JSON.stringify({ actor: id, seq, index, at, attempt: 1, params: effect.params }),
      runAt: null,
      jobKey: null,
      priority: priorityOf(effect.type),
    })
  })
  const stored = toStored(next.snapshot)
  draft.entries.push({
    key,
    at: new Date(at),
    event: JSON.stringify(event),
    state: stateName(stored.value),
    effects: JSON.stringify(next.effects),
    checkpoint:
      seq % CHECKPOINT_EVERY === 1
        ? JSON.stringify({ machineVersion: definition.version, snapshot: stored, timers })
        : null,
  })
  draft.effects.push(...queued)
  draft.ledger.push(...next.effects.filter((e) => e.type.startsWith(TRANSACTIONAL)))
  draft.actor = {
    id,
    version: seq,
    snapshot: next.snapshot,
    timers,
    projection: definition.project?.(next.snapshot) ?? null,
  }
}

/** The draft as rows; timers asked for and dropped again within it never reach the queue. */
export function closeDraft(draft: Draft): Step {
  const { definition, timersBefore } = draft
  const actor = draft.actor as LiveActor
  const stored = toStored(actor.snapshot)
  const live = new Set(
    Object.entries(actor.timers).map(([id, t]) => `${timerKey(draft.id, id)}#${t.seq}`),
  )
  return {
    actorId: draft.id,
    machine: definition.id,
    machineVersion: definition.version,
    expected: draft.expected,
    status: stored.status,
    state: stateName(stored.value),
    snapshot: JSON.stringify(stored),
    timers: JSON.stringify(actor.timers),
    entries: draft.entries,
    effects: draft.effects.filter(
      (e) => e.jobKey === null || live.has(`${e.jobKey}#${JSON.parse(e.payload).seq}`),
    ),
    cancels: Object.keys(timersBefore)
      .filter((id) => !(id in actor.timers))
      .map((id) => timerKey(draft.id, id)),
  }
}

/** The projection to write, if the step changed it. */
export function changedProjection(
  before: LiveActor | undefined,
  after: LiveActor,
): Projection | null {
  if (after.projection === null) return null
  const same = JSON.stringify(before?.projection) === JSON.stringify(after.projection)
  return same ? null : after.projection
}

/** Identity of an actor's timer in the job queue. */
export const timerKey = (actorId: string, timerId: string): string => `timer:${actorId}:${timerId}`
