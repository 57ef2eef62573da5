import type { AnyMachineSnapshot } from 'xstate'
import { createConversationDefinition } from '../machines/conversation/definition.ts'
import type { Definition, Stamped } from '../machines/engine/definition.ts'
import { createRegistry } from '../machines/engine/registry.ts'
import { advance, advancePublic, begin, type Outcome, step } from '../machines/engine/transition.ts'
import { dialogue, VIEW } from './dialogue.ts'
import { median, round } from './numbers.ts'

export interface TransitionReport {
  /** A whole step in memory: the tapped button found, the transition, the screen compared. */
  steps_per_s: number
  advance_per_s: number
  /** The same by XState's public functions. */
  advance_public_per_s: number
  vs_public: number
}

type Move = (snapshot: AnyMachineSnapshot, event: Stamped) => Outcome

const way = (events: readonly Stamped[], move: Move) => ({ events, move, rates: [] as number[] })

/** How fast the conversation's machine moves in memory, without any database. */
export function benchTransition(options: { rounds: number; roundMs: number }): TransitionReport {
  const definition = createConversationDefinition(VIEW)
  // As the engine takes it.
  createRegistry([definition])
  const { snapshot } = begin(definition, { chatId: 1, userId: 1, languageCode: 'en' })
  const turns = dialogue(definition).map(
    (event, i): Stamped => ({ ...event, at: i * 60_000, rnd: 'r'.repeat(24) }),
  )
  const meant = meaningOf(definition, snapshot, turns)
  const ways = {
    step: way(turns, (s, e) => step(definition, s, e)),
    fast: way(meant, (s, e) => advance(definition, s, e)),
    public: way(meant, (s, e) => advancePublic(definition, s, e)),
  }
  for (let turn = 0; turn < options.rounds; turn += 1) {
    for (const { events, move, rates } of Object.values(ways)) {
      rates.push(rate(move, snapshot, events, options.roundMs))
    }
  }
  const perSecond = (name: keyof typeof ways) => median(ways[name].rates)
  return {
    steps_per_s: Math.round(perSecond('step')),
    advance_per_s: Math.round(perSecond('fast')),
    advance_public_per_s: Math.round(perSecond('public')),
    vs_public: round(perSecond('fast') / perSecond('public'), 1),
  }
}

/** What a tap stands for is found by `step` alone; the bare transition is given it. */
function meaningOf(
  definition: Definition,
  start: AnyMachineSnapshot,
  events: readonly Stamped[],
): Stamped[] {
  let snapshot = start
  return events.map((event) => {
    const meant = definition.resolveEvent?.(snapshot, event) ?? event
    snapshot = step(definition, snapshot, event).snapshot
    return meant
  })
}

function rate(
  move: Move,
  start: AnyMachineSnapshot,
  events: readonly Stamped[],
  forMs: number,
): number {
  const started = performance.now()
  let done = 0
  while (performance.now() - started < forMs) {
    let snapshot = start
    for (const event of events) snapshot = move(snapshot, event).snapshot
    done += events.length
  }
  return (done / (performance.now() - started)) * 1_000
}
