import { coerceError, TerminalError } from '../../errors.ts'
import type { Definition, Stamped } from '../../machines/engine/definition.ts'
import type { StoredActor } from '../../store/engine/actors.ts'
import type { StepRules } from './booking.ts'
import type { Envelope, Receipt } from './envelope.ts'
import type { LiveActor, Timer } from './live-actor.ts'
import { applyBegin, applyEvent, type Draft, openDraft } from './step.ts'

/** An envelope that waits for its receipt. */
export interface Pending {
  envelope: Envelope & { at: number }
  /** How often another process was faster. */
  conflicts: number
  resolve: (receipt: Receipt) => void
  reject: (error: Error) => void
}

export interface Mailbox {
  id: string
  queue: Pending[]
  /** Resolves when the batch that holds it is over; undefined between batches. */
  batch: Promise<unknown> | undefined
}

/** What is known of an actor: from memory, where it may be out of date, or just read. */
export type Loaded =
  | { from: 'memory'; actor: LiveActor }
  | { from: 'row'; actor: LiveActor | undefined }
  /** Its row exists, but no version of its machine fits the snapshot. */
  | { from: 'incompatible'; row: StoredActor }
  /** A newer version of the program wrote its row, and goes on with it. */
  | { from: 'newer'; row: StoredActor }

/** What some envelopes of one actor would change. */
export interface Work {
  mailbox: Mailbox
  before: LiveActor | undefined
  draft: Draft
  /** In the draft, with the version and state that each would lead to. */
  applied: { pending: Pending; seq: number; state: string }[]
  /** Behind them in the draft: answers to what these asked. */
  answered: {
    pending: { envelope: Pick<Pending['envelope'], 'event' | 'at'> }
    seq: number
    state: string
  }[]
  /** Changes nothing, for good. */
  settled: { pending: Pending; receipt: Receipt }[]
  /** The machine threw. */
  thrown: { pending: Pending; error: Error }[]
  /** An answer depends on the row: it must be read before. */
  stale: boolean
  /** The row that is replaced because it is incompatible. */
  replaced: StoredActor | undefined
}

/**
 * Takes envelopes from the mailbox, up to `limit`, and applies them to a draft. An answer other than
 * a step is only given on what is in the database for certain: not on memory alone, and not behind
 * steps of the same draft that are yet to be committed; such an envelope stays in the mailbox.
 */
export function prepare(
  definition: Definition,
  mailbox: Mailbox,
  loaded: Loaded,
  { rules, limit, random }: { rules: StepRules; limit: number; random: () => string },
): Work {
  const before = 'actor' in loaded ? loaded.actor : undefined
  const incompatible = loaded.from === 'incompatible' ? loaded.row : undefined
  const open = () =>
    incompatible === undefined
      ? openDraft(definition, rules, mailbox.id, before)
      : openDraft(definition, rules, mailbox.id, undefined, baseOf(incompatible))
  const w: Work = {
    mailbox,
    before,
    draft: open(),
    applied: [],
    answered: [],
    settled: [],
    thrown: [],
    stale: false,
    replaced: undefined,
  }
  const keys = new Set<string>()
  let taken = 0
  for (const pending of mailbox.queue.slice(0, limit)) {
    const { key } = pending.envelope
    const verdict = keys.has(key) ? 'known' : verdictOf(w.draft, pending.envelope, random)
    if (verdict === 'applied') {
      keys.add(key)
      const { version: seq } = w.draft.actor as LiveActor
      w.applied.push({ pending, seq, state: w.draft.entries.at(-1)?.state as string })
    } else {
      if (w.applied.length > 0) break
      w.stale = loaded.from === 'memory'
      if (w.stale) break
      w.draft = open()
      if (verdict instanceof Error) w.thrown.push({ pending, error: verdict })
      else if (verdict !== 'known') w.settled.push({ pending, receipt: verdict })
    }
    taken += 1
  }
  mailbox.queue.splice(0, taken)
  if (w.applied.length > 0) w.replaced = incompatible
  return w
}

const baseOf = ({ version, timers }: StoredActor) => ({
  version,
  timers: timers as Record<string, Timer>,
})

function verdictOf(
  draft: Draft,
  envelope: Pending['envelope'],
  random: () => string,
): 'applied' | Receipt | Error {
  try {
    return apply(draft, envelope, random) ?? 'applied'
  } catch (thrown) {
    return coerceError(thrown)
  }
}

/** Adds the envelope to the draft, or says why it changes nothing. */
function apply(
  draft: Draft,
  { key, timer, input, at, event }: Pending['envelope'],
  random: () => string,
): Receipt | undefined {
  const { definition, base } = draft
  if (draft.actor === undefined) {
    const starts = input ?? definition.inputOf?.(draft.id, event)
    if (base.version > 0 && definition.inputOf === undefined) {
      throw new TerminalError('actor.unfit', { detail: draft.id })
    }
    // A timer never makes an actor; the one that it was set for is gone.
    if (timer !== undefined) return { outcome: base.version > 0 ? 'duplicate' : 'unknown-actor' }
    if (starts === undefined) return { outcome: 'unknown-actor' }
    if (input !== undefined) {
      applyBegin(draft, key, input, at)
      return undefined
    }
    applyBegin(draft, base.version === 0 ? 'begun' : `begun:${base.version}`, starts, at)
  } else if (input !== undefined) return { outcome: 'duplicate' }

  const actor = draft.actor as unknown as LiveActor
  if (actor.snapshot.status !== 'active') return { outcome: 'ended' }
  if (timer !== undefined && actor.timers[timer.id]?.seq !== timer.seq) {
    return { outcome: 'duplicate' }
  }
  applyEvent(draft, key, { ...event, at, rnd: random() } as Stamped, timer?.id)
  return undefined
}
