import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { coerceError, RetryableError } from '../errors.ts'
import type { Definition, Stamped } from '../machines/definition.ts'
import type { Registry } from '../machines/registry.ts'
import { loadActors } from '../store/actors.ts'
import { type Db, databaseError, refusedBy } from '../store/database.ts'
import { buryDeadLetter } from '../store/dead-letters.ts'
import { commitDrafts } from './commit.ts'
import type { Envelope, Receipt } from './envelope.ts'
import { hydrate, type LiveActor } from './live-actor.ts'
import { createCache } from './lru.ts'
import { applyBegin, applyEvent, type Draft, openDraft } from './step.ts'

export interface RuntimeDeps {
  registry: Registry
  db: Db
  /** Connections that only commit; two are enough to keep Postgres busy. */
  writers: pg.Pool
  now: () => number
  /** 24 random lower-case characters. */
  random?: () => string
  /** Actors kept in memory between events. */
  cacheSize?: number
  /** Actors per commit. */
  batchSize?: number
  onStep?: (batch: { actors: number; events: number; ms: number }) => void
  onReceipt?: (machine: string, outcome: Receipt['outcome']) => void
  onPoison?: (envelope: Envelope, error: Error) => void
}

export interface Runtime {
  /** Resolves when the event's step is durable; rejects (retryably) when it could not be stored. */
  send(envelope: Envelope): Promise<Receipt>
  /** Refuses new envelopes, waits until those taken are durable. */
  drain(): Promise<void>
  stats(): { mailboxes: number; waiting: number; cached: number }
}

interface Pending {
  envelope: Envelope
  conflicts: number
  resolve: (receipt: Receipt) => void
  reject: (error: Error) => void
}

interface Mailbox {
  id: string
  queue: Pending[]
  busy: boolean
}

interface Work {
  mailbox: Mailbox
  taken: Pending[]
  draft: Draft
  before: LiveActor | undefined
  /** Pendings that are part of the draft, with the seq and state they would get. */
  applied: { pending: Pending; seq: number; state: string }[]
  poisoned: { pending: Pending; error: Error }[]
}

const positionOf = (draft: Draft) => ({
  seq: (draft.actor as LiveActor).version,
  state: (draft.entries.at(-1) as { state: string }).state,
})

const WRITERS = 2
const EVENTS_PER_STEP = 16
const MAX_CONFLICTS = 50

/**
 * Serial mailboxes over group commit: while one batch is on its way to Postgres the next gathers, so
 * a lone event waits for nobody and a flood shares its commits. An actor is in one batch at a time.
 */
