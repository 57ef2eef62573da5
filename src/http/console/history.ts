import { isBooked } from '../../actors/bookings.ts'
import type { Timer } from '../../actors/engine/live-actor.ts'
import {
  type HistoryEntry,
  type ReplayedEntry,
  replaySteps,
  toHistoryEntry,
} from '../../actors/engine/replay.ts'
import { followTimers } from '../../actors/engine/step.ts'
import { coerceError } from '../../errors.ts'
import { createTaken } from '../../machines/charts/taken.ts'
import { drawScreen } from '../../machines/conversation/screens/draw.ts'
import type { Screen, View } from '../../machines/conversation/screens/screen.ts'
import { configurationOf } from '../../machines/engine/configuration.ts'
import type { Definition, Effect, Stamped } from '../../machines/engine/definition.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import { stateName } from '../../machines/engine/transition.ts'
import { readJournalAround } from '../../store/console/journal.ts'
import { readDeadEffects, readWaitingEffects } from '../../store/console/queue.ts'
import type { Db } from '../../store/db.ts'
import { changesBetween } from './context-diff.ts'
import type { DueTimer, Step, StepEffect, UserScreen } from './contract.ts'
import { hide, mask } from './redactor.ts'

export interface HistoryDeps {
  db: Db
  registry: Registry
  view: View
}

/** A step with what only its own page shows. */
export interface FullStep extends Step {
  context: unknown
  timers: DueTimer[]
}

type StatusOf = (effect: Effect, seq: number, index: number) => StepEffect

/**
 * The steps `from` to `to` of an actor as the machine of today takes them: the journal is run again
 * from the checkpoint before. What people wrote is hidden unless `revealed`. A step that the machine
 * refuses, and those after it, are told by the journal alone.
 */
export async function readHistory(
  { db, registry, view }: HistoryDeps,
  actor: string,
  { from, to, revealed }: { from: number; to: number; revealed: boolean },
): Promise<FullStep[]> {
  const definition = registry.of(actor)
  const [rows, statusOf] = await Promise.all([
    readJournalAround(db, actor, { from, to }),
    readEffectStatuses(db, actor, { from, to }),
  ])
  const entries = rows.map(toHistoryEntry)
  const show = createTeller({ definition, view, statusOf, revealed })
  const steps: FullStep[] = []
  let timers: Record<string, Timer> = {}
  let seen = 0
  let broken: Error | undefined
  try {
    for (const replayed of replaySteps(definition, entries)) {
      timers = timersAfter(timers, replayed)
      seen += 1
      if (replayed.entry.seq >= from) steps.push(show.step(replayed, timers))
    }
  } catch (thrown) {
    broken = coerceError(thrown)
  }
  for (const [i, entry] of entries.entries()) {
    if (i < seen || entry.seq < from) continue
    steps.push(show.told(entry, entries[i - 1]?.state ?? null, broken as Error))
  }
  return steps
}

interface TellerOptions {
  definition: Definition
  view: View
  statusOf: StatusOf
  revealed: boolean
}

