import type pg from 'pg'
import { RetryableError } from '../../errors.ts'
import type { Registry } from '../../machines/engine/registry.ts'
import type { EngineDb } from '../../store/engine/tables.ts'
import { type CommitNotice, createBatchRunner, type FollowUp } from './batch.ts'
import type { StepRules } from './booking.ts'
import type { Envelope, Receipt } from './envelope.ts'
import type { LiveActor } from './live-actor.ts'
import { createCache } from './lru.ts'
import { createRandom } from './random.ts'
import type { Mailbox } from './work.ts'

export interface RuntimeDeps {
  registry: Registry
  /** What is booked and mirrored in a step's transaction, and how urgent the other effects are. */
  rules: StepRules
  db: EngineDb
  /** Connections that only load and commit actors; two are enough to keep Postgres busy. */
  writers: pg.Pool
  now: () => number
  /** 24 random lower-case characters. */
  random?: () => string
  /** Actors kept in memory between events. */
  cacheSize?: number
  /** Actors per commit. */
  batchSize?: number
  /** Envelopes that may wait; more are refused retryably instead of filling the memory. */
  maxWaiting?: number
  onStep?: ((batch: { actors: number; events: number; ms: number }) => void) | undefined
  onReceipt?: (machine: string, outcome: Receipt['outcome']) => void
  /** An event could not be stored; its sender is told and may send it again. */
  onRejected?: (error: unknown) => void
  onPoison?: (envelope: Envelope, error: Error) => void
  /** A constraint refused an event of an actor that lives; it was put to the dead letters. */
  onRefused?: (envelope: Envelope, constraint: string) => void
  /** Called for each actor of a batch that was committed; must be quick and must not throw. */
  onCommit?: ((actor: string, steps: CommitNotice, before: string | null) => void) | undefined
  /** An actor came from its row, so another process may have moved it, or it has none yet. */
  onLoaded?: ((actor: string, isNew: boolean) => void) | undefined
  /** Absent: effects and timers are left to other processes. */
  followUp?: FollowUp
}

/** Leaves everything to others. */
const NO_FOLLOW_UP: FollowUp = {
  owner: () => null,
  ask: () => [],
  committed: () => {},
  doubt: () => {},
}

export interface Runtime {
  /** Resolves when the event's step is durable; rejects (retryably) when it could not be stored. */
  send(envelope: Envelope): Promise<Receipt>
  /** Refuses new envelopes, waits until those taken are durable. */
  drain(): Promise<void>
  /** An actor as this process knows it; it may be out of date when other processes move it too. */
  peek(actor: string): LiveActor | undefined
  /** How far this process has brought an actor, when its commits that are on their way are over; 0: unknown. */
  versionOf(actor: string): Promise<number>
  stats(): { mailboxes: number; waiting: number; cached: number }
}

const WRITERS = 2
/** So many actors keep a second writer busy; fewer are cheaper together, in the commit after this one. */
const WORTH_A_SECOND = 16

/**
 * Serial mailboxes over group commit: while one batch is on its way to Postgres the next gathers, so
 * a lone event waits for nobody and a flood shares its commits. An actor is in one batch at a time.
 */
export function createRuntime(deps: RuntimeDeps): Runtime {
  const { registry, rules, db, writers, now, followUp = NO_FOLLOW_UP } = deps
  const { onStep, onReceipt, onRejected, onPoison, onRefused, onCommit, onLoaded } = deps
  const { batchSize = 128, maxWaiting = 20_000, cacheSize = 5_000 } = deps
  const random = deps.random ?? createRandom()
  const cache = createCache<LiveActor>(cacheSize)
  const runBatch = createBatchRunner({
    ...{ registry, rules, db, writers, cache, random, now, followUp },
    ...{ onPoison, onRefused, onCommit, onLoaded },
  })
  const mailboxes = new Map<string, Mailbox>()
  const ready = new Set<Mailbox>()
  const idle: (() => void)[] = []
  let waiting = 0
  let writing = 0
  let scheduled = false
  let draining = false

  async function send(envelope: Envelope): Promise<Receipt> {
    if (draining) throw new RetryableError('runtime.draining')
    if (waiting >= maxWaiting) {
      throw new RetryableError('runtime.overloaded', { retryAfterMs: 1_000 })
    }
    // Refuses an id of no machine before it can spoil a batch.
    const { id: machine } = registry.of(envelope.actor)
    waiting += 1
    try {
      const receipt = await new Promise<Receipt>((resolve, reject) => {
        const mailbox = mailboxOf(envelope.actor)
        const at = envelope.at ?? now()
        mailbox.queue.push({ envelope: { ...envelope, at }, conflicts: 0, resolve, reject })
        if (mailbox.batch === undefined) ready.add(mailbox)
        schedule()
      })
      onReceipt?.(machine, receipt.outcome)
      return receipt
    } catch (error) {
      onRejected?.(error)
      throw error
    } finally {
      waiting -= 1
    }
  }

  function mailboxOf(id: string): Mailbox {
    const known = mailboxes.get(id)
    if (known !== undefined) return known
    const mailbox: Mailbox = { id, queue: [], batch: undefined }
    mailboxes.set(id, mailbox)
    return mailbox
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // After the current turn of the event loop, so that what arrived together commits together.
    setImmediate(() => {
      scheduled = false
      while (ready.size > 0 && (writing === 0 || isWorthAnother())) void work(takeBatch())
    })
  }

  const isWorthAnother = () => writing < WRITERS && ready.size >= WORTH_A_SECOND

  function takeBatch(): Mailbox[] {
    const batch: Mailbox[] = []
    for (const mailbox of ready) {
      if (batch.length === batchSize) break
      ready.delete(mailbox)
      batch.push(mailbox)
    }
    return batch
  }

  async function work(batch: Mailbox[]): Promise<void> {
    writing += 1
    const started = now()
    const running = runBatch(batch)
    for (const mailbox of batch) mailbox.batch = running
    const events = await running
    writing -= 1
    for (const mailbox of batch) release(mailbox)
    if (ready.size > 0) schedule()
    if (mailboxes.size === 0) for (const resolve of idle.splice(0)) resolve()
    onStep?.({ actors: batch.length, events, ms: now() - started })
  }

  function release(mailbox: Mailbox): void {
    mailbox.batch = undefined
    if (mailbox.queue.length > 0) ready.add(mailbox)
    else mailboxes.delete(mailbox.id)
  }

  return {
    send,
    drain() {
      draining = true
      if (mailboxes.size === 0) return Promise.resolve()
      return new Promise((resolve) => idle.push(resolve))
    },
    peek: (actor) => cache.get(actor),
    async versionOf(actor) {
      await mailboxes.get(actor)?.batch
      return cache.get(actor)?.version ?? 0
    },
    stats: () => ({ mailboxes: mailboxes.size, waiting, cached: cache.size() }),
  }
}
