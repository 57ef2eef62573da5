import type pg from 'pg'
import { coerceError, RetryableError, TerminalError } from '../../errors.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import { stateName } from '../../machines/engine/transition.ts'
import { databaseError, isUnstorable, refusedBy } from '../../store/database.ts'
import { loadActors, type StoredActor } from '../../store/engine/actors.ts'
import { REFUSED_STEP, writeDeadLetter } from '../../store/engine/dead-letters.ts'
import { someoneKnows } from '../../store/engine/instances.ts'
import { isJournaled } from '../../store/engine/journal.ts'
import type { CommitOutcome, NewTimer } from '../../store/engine/steps.ts'
import type { EngineDb } from '../../store/engine/tables.ts'
import { createAnswers, type Question } from './answers.ts'
import type { StepRules } from './booking.ts'
import { commitFinalized, type FinalizedStep, finalize, isBooked } from './commit.ts'
import type { Envelope } from './envelope.ts'
import { hydrate, type LiveActor } from './live-actor.ts'
import type { Cache } from './lru.ts'
import type { WantedEffect } from './step.ts'
import { storable } from './storable.ts'
import { type Loaded, type Mailbox, type Pending, prepare, type Work } from './work.ts'

/** The events of one actor that a batch committed, with where each of them led. */
export type CommitNotice = readonly {
  seq: number
  state: string
  pending: { envelope: Pick<Envelope, 'event' | 'at'> }
}[]

export interface BatchDeps {
  registry: Registry
  rules: StepRules
  db: EngineDb
  writers: pg.Pool
  cache: Cache<LiveActor>
  random: () => string
  now: () => number
  onPoison?: ((envelope: Envelope, error: Error) => void) | undefined
  onRefused?: ((envelope: Envelope, constraint: string) => void) | undefined
  /** `before`: the state that the actor was in; null: it began with these. */
  onCommit?: ((actor: string, steps: CommitNotice, before: string | null) => void) | undefined
  /** An actor came from its row, or has none: what is known of it elsewhere may be out of date. */
  onLoaded?: ((actor: string, isNew: boolean) => void) | undefined
  followUp: FollowUp
}

/** What does the effects of committed steps and fires their timers. */
export interface FollowUp {
  /** In whose name effects are added: of the instance that will run them, or of nobody. */
  owner(): number | null
  /** A step was committed; its effects are this process's to run when `owner` is not null. */
  committed(
    actor: string,
    step: { effects: readonly WantedEffect[]; timers: readonly NewTimer[]; owner: number | null },
  ): void
  /** Asks what may be asked before the commit, of what a step of the actor wants. */
  ask(actor: string, wanted: readonly WantedEffect[]): Question[]
  /** A commit got no answer: rows may exist that nobody remembers. */
  doubt(): void
}

const EVENTS_PER_STEP = 16
const MAX_CONFLICTS = 50

type Applied = Work['applied'][number]

interface Open {
  work: Work
  finalized: FinalizedStep
}

/**
 * Brings the mailboxes of a batch forward: loads, transitions, commits, answers. Never rejects; what
 * could not be answered stays in its mailbox. Returns how many events were put before the database.
 */