function createTeller({ definition, view, statusOf, revealed }: TellerOptions) {
  const shown = revealed ? (value: unknown) => value : hide
  const { machine } = definition
  const takenBy = createTaken(machine)

  const effectsOf = ({ effects, seq }: HistoryEntry): StepEffect[] => {
    let queued = 0
    return effects.map((effect) => {
      const params = shown(effect.params) as StepEffect['params']
      if (isBooked(effect)) {
        const rest = { attempt: null, runAt: null, error: null, letter: null }
        return { ...rest, index: null, type: effect.type, params, status: 'booked' as const }
      }
      return { ...statusOf(effect, seq, queued++), params }
    })
  }

  const basics = (entry: HistoryEntry, from: string | null) => ({
    seq: entry.seq,
    at: Date.parse(entry.at),
    key: entry.key,
    // What a button offered is no text of a person, whatever it looks like.
    event: (entry.event.type === 'option.chosen'
      ? entry.event
      : shown(entry.event)) as Step['event'],
    from,
    to: entry.state,
    configuration: configurationOf(machine, entry.state),
    taken: [] as string[],
    effects: effectsOf(entry),
  })

  function takenOf({ before, entry }: ReplayedEntry): string[] {
    if (before === undefined) return []
    const event = entry.event as unknown as Stamped
    return takenBy(before.snapshot, definition.resolveEvent?.(before.snapshot, event) ?? event)
  }

  function screenOf({ outcome: { snapshot } }: ReplayedEntry): UserScreen | null {
    if (definition.id !== 'conversation') return null
    const seen = revealed ? snapshot : { ...snapshot, context: mask(snapshot.context) }
    try {
      return seenBy(drawScreen(seen as typeof snapshot, view))
    } catch {
      // Bullets in place of an answer that the screen reads.
      return null
    }
  }

  function meaningOf({ before, entry }: ReplayedEntry): Step['meaning'] {
    if (before === undefined || definition.resolveEvent === undefined) return null
    const received = definition.resolveEvent(before.snapshot, entry.event as unknown as Stamped)
    if (received.type === entry.event.type) return null
    const { at: _, rnd: __, tap: ___, ...meaning } = received as Stamped & { tap?: unknown }
    return meaning as Step['meaning']
  }

  return {
    step(replayed: ReplayedEntry, timers: Record<string, Timer>): FullStep {
      const { entry, before, outcome, difference } = replayed
      const { context } = outcome.snapshot
      return {
        ...basics(entry, before === undefined ? null : stateName(before.snapshot.value)),
        meaning: meaningOf(replayed),
        taken: takenOf(replayed),
        diff: changesBetween(before?.snapshot.context, context, revealed),
        screen: screenOf(replayed),
        difference: difference && {
          ...difference,
          stored: shown(difference.stored),
          replayed: shown(difference.replayed),
        },
        context: shown(context),
        timers: Object.entries(timers).map(([id, timer]) => ({ id, ...timer })),
      }
    },
    told: (entry: HistoryEntry, from: string | null, error: Error): FullStep => ({
      ...basics(entry, from),
      meaning: null,
      diff: [],
      screen: null,
      difference: { path: 'error', stored: null, replayed: error.message },
      context: null,
      timers: [],
    }),
  }
}

const seenBy = (screen: Screen | null): UserScreen | null =>
  screen && {
    text: screen.text,
    keyboard: screen.keyboard.map((row) =>
      row.map((button) => ({
        label: button.label,
        event:
          'event' in button
            ? { ...button.event }
            : { type: 'copy' in button ? 'copied' : 'shared' },
      })),
    ),
  }

/** The durable timers that are set after a step. */
export function timersAfter(
  before: Record<string, Timer>,
  { entry, outcome, before: previous }: ReplayedEntry,
): Record<string, Timer> {
  const { checkpoint } = entry as { checkpoint?: { timers?: Record<string, Timer> } }
  if (previous === undefined && checkpoint?.timers !== undefined) return checkpoint.timers
  const timers = { ...before }
  const fired = /^timer:(.+):\d+$/.exec(entry.key)?.[1]
  if (fired !== undefined) delete timers[fired]
  followTimers(timers, outcome.timers, { seq: entry.seq, at: Date.parse(entry.at) })
  return timers
}

/** What became of the effects of some steps: what neither waits nor was given up is done. */
async function readEffectStatuses(
  db: Db,
  actor: string,
  range: { from: number; to: number },
): Promise<StatusOf> {
  const [waiting, dead] = await Promise.all([
    readWaitingEffects(db, actor, range),
    readDeadEffects(db, actor),
  ])
  const inQueue = new Map(waiting.map((w) => [`${w.type}:${actor}#${w.seq}.${w.index}`, w]))
  const letters = new Map(dead.map((letter) => [letter.key, letter]))
  return ({ type }, seq, index) => {
    const key = `${type}:${actor}#${seq}.${index}`
    const job = inQueue.get(key)
    const letter = letters.get(key)
    const isDead = letter !== undefined && letter.replayed_at === null
    const told = { index, type, params: {}, letter: letter?.id ?? null }
    if (job === undefined) {
      const error = isDead ? letter.error : null
      return { ...told, status: isDead ? 'dead' : 'done', attempt: null, runAt: null, error }
    }
    const status = job.owner !== null ? 'running' : job.attempt > 1 ? 'repeating' : 'queued'
    return { ...told, status, attempt: job.attempt, runAt: job.due_at.getTime(), error: null }
  }
}
