import type { EventObject } from 'xstate'
import { z } from 'zod'
import { coerceError } from '../../errors.ts'
import type { Definition, Stamped, StoredSnapshot } from '../../machines/engine/definition.ts'
import { lift } from '../../machines/engine/registry.ts'
import {
  begin,
  fromStored,
  type Outcome,
  stateName,
  step,
  toStored,
} from '../../machines/engine/transition.ts'
import type { StoredActor } from '../../store/engine/actors.ts'
import type { StoredEntry } from '../../store/engine/journal.ts'

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
  /** What the program ran by, as it knows to read it; the engine does not. */
  terms: z.array(z.unknown()).optional(),
})

export type History = z.infer<typeof historySchema>
export type HistoryEntry = History['entries'][number]

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
  entries: entries.filter(({ seq }) => seq <= row.version).map(toHistoryEntry),
  snapshot: row.snapshot as StoredSnapshot,
})

/** A journal row as an entry of a history. */
export const toHistoryEntry = (row: StoredEntry): HistoryEntry => ({
  seq: row.seq,
  key: row.key,
  at: row.at.toISOString(),
  event: row.event as HistoryEntry['event'],
  state: row.state,
  effects: row.effects as HistoryEntry['effects'],
  ...(row.checkpoint === null ? {} : { checkpoint: row.checkpoint as HistoryEntry['checkpoint'] }),
})

/** One entry of a history, run again. */
export interface ReplayedEntry {
  entry: HistoryEntry
  /** Absent at the first step, and where the history lost what was before. */
  before: Outcome | undefined
  outcome: Outcome
  /** What the journal says otherwise. */
  difference: Difference | null
}

/**
 * Runs the machine over entries again, one at a time; throws what the machine throws. Entries that
 * lost their beginning start from their first checkpoint. Pure.
 */
export function* replaySteps(
  definition: Definition,
  entries: Iterable<HistoryEntry>,
  begun: (entry: HistoryEntry) => void = () => {},
): Generator<ReplayedEntry, void, void> {
  let before: Outcome | undefined
  for (const entry of entries) {
    begun(entry)
    const outcome = next(definition, before, entry)
    yield { entry, before, outcome, difference: compareStep(definition, entry, outcome) }
    before = outcome
  }
}

/**
 * Runs the machine over a history again and compares every state, every effect, every checkpoint and
 * the end. Pure. A history that lost its beginning starts from its first checkpoint. After a step
 * that the machine refuses nothing more can be told. `begun` hears of each entry before it is run.
 */
export function replay(
  definition: Definition,
  history: History,
  begun?: (entry: HistoryEntry) => void,
): Replay {
  const steps: ReplayedStep[] = []
  let last: Outcome | undefined
  try {
    for (const { entry, before, outcome, difference } of replaySteps(
      definition,
      history.entries,
      begun,
    )) {
      last = outcome
      steps.push({
        ...told(entry, before === undefined ? null : nameOf(before)),
        to: nameOf(outcome),
        effects: outcome.effects.map(({ type }) => type),
        difference,
      })
    }
  } catch (thrown) {
    const entry = history.entries[steps.length] as HistoryEntry
    const from = last === undefined ? null : nameOf(last)
    steps.push({ ...told(entry, from), difference: refused(thrown) })
    return { steps, snapshot: null, difference: null }
  }
  const snapshot = plain(toStored((last as Outcome).snapshot)) as StoredSnapshot
  // A row that no event has touched since its machine grew by a version.
  const stored = lift(definition, history.snapshot as StoredSnapshot, history.machineVersion)
  return { steps, snapshot, difference: firstDifference('', stored, snapshot) }
}

function next(definition: Definition, before: Outcome | undefined, entry: HistoryEntry): Outcome {
  const { event, checkpoint, effects } = entry
  // Also in the middle: an actor that no version fitted any more began anew.
  if (event.type === 'actor.begun') return begin(definition, event.input)
  if (before !== undefined)
    return step(definition, before.snapshot, event as EventObject as Stamped)
  if (!checkpoint) throw new Error('a history must begin with the actor or with a checkpoint')
  const lifted = lift(definition, checkpoint.snapshot, checkpoint.machineVersion)
  if (lifted === undefined) throw new Error('the checkpoint belongs to another version')
  return { snapshot: fromStored(definition, lifted), effects, timers: [] }
}

function compareStep(
  definition: Definition,
  entry: HistoryEntry,
  outcome: Outcome,
): Difference | null {
  return (
    firstDifference('state', entry.state, nameOf(outcome)) ??
    firstDifference('effects', entry.effects, plain(outcome.effects)) ??
    (entry.checkpoint
      ? firstDifference('', liftedOf(definition, entry), plain(toStored(outcome.snapshot)))
      : null)
  )
}

const liftedOf = (definition: Definition, { checkpoint }: HistoryEntry): unknown =>
  checkpoint && lift(definition, checkpoint.snapshot, checkpoint.machineVersion)

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