export function createBatchRunner(deps: BatchDeps) {
  const { registry, rules, db, writers, cache, random, now, followUp } = deps
  const addAnswers = createAnswers({ ask: followUp.ask, now, random })
  const { onPoison, onRefused, onCommit, onLoaded } = deps

  return (batch: readonly Mailbox[]): Promise<number> => run(batch, EVENTS_PER_STEP)

  async function run(
    batch: readonly Mailbox[],
    limit: number,
    { withAnswers = true } = {},
  ): Promise<number> {
    let actors: Map<string, Loaded>
    try {
      actors = await load(batch)
    } catch (thrown) {
      const error = databaseError(thrown)
      for (const { queue } of batch) for (const pending of queue.splice(0)) pending.reject(error)
      return 0
    }
    const ours = batch.filter((mailbox) => isOurs(mailbox, actors.get(mailbox.id)))
    const works = ours.map((mailbox) => {
      const loaded = actors.get(mailbox.id) ?? ({ from: 'row', actor: undefined } as const)
      return prepare(registry.of(mailbox.id), mailbox, loaded, { rules, limit, random })
    })
    try {
      if (withAnswers) await addAnswers(works)
      await finish(works)
    } catch (thrown) {
      // A defect of ours; nobody may wait for ever because of it.
      for (const w of works) {
        cache.delete(w.mailbox.id)
        for (const { pending } of [...w.applied, ...w.thrown]) pending.reject(coerceError(thrown))
      }
    }
    return works.reduce((n, { applied }) => n + applied.length, 0)
  }

  async function finish(works: readonly Work[]): Promise<void> {
    for (const w of works) answerWithoutStep(w)
    const open: Open[] = []
    for (const work of works) {
      if (work.applied.length === 0 || !(await keepReplaced(work))) continue
      try {
        open.push({ work, finalized: finalize(work.draft, work.before) })
      } catch (thrown) {
        // What isn't JSON can't be a snapshot.
        await bisect(work, coerceError(thrown), quarantine)
      }
    }
    // What a constraint may refuse must not hold up the rest; they are actors of their own.
    await Promise.all([
      commit(open.filter(({ finalized }) => !isBooked(finalized))),
      commit(open.filter(({ finalized }) => isBooked(finalized))),
    ])
    for (const w of works)
      for (const { pending, error } of w.thrown) await quarantine(pending, error)
  }

  async function load(batch: readonly Mailbox[]): Promise<Map<string, Loaded>> {
    const actors = new Map<string, Loaded>()
    const missing: string[] = []
    for (const { id } of batch) {
      const actor = cache.get(id)
      if (actor === undefined) missing.push(id)
      else actors.set(id, { from: 'memory', actor })
    }
    if (missing.length === 0) return actors
    const rows = await loadActors(writers, missing)
    // One without a row is new, or was erased: what is known of it elsewhere is of another life.
    const found = new Set(rows.map(({ id }) => id))
    for (const id of missing) if (!found.has(id)) onLoaded?.(id, true)
    for (const row of rows) {
      const actor = hydrate(registry.of(row.id), row)
      onLoaded?.(row.id, false)
      if (actor !== undefined) actors.set(row.id, { from: 'row', actor })
      else actors.set(row.id, { from: (await isNewer(row)) ? 'newer' : 'incompatible', row })
    }
    return actors
  }

  /**
   * Whether the actor is to be left to newer instances: always when it can't begin anew, else as long
   * as one of them lives.
   */
  async function isNewer({ id, machine, machine_version: version }: StoredActor): Promise<boolean> {
    const definition = registry.of(id)
    if (version <= definition.version) return false
    return definition.inputOf === undefined || (await someoneKnows(db, machine, version))
  }

  /** Turns away, to be sent again, what newer instances have to take. */
  function isOurs({ queue }: Mailbox, loaded: Loaded | undefined): boolean {
    if (loaded?.from !== 'newer') return true
    for (const pending of queue.splice(0)) {
      pending.reject(new RetryableError('actor.newer', { retryAfterMs: 1_000 }))
    }
    return false
  }

  function answerWithoutStep({ mailbox, before, applied, settled, stale }: Work): void {
    if (stale) cache.delete(mailbox.id)
    else if (applied.length === 0 && before !== undefined) cache.set(mailbox.id, before)
    for (const { pending, receipt } of settled) pending.resolve(receipt)
  }

  /** A snapshot that gives way to a new beginning is kept, before it is overwritten. */
  async function keepReplaced({ replaced: row, applied }: Work): Promise<boolean> {
    if (row === undefined) return true
    const { snapshot, timers, version, machine_version: machineVersion } = row
    const error = new TerminalError('actor.unfit')
    try {
      await writeDeadLetter(db, {
        kind: 'snapshot',
        subject: row.id,
        key: `version:${version}`,
        payload: JSON.stringify({ machineVersion, version, snapshot, timers }),
        error: error.message,
      })
      return true
    } catch (thrown) {
      for (const { pending } of applied) pending.reject(databaseError(thrown))
      return false
    }
  }

  /** Commits all of it; what the database refuses is narrowed down to the one event it refuses. */
  async function commit(open: readonly Open[]): Promise<void> {
    if (open.length === 0) return
    let outcome: CommitOutcome
    const owner = followUp.owner()
    try {
      outcome = await commitFinalized(
        writers,
        rules,
        open.map(({ finalized }) => finalized),
        owner,
      )
    } catch (thrown) {
      // Memory may be behind or ahead of what really happened.
      for (const { work } of open) cache.delete(work.mailbox.id)
      const error = databaseError(thrown)
      if (error instanceof RetryableError) {
        followUp.doubt()
        for (const { work } of open) {
          if (error.code === 'actor.conflict') tryAgain(work, work.applied)
          else for (const { pending } of work.applied) pending.reject(error)
        }
        return
      }
      const half = Math.ceil(open.length / 2)
      if (open.length === 1) return await bisect((open[0] as Open).work, error, refuse)
      await commit(open.slice(0, half))
      return await commit(open.slice(half))
    }
    for (const one of open) answer(one, outcome, owner)
  }

  /** First without answers, then half of the events, until the one that fails stands alone. */
  async function bisect(
    { mailbox, applied, answered }: Work,
    error: Error,
    blame: typeof quarantine,
  ) {
    const isLone = applied.length === 1
    if (isLone && answered.length === 0) return await blame((applied[0] as Applied).pending, error)
    mailbox.queue.unshift(...applied.map(({ pending }) => pending))
    const limit = answered.length > 0 ? applied.length : Math.ceil(applied.length / 2)
    await run([mailbox], limit, { withAnswers: false })
  }

  async function refuse(pending: Pending, error: Error): Promise<void> {
    const constraint = refusedBy(error)
    if (constraint !== undefined) await keepRefused(pending, constraint)
    else if (isUnstorable(error)) await quarantine(pending, error)
    else pending.reject(error)
  }

  /**
   * An actor that may not begin is the caller's business. One that lives stays where it was, perhaps
   * for ever: what it could not take is kept for a person.
   */
  async function keepRefused(pending: Pending, constraint: string): Promise<void> {
    const { actor: subject, key, input } = pending.envelope
    try {
      if (input === undefined) {
        const { json: payload } = storable(pending.envelope)
        const error = `${REFUSED_STEP} ${constraint}`
        await writeDeadLetter(db, { kind: 'event', subject, key, payload, error })
        onRefused?.(pending.envelope, constraint)
      }
      pending.resolve({ outcome: 'refused', constraint })
    } catch (thrown) {
      pending.reject(databaseError(thrown))
    }
  }

  function answer(
    { work: { mailbox, draft, applied, answered, before }, finalized }: Open,
    { accepted, known }: CommitOutcome,
    owner: number | null,
  ): void {
    if (accepted.has(mailbox.id)) {
      cache.set(mailbox.id, draft.actor as LiveActor)
      const { timers } = finalized.step
      followUp.committed(mailbox.id, { effects: [...draft.effects.values()], timers, owner })
      for (const { pending, seq, state } of applied) {
        pending.resolve({ outcome: 'committed', seq, state })
      }
      onCommit?.(
        mailbox.id,
        [...applied, ...answered],
        before === undefined ? null : stateName(before.snapshot.value),
      )
      return
    }
    cache.delete(mailbox.id)
    const keys = known.get(mailbox.id)
    const repeated = applied.filter(({ pending }) => keys?.has(pending.envelope.key))
    for (const { pending } of repeated) pending.resolve({ outcome: 'duplicate' })
    tryAgain(
      { mailbox },
      applied.filter((a) => !repeated.includes(a)),
    )
  }

  /** Back to the front of the mailbox: another process was faster with this actor. */
  function tryAgain({ mailbox }: Pick<Work, 'mailbox'>, applied: readonly Applied[]): void {
    const again: Pending[] = []
    for (const { pending } of applied) {
      pending.conflicts += 1
      if (pending.conflicts <= MAX_CONFLICTS) again.push(pending)
      else pending.reject(new RetryableError('actor.conflict', { retryAfterMs: 1_000 }))
    }
    mailbox.queue.unshift(...again)
  }

  /** An event that can't be applied: known already, or kept for a person to look at. */
  async function quarantine(pending: Pending, error: Error): Promise<void> {
    const { actor: subject, key: given } = pending.envelope
    const key = storable(given).value
    try {
      if (await isJournaled(db, subject, key)) return pending.resolve({ outcome: 'duplicate' })
      const { json: payload } = storable(pending.envelope)
      const { value: reason } = storable(String(error))
      await writeDeadLetter(db, { kind: 'event', subject, key, payload, error: reason })
      onPoison?.(pending.envelope, error)
      pending.resolve({ outcome: 'poisoned', error })
    } catch (thrown) {
      pending.reject(databaseError(thrown))
    }
  }
}
