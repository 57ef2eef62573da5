import type { AnyMachineSnapshot, EventObject } from 'xstate'
import type { Moment, Offer, Simulation } from '../../src/machines/charts/simulation.ts'
import { createSimulation } from '../../src/machines/charts/simulation.ts'
import { walkSimulation } from '../../src/machines/charts/simulation-walk.ts'
import { callbackData } from '../../src/machines/conversation/buttons.ts'
import type { ButtonEvent } from '../../src/machines/conversation/events.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { drawScreen } from '../../src/machines/conversation/screens/draw.ts'
import { tapsOf } from '../../src/machines/conversation/screens/screen.ts'
import type { Effect, StoredSnapshot } from '../../src/machines/engine/definition.ts'
import { fromStored } from '../../src/machines/engine/transition.ts'
import { createSimulations } from '../../src/machines/simulations.ts'
import { loadActor } from '../../src/store/engine/actors.ts'
import { readJournal } from '../../src/store/engine/journal.ts'
import { bringNews } from './companions.ts'
import type { Life } from './life.ts'

const simulations = createSimulations()

/** A shortest way to a state, as the simulation found it. */
export interface Way {
  state: string
  /** Name of the sample input that it begins with. */
  beginning: string
  events: readonly EventObject[]
}

/** A way to every state in which actors of this machine rest. */
export function waysOf(machine: string): Way[] {
  const { definition, samples } = simulations.get(machine) as Simulation
  const ways = new Map<string, Way>()
  for (const [beginning, input] of Object.entries(samples.inputs)) {
    const simulation = createSimulation(definition, { ...samples, inputs: { [beginning]: input } })
    for (const [state, { events }] of walkSimulation(simulation)) {
      if (!ways.has(state)) ways.set(state, { state, beginning, events })
    }
  }
  return [...ways.values()]
}

/** What the samples say of themselves -> what it is in one actor's life. */
export type Retarget = (event: EventObject) => EventObject

export interface Walker {
  actor: string
  retarget?: Retarget
  /** Taps arrive as Telegram sends them, and not as what they stand for. */
  rawTaps?: boolean
}

/** The event as it comes from the chat, if it is a button of the screen. */
function tapOf(snapshot: AnyMachineSnapshot, event: EventObject, walker: Walker, step: number) {
  if (!walker.actor.startsWith('conversation:')) return event
  const screen = drawScreen(snapshot, SAMPLE_VIEW)
  const wanted = JSON.stringify(event)
  const isButton = tapsOf(screen?.keyboard ?? []).some((b) => JSON.stringify(b.event) === wanted)
  if (screen === null || !isButton) return event
  const queryId = `query-${step}`
  if (!walker.rawTaps) return { ...event, tap: { queryId } }
  const data = callbackData(screen, event as ButtonEvent)
  return { type: 'button.tapped', data, queryId, messageId: 10 }
}

const NEWS = /^(job\.(progressed|delivered|failed)|topup\.(credited|failed|refunded))$/

/** One event in the life of an actor, from whoever it comes. */
async function happen(
  life: Life,
  walker: Walker,
  snapshot: AnyMachineSnapshot,
  event: EventObject,
  step: number,
): Promise<void> {
  const { actor, retarget = (e) => e } = walker
  if (await life.settle(actor, event)) return
  const isNews = actor.startsWith('conversation:') && NEWS.test(event.type)
  if (isNews && (await bringNews(life, actor, event))) return
  const timer = (await life.timers(actor)).find(({ payload }) => payload.event.type === event.type)
  if (timer !== undefined) return life.fire(timer)
  await life.send(actor, retarget(tapOf(snapshot, event, walker, step)))
}

async function look(life: Life, actor: string) {
  const row = await loadActor(life.db, actor)
  if (row === undefined) throw new Error(`${actor} is not there`)
  const snapshot = fromStored(life.registry.of(actor), row.snapshot as StoredSnapshot)
  return { snapshot, state: row.state, version: row.version }
}

/** Leads an actor that has begun along a way; throws when it ends elsewhere. */
export async function follow(life: Life, walker: Walker, { state, events }: Way): Promise<void> {
  // Names that the simulation made up at a step, as they are called here.
  const names = new Map<string, string>()
  for (const [index, given] of events.entries()) {
    let text = JSON.stringify(given)
    for (const [name, real] of names) text = text.replaceAll(name, real)
    const before = await look(life, walker.actor)
    await happen(life, walker, before.snapshot, JSON.parse(text), index)
    const [entry] = await readJournal(life.db, walker.actor, before.version + 1)
    const name = `simulated${String(index + 1).padStart(15, '0')}`
    const { rnd } = (entry?.event ?? {}) as { rnd?: string }
    if (rnd !== undefined) names.set(name, rnd)
  }
  const end = await look(life, walker.actor)
  if (end.state !== state) {
    throw new Error(`${walker.actor} should have come to ${state}, and is in ${end.state}`)
  }
}

/** How often each kind of event was sent in each state: the rarest comes next. */
export type Counts = Map<string, number>

const ROOT_WEIGHT = 4
/** Nothing is new here any more. */
const MOST_TRIES = 8

/** Lets an actor that has begun wander through what it was not tried with yet. */
export async function wander(
  life: Life,
  walker: Walker,
  { steps, counts }: { steps: number; counts: Counts },
): Promise<void> {
  const { actor } = walker
  const definition = life.registry.of(actor)
  const simulation = simulations.get(definition.id) as Simulation
  let unanswered: Effect[] = []
  let seen = 0
  for (let step = 0; step < steps; step += 1) {
    const { snapshot, state, version } = await look(life, actor)
    for (const { event, effects } of await readJournal(life.db, actor, seen + 1)) {
      const { type } = event as EventObject
      const isAnswered = (e: Effect) =>
        simulation.samples.answers(e, snapshot).some((answer) => answer.type === type)
      unanswered = unanswered.filter((e) => !isAnswered(e))
      const asking = (effects as Effect[]).filter(
        (e) => simulation.samples.answers(e, snapshot).length > 0,
      )
      unanswered.push(...asking)
    }
    seen = version
    const timers = (await life.timers(actor)).map(({ payload: { id, event }, runAt }) => ({
      ...{ id, event, delayMs: 0, dueAt: runAt },
    }))
    const moment: Moment = {
      ...{ snapshot, event: null, effects: [], unanswered, timers, at: life.now(), step },
    }
    const nameOf = ({ event }: Offer) => {
      const { type, reason = '', code = '', media } = event as EventObject & Record<string, unknown>
      const { kind = '' } = (media ?? {}) as { kind?: string }
      return [state, type, reason, code, kind].join(' ')
    }
    // What is possible everywhere comes less often than what is so only here.
    const rank = (offer: Offer) =>
      (counts.get(nameOf(offer)) ?? 0) * (offer.group === 'root' ? ROOT_WEIGHT : 1)
    const offers = simulation.offers(moment).filter(({ bare }) => !bare)
    const least = Math.min(...offers.map(rank))
    const rarest = offers.filter((offer) => rank(offer) === least)
    const draw = Number.parseInt(life.hash(`${actor} ${step}`).slice(0, 8), 16)
    const offer = rarest[draw % rarest.length]
    if (offer === undefined || least > MOST_TRIES) return
    counts.set(nameOf(offer), (counts.get(nameOf(offer)) ?? 0) + 1)
    await happen(life, walker, snapshot, offer.event, step)
  }
}