export function createRuntime(deps: RuntimeDeps): Runtime {
  const { registry, db, writers, now } = deps
  const random = deps.random ?? (() => randomBytes(12).toString('hex'))
  const batchSize = deps.batchSize ?? 128
  const cache = createCache<LiveActor>(deps.cacheSize ?? 2_000)
  const mailboxes = new Map<string, Mailbox>()
  const ready = new Set<Mailbox>()
  const idle: (() => void)[] = []
  let writing = 0
  let scheduled = false
  let draining = false

  async function send(envelope: Envelope): Promise<Receipt> {
    if (draining) throw new RetryableError('runtime.draining')
    // Refuses an id of no machine before it can spoil a batch.
    const definition = registry.of(envelope.actor)
    return new Promise((resolve, reject) => {
      const id = envelope.actor
      let mailbox = mailboxes.get(id)
      if (mailbox === undefined) {
        mailbox = { id, queue: [], busy: false }
        mailboxes.set(id, mailbox)
      }
      const at = envelope.at ?? now()
      const settle = (receipt: Receipt) => {
        deps.onReceipt?.(definition.id, receipt.outcome)
        resolve(receipt)
      }
      mailbox.queue.push({ envelope: { ...envelope, at }, conflicts: 0, resolve: settle, reject })
      if (!mailbox.busy) ready.add(mailbox)
      schedule()
    })
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // After the current turn of the event loop, so that what arrived together commits together.
    setImmediate(() => {
      scheduled = false
      while (writing < WRITERS && ready.size > 0) void work(takeBatch())
    })
  }

  function takeBatch(): Mailbox[] {
    const batch: Mailbox[] = []
    for (const mailbox of ready) {
      if (batch.length === batchSize) break
      ready.delete(mailbox)
      mailbox.busy = true
      batch.push(mailbox)
    }
    writing += 1
    return batch
  }

  async function work(batch: Mailbox[]): Promise<void> {
    const started = now()
    let events = 0
    try {
      events = await attempt(batch, EVENTS_PER_STEP)
    } finally {
      writing -= 1
      for (const mailbox of batch) release(mailbox)
      deps.onStep?.({ actors: batch.length, events, ms: now() - started })
      if (ready.size > 0) schedule()
      if (mailboxes.size === 0) for (const resolve of idle.splice(0)) resolve()
    }
  }

  function release(mailbox: Mailbox): void {
    mailbox.busy = false
    if (mailbox.queue.length > 0) ready.add(mailbox)
    else mailboxes.delete(mailbox.id)
  }

  /** Loads, transitions and commits; what fails with others is tried again alone. */
  async function attempt(batch: readonly Mailbox[], perStep: number): Promise<number> {
    let works: Work[] = []
    try {
      const actors = await load(batch)
      works = batch.map((mailbox) => prepare(mailbox, actors.get(mailbox.id), perStep))
      await bury(works)
      const open = works.filter((w) => w.draft.entries.length > 0)
      const { accepted, known } = await commitDrafts({ writers }, open)
      for (const w of works) settle(w, accepted, known.get(w.mailbox.id))
      return works.reduce((n, w) => n + w.applied.length, 0)
    } catch (thrown) {
      const error = databaseError(thrown)
      for (const w of works) cache.delete(w.mailbox.id)
      const alone = works.length === 1 && (works[0] as Work).taken.length === 1
      if (works.length > 0 && !alone && !(error instanceof RetryableError)) {
        for (const w of works) w.mailbox.queue.unshift(...w.taken)
        // One event of one actor at a time, until the one that Postgres refuses stands alone.
        let events = 0
        for (const w of works) events += await attempt([w.mailbox], 1)
        return events
      }
      const taken = works.length > 0 ? works.flatMap((w) => w.taken) : batch.flatMap(takeAll)
      for (const pending of taken) fail(pending, error)
      return 0
    }
  }

  const takeAll = (mailbox: Mailbox) => mailbox.queue.splice(0)

  function fail(pending: Pending, error: Error): void {
    const constraint = refusedBy(error)
    if (constraint !== undefined) pending.resolve({ outcome: 'refused', constraint })
    else pending.reject(error)
  }

  async function load(batch: readonly Mailbox[]): Promise<Map<string, LiveActor | 'unfit'>> {
    const actors = new Map<string, LiveActor | 'unfit'>()
    const missing: string[] = []
    for (const { id } of batch) {
      const cached = cache.get(id)
      if (cached === undefined) missing.push(id)
      else actors.set(id, cached)
    }
    if (missing.length > 0) {
      for (const row of await loadActors(db, missing)) {
        actors.set(row.id, hydrate(registry.of(row.id), row) ?? 'unfit')
      }
    }
    return actors
  }

  function prepare(
    mailbox: Mailbox,
    loaded: LiveActor | 'unfit' | undefined,
    perStep: number,
  ): Work {
    const definition = registry.of(mailbox.id)
    const before = loaded === 'unfit' ? undefined : loaded
    const taken = mailbox.queue.splice(0, perStep)
    const draft = openDraft(definition, mailbox.id, before)
    const w: Work = { mailbox, taken, draft, before, applied: [], poisoned: [] }
    const keys = new Set<string>()
    for (const pending of taken) {
      const { key } = pending.envelope
      if (keys.has(key)) {
        pending.resolve({ outcome: 'duplicate' })
        continue
      }
      keys.add(key)
      try {
        if (loaded === 'unfit') throw new Error(`the stored ${definition.id} can't be lifted`)
        const receipt = apply(definition, draft, pending.envelope)
        if (receipt !== undefined) pending.resolve(receipt)
        else w.applied.push({ pending, ...positionOf(draft) })
      } catch (thrown) {
        w.poisoned.push({ pending, error: coerceError(thrown) })
      }
    }
    return w
  }

  /** Adds the envelope to the draft, or says why it changes nothing. */
  function apply(definition: Definition, draft: Draft, envelope: Envelope): Receipt | undefined {
    const { key, timer, input } = envelope
    const at = envelope.at as number
    if (input !== undefined) {
      if (draft.actor !== undefined) return { outcome: 'duplicate' }
      applyBegin(draft, key, input, at)
      return undefined
    }
    if (draft.actor === undefined) {
      if (definition.inputOf === undefined) return { outcome: 'unknown-actor' }
      applyBegin(draft, 'begun', definition.inputOf(draft.id, envelope.event), at)
    }
    const actor = draft.actor as unknown as LiveActor
    if (actor.snapshot.status !== 'active') return { outcome: 'duplicate' }
    if (timer !== undefined && actor.timers[timer.id]?.seq !== timer.seq) {
      return { outcome: 'duplicate' }
    }
    applyEvent(draft, key, { ...envelope.event, at, rnd: random() } as Stamped)
    if (timer !== undefined) forgetFired(draft, timer)
    return undefined
  }

  /** A timer that fired is over, unless its own step asked for it again. */
  function forgetFired(draft: Draft, timer: { id: string; seq: number }): void {
    const actor = draft.actor as LiveActor
    if (actor.timers[timer.id]?.seq !== timer.seq) return
    const { [timer.id]: _fired, ...timers } = actor.timers
    draft.actor = { ...actor, timers }
  }

  async function bury(works: readonly Work[]): Promise<void> {
    for (const { pending, error } of works.flatMap((w) => w.poisoned)) {
      const { actor, key, event } = pending.envelope
      const payload = JSON.stringify(pending.envelope)
      await buryDeadLetter(db, { kind: 'event', subject: actor, key, payload, error: `${error}` })
      deps.onPoison?.({ actor, key, event }, error)
      pending.resolve({ outcome: 'poisoned', error })
    }
  }

  function settle(w: Work, accepted: Set<string>, known: Set<string> | undefined): void {
    const { mailbox, draft } = w
    if (draft.entries.length === 0) {
      if (draft.actor !== undefined) cache.set(mailbox.id, draft.actor)
      return
    }
    if (accepted.has(mailbox.id)) {
      cache.set(mailbox.id, draft.actor as LiveActor)
      for (const { pending, seq, state } of w.applied) {
        pending.resolve({ outcome: 'committed', seq, state })
      }
      return
    }
    cache.delete(mailbox.id)
    const again: Pending[] = []
    for (const { pending } of w.applied) {
      if (known?.has(pending.envelope.key)) pending.resolve({ outcome: 'duplicate' })
      else if (pending.conflicts >= MAX_CONFLICTS) {
        pending.reject(new RetryableError('actor.conflict', { retryAfterMs: 1_000 }))
      } else again.push({ ...pending, conflicts: pending.conflicts + 1 })
    }
    mailbox.queue.unshift(...again)
  }

  return {
    send,
    drain() {
      draining = true
      if (mailboxes.size === 0) return Promise.resolve()
      return new Promise((resolve) => idle.push(resolve))
    },
    stats: () => ({
      mailboxes: mailboxes.size,
      waiting: [...mailboxes.values()].reduce((n, m) => n + m.queue.length, 0),
      cached: cache.size(),
    }),
  }
}
