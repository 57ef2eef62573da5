import type { EventObject } from 'xstate'
import { z } from 'zod'
import { coerceError } from '../errors.ts'
import type { Definition, Stamped, StoredSnapshot } from '../machines/definition.ts'
import { lift } from '../machines/registry.ts'
import {
  begin,
  fromStored,
  type Outcome,
  stateName,
  step,
  toStored,
} from '../machines/transition.ts'
import type { StoredActor } from '../store/actors.ts'
import type { StoredEntry } from '../store/journal.ts'

const storedSnapshot = z.object({
  value: z.unknown(),
  context: z.unknown(),
  status: z.enum(['active', 'done']),
})

const historyEntry = z.object({
  seq: z.int().positive(),
  key: z.string(),
  at: z.iso.datetime(),
  event: z.looseObject({ type: z.string() }),
  state: z.string(),
  effects: z.array(z.object({ type: z.string(), params: z.record(z.string(), z.unknown()) })),
  checkpoint: z.object({ machineVersion: z.int(), snapshot: storedSnapshot }).nullish(),
})

/** One actor's life as JSON, e.g. as the console's download: what happened, and what came of it. */
export const historySchema = z.object({
  actor: z.string(),
  machine: z.string(),
  machineVersion: z.int().positive(),
  entries: z.array(historyEntry).min(1),
  snapshot: storedSnapshot,
})

export type History = z.infer<typeof historySchema>
type HistoryEntry = History['entries'][number]

/** Two values that should be one; `path` leads to the place, e.g. `context.draft.answers.prompt`. */
export interface Difference {
  path: string
  stored: unknown
  replayed: unknown
}

export interface ReplayedStep {
  seq: number
  at: string
  event: string
  /** Null before the first step. */
  from: string | null
  to: string
  effects: string[]
  /** What the journal says otherwise. */
  difference: Difference | null
}

export interface Replay {
  steps: ReplayedStep[]
  snapshot: StoredSnapshot | null
  /** What the stored snapshot says otherwise. */
  difference: Difference | null
}

/** True when the journal explains the snapshot, step by step. */
export const isFaithful = ({ steps, difference }: Replay): boolean =>
  difference === null && steps.every((s) => s.difference === null)

/** An actor's row and journal as a history; entries that came after the row was read are left out. */
export const toHistory = (row: StoredActor, entries: readonly StoredEntry[]): History => ({
  actor: row.id,
  machine: row.machine,
  machineVersion: row.machine_version,
  entries: entries
    .filter(({ seq }) => seq <= row.version)
    .map(({ seq, key, at, event, state, effects, checkpoint }) => ({
      seq,
      key,
      at: at.toISOString(),
      event: event as HistoryEntry['event'],
      state,
      effects: effects as HistoryEntry['effects'],
      ...(checkpoint === null ? {} : { checkpoint: checkpoint as HistoryEntry['checkpoint'] }),
    })),
  snapshot: row.snapshot as StoredSnapshot,
})

/**
 * Runs the machine over a history again and compares every state, every effect, every checkpoint and
 * the end. Pure. A history that lost its beginning starts from its first checkpoint. After a step
 * that the machine refuses nothing more can be told.
 */
export function replay(definition: Definition, history: History): Replay {
  const steps: ReplayedStep[] = []
  let outcome: Outcome | undefined
  for (const entry of history.entries) {
    const from = outcome === undefined ? null : nameOf(outcome)
    try {
      outcome = next(definition, outcome, entry)
    } catch (thrown) {
      steps.push({ ...told(entry, from), difference: refused(thrown) })
      return { steps, snapshot: null, difference: null }
    }
    steps.push({
      ...told(entry, from),
      to: nameOf(outcome),
      effects: outcome.effects.map(({ type }) => type),
      difference: compareStep(entry, outcome),
    })
  }
  const snapshot = plain(toStored((outcome as Outcome).snapshot)) as StoredSnapshot
  return { steps, snapshot, difference: firstDifference('', history.snapshot, snapshot) }
}

function next(definition: Definition, before: Outcome | undefined, entry: HistoryEntry): Outcome {
  const { event, checkpoint, effects } = entry
  if (before !== undefined)
    return step(definition, before.snapshot, event as EventObject as Stamped)
  if (event.type === 'actor.begun') return begin(definition, event.input)
  if (!checkpoint) throw new Error('a history must begin with the actor or with a checkpoint')
  const lifted = lift(definition, checkpoint.snapshot, checkpoint.machineVersion)
  if (lifted === undefined) throw new Error('the checkpoint belongs to another version')
  return { snapshot: fromStored(definition, lifted), effects, timers: [] }
}

function compareStep(entry: HistoryEntry, outcome: Outcome): Difference | null {
  return (
    firstDifference('state', entry.state, nameOf(outcome)) ??
    firstDifference('effects', entry.effects, plain(outcome.effects)) ??
    (entry.checkpoint
      ? firstDifference('', entry.checkpoint.snapshot, plain(toStored(outcome.snapshot)))
      : null)
  )
}

const told = ({ seq, at, event, state, effects }: HistoryEntry, from: string | null) => ({
  seq,
  at,
  event: event.type,
  from,
  to: state,
  effects: effects.map(({ type }) => type),
})

const refused = (thrown: unknown): Difference => ({
  path: 'error',
  stored: null,
  replayed: coerceError(thrown).message,
})

const nameOf = ({ snapshot }: Outcome): string => stateName(snapshot.value)

/** As it would come back from the database. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** The first place, in the order of the keys, at which two JSON values differ. */
function firstDifference(path: string, stored: unknown, replayed: unknown): Difference | null {
  if (!isBranch(stored) || !isBranch(replayed) || Array.isArray(stored) !== Array.isArray(replayed))
    return stored === replayed ? null : { path, stored, replayed }
  for (const key of [...new Set([...Object.keys(stored), ...Object.keys(replayed)])].sort()) {
    const found = firstDifference(path === '' ? key : `${path}.${key}`, stored[key], replayed[key])
    if (found !== null) return found
  }
  return null
}

const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
