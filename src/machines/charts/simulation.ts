import type { AnyMachineSnapshot, EventObject } from 'xstate'
import type { Definition, Effect, Stamped } from '../engine/definition.ts'
import { begin, type Outcome, step, type TimerRequest } from '../engine/transition.ts'
import { toChart } from './chart.ts'

/** What to try a machine with, where no world around it says what happens. */
export interface Samples {
  /** Inputs of new actors by what they mean, the usual one first. */
  inputs: Readonly<Record<string, unknown>>
  /** What may happen in this moment by itself; those that the state does not take are left out. */
  happenings(snapshot: AnyMachineSnapshot): EventObject[]
  /** What the rest of the system may say to an effect. */
  answers(effect: Effect, snapshot: AnyMachineSnapshot): EventObject[]
  /** What tells moments of one state apart for a walk through all states; null: no need to go on. */
  trait(snapshot: AnyMachineSnapshot): unknown
}

/** A state of a simulated actor, with what led to it. Never changed: going back is taking an old one. */
export interface Moment {
  snapshot: AnyMachineSnapshot
  /** Null: the beginning. */
  event: Stamped | null
  /** What the step asked for. */
  effects: readonly Effect[]
  /** Effects so far that something is to be said to. */
  unanswered: readonly Effect[]
  timers: readonly (TimerRequest & { dueAt: number })[]
  /** Unix ms of the simulated clock. */
  at: number
  step: number
}

export interface Offer {
  event: EventObject
  /** `answer`: to an effect; `timer`: due by itself; `state`: of the states one is in; `root`: always. */
  group: 'answer' | 'timer' | 'state' | 'root'
  /** Of a timer: when it is due. */
  dueAt?: number
  /** Nothing is known of what it carries. */
  bare: boolean
}

/** A machine to be tried alone. */
export interface Trial {
  /** What one may begin with, the usual one first. */
  beginnings: readonly string[]
  /** Begins with what is called so; without, with the usual one. */
  begin(beginning?: string): Moment
  /** Throws what the machine throws. */
  send(moment: Moment, event: EventObject): Moment
  /** What can be done in a moment: each would be taken by the machine. */
  offers(moment: Moment): Offer[]
}

/** A machine of this program with samples of what happens around it. */
export interface Simulation extends Trial {
  definition: Definition
  samples: Samples
}

/** Every simulation begins at the same time, so that the same steps look the same. */
export const EPOCH = Date.UTC(2026, 0, 1, 12)
/** Long enough that no tap counts as a double one. */
export const PAUSE_MS = 5_000

/** A machine alone: no database, no network, a clock of its own. */
export function createSimulation(definition: Definition, samples: Samples): Simulation {
  const { machine } = definition
  const { edges } = toChart(machine)
  const moment = (
    { snapshot, effects, timers }: Outcome,
    event: Stamped | null,
    at: number,
    before?: Moment,
  ): Moment => {
    const answered = before?.unanswered.filter((e) => !isAnswer(e, event, before.snapshot)) ?? []
    const asking = effects.filter((e) => samples.answers(e, snapshot).length > 0)
    return {
      snapshot,
      event,
      effects,
      unanswered: [...answered, ...asking],
      timers: setTimers(before?.timers ?? [], timers, event, at),
      at,
      step: (before?.step ?? -1) + 1,
    }
  }
  const isAnswer = (effect: Effect, event: Stamped | null, snapshot: AnyMachineSnapshot) =>
    samples.answers(effect, snapshot).some((a) => a.type === event?.type)

  return {
    definition,
    samples,
    beginnings: Object.keys(samples.inputs),
    begin(beginning = Object.keys(samples.inputs)[0] as string) {
      return moment(begin(definition, samples.inputs[beginning]), null, EPOCH)
    },
    send(before, event) {
      const timer = before.timers.find((t) => t.event.type === event.type)
      const at = Math.max(before.at + PAUSE_MS, timer?.dueAt ?? 0)
      const rnd = `simulated${String(before.step + 1).padStart(15, '0')}`
      const stamped = { ...event, at, rnd }
      return moment(step(definition, before.snapshot, stamped), stamped, at, before)
    },
    offers({ snapshot, unanswered, timers }) {
      const active = new Set(snapshot._nodes.map((n) => n.id))
      const handled = new Map<string, 'state' | 'root'>()
      for (const { source, event, kind } of edges) {
        if (!active.has(source) || (kind !== 'event' && kind !== 'error')) continue
        if (source !== machine.id) handled.set(event, 'state')
        else if (!handled.has(event)) handled.set(event, 'root')
      }
      const answers = unanswered.flatMap((e) => samples.answers(e, snapshot))
      const offered: Offer[] = [
        ...answers.map((event): Offer => ({ event, group: 'answer', bare: false })),
        ...timers.map(({ event, dueAt }): Offer => ({ event, group: 'timer', dueAt, bare: false })),
        ...samples
          .happenings(snapshot)
          .map(
            (event): Offer => ({ event, group: handled.get(event.type) ?? 'root', bare: false }),
          ),
      ]
      const known = new Set(offered.map((o) => o.event.type))
      const bare = [...handled].flatMap(([type, group]): Offer[] =>
        known.has(type) ? [] : [{ event: { type }, group, bare: true }],
      )
      return unique([...offered.filter(({ event }) => takes(snapshot, event)), ...bare])
    },
  }
}

/** Whether a transition would be taken; an event that a guard can't read is not. */
export function takes(snapshot: AnyMachineSnapshot, event: EventObject): boolean {
  try {
    return snapshot.can(event)
  } catch {
    return false
  }
}

export function unique(offers: readonly Offer[]): Offer[] {
  const first = new Map<string, Offer>()
  for (const offer of offers) {
    const text = JSON.stringify(offer.event)
    if (!first.has(text)) first.set(text, offer)
  }
  return [...first.values()]
}

export function setTimers(
  before: Moment['timers'],
  asked: Outcome['timers'],
  event: Stamped | null,
  at: number,
): Moment['timers'] {
  const timers = new Map(before.filter((t) => t.event.type !== event?.type).map((t) => [t.id, t]))
  for (const timer of asked) {
    if ('cancel' in timer) timers.delete(timer.cancel)
    else timers.set(timer.id, { ...timer, dueAt: at + timer.delayMs })
  }
  return [...timers.values()].sort((a, b) => a.dueAt - b.dueAt)
}
