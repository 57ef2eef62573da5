import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { coerceError } from '../../errors.ts'
import {
  claimEffects,
  completeEffects,
  type EffectRef,
  ownEffects,
  postponeEffect,
  releaseEffects,
  type StoredEffect,
} from '../../store/engine/effects.ts'
import type { EngineDb } from '../../store/engine/tables.ts'
import type { Question } from './answers.ts'
import { type AttemptDeps, answerAtOnce, attemptEffect } from './attempt.ts'
import {
  answerKey,
  type BoundEffect,
  type EffectDeclaration,
  type EffectJob,
  effectKey,
} from './effect.ts'
import { createGatherer } from './gather.ts'
import { createScheduler, type QueueStats } from './scheduler.ts'
import type { WantedEffect } from './step.ts'

export interface EffectRunnerDeps extends AttemptDeps {
  db: EngineDb
  effects: readonly BoundEffect[]
  /** Slots by queue. */
  slots: Readonly<Record<string, number>>
  /** Key of the advisory lock that this instance holds: its name in the rows that it runs. */
  owner: number
  log: Logger
  /** Told when rows were claimed and none of them runs yet; tests end the process there. */
  reached?: ((place: 'effects.claimed') => void) | undefined
  /** How often rows that nobody runs are looked for. */
  claimEveryMs?: number
}

export interface EffectRunner {
  /** In whose name effects are committed: this instance's, or nobody's when it has no room for more. */
  owner(): number | null
  /**
   * Asks what a step that is not committed yet wants to know, unless something of the same turn has to
   * be done before.
   */
  ask(actor: string, wanted: readonly WantedEffect[]): Question[]
  /** Runs the effects of a committed step. */
  committed(actor: string, effects: readonly WantedEffect[]): void
  /** Begins to take rows that nobody runs. */
  start(): void
  /** Compares the rows in this instance's name with its memory, e.g. after a commit without an answer. */
  compare(): Promise<void>
  stop(graceMs: number): Promise<void>
  stats(): {
    waiting: number
    queues: Record<string, QueueStats>
    lastClaimAt: number | null
    lastError: string | null
  }
}

interface Entry {
  job: EffectJob
  key: string
  type: string
  /** Queued or running in this process. */
  inHand: boolean
  /** When the newest step that asked for it was committed. */
  addedAt: number
}

const CLAIM_EVERY_MS = 1_000
const CLAIM_MOST = 200
/** More than that in memory, and effects are left to whoever has room. */
const ROOM = 20_000
/** Rows younger than this may belong to a commit whose answer is still on its way. */
const SETTLED_MS = 5_000
const AGAIN_MS = 1_000
/** Nobody waits for these; a process that dies before does an effect again, as it may at any time. */
const COMPLETE_EVERY_MS = 50

/**
 * Runs effects in the process that committed them, each as soon as its queue has a slot, and takes
 * over those that nobody runs: put back for another try, or left by an instance that died. An effect
 * runs at least once; its row goes when it is done.
 */
export function createEffectRunner(deps: EffectRunnerDeps): EffectRunner {
  const { db, slots, owner, now, log, claimEveryMs = CLAIM_EVERY_MS } = deps
  const effects = new Map(deps.effects.map((effect) => [effect.declaration.name, effect]))
  const scheduler = createScheduler({
    slots,
    onDefect: (error) => log.error({ err: error }, 'a defect in running an effect'),
  })
  const entries = new Map<string, Entry>()
  const completions = createGatherer<EffectRef>(
    async (done) => {
      // The row of one that was asked for again by now says so; its turn comes.
      const isLast = ({ actor, key, seq }: EffectRef) =>
        (entries.get(idOf(actor, key))?.job.seq ?? seq) <= seq
      const last = done.filter(isLast)
      if (last.length > 0) await untilStored(() => completeEffects(db, last))
      return undefined
    },
    { pauseMs: COMPLETE_EVERY_MS },
  )
  const retries = new Set<NodeJS.Timeout>()
  /** Of effects that took place and are still being stored. */
  const storing = new Set<Promise<void>>()
  let stopping = false
  let timer: NodeJS.Timeout | undefined
  let wakeAt = Number.POSITIVE_INFINITY
  let claiming: Promise<void> | undefined
  let lastClaimAt: number | null = null
  let lastError: string | null = null

  function committed(actor: string, wanted: readonly WantedEffect[]): void {
    for (const effect of wanted) {
      const { key, type, delivery } = effect
      const job = firstJob(actor, effect)
      if (delivery !== 'ephemeral') take(type, key, job)
      else {
        const effect = effectOf(type)
        const { queue } = effect.declaration
        scheduler.add({ queue, key: effectKey(job), run: (signal) => once(effect, job, signal) })
      }
    }
  }

  function ask(actor: string, wanted: readonly WantedEffect[]): Question[] {
    if (stopping) return []
    const turns = new Set<string>()
    return wanted.flatMap((effect) => {
      const { declaration, answer } = effectOf(effect.type)
      const job = firstJob(actor, effect)
      const { queue } = declaration
      const turn = turnOf(declaration, job)
      const mustWait = turns.has(`${queue} ${turn}`) || scheduler.has(queue, turn)
      if (!mustWait && answer !== undefined) {
        const key = answerKey(declaration.name, job)
        return [{ effect, key, answer: answerAtOnce({ declaration, answer }, job, deps) }]
      }
      turns.add(`${queue} ${turn}`)
      return []
    })
  }

  function effectOf(type: string): BoundEffect {
    const effect = effects.get(type)
    // The engine refuses machines with such an effect when it is made.
    if (effect === undefined) throw new Error(`nobody handles the effect ${type}`)
    return effect
  }

  async function once(effect: BoundEffect, job: EffectJob, signal: AbortSignal): Promise<void> {
    await attemptEffect(effect, job, deps, signal)
  }

  /** Puts an effect in line; a newer one of which only the newest counts takes the place of the older. */
  function take(type: string, key: string, job: EffectJob): void {
    const id = idOf(job.actor, key)
    const known = entries.get(id)
    if (known === undefined) {
      const entry: Entry = { job, key, type, inHand: false, addedAt: now() }
      entries.set(id, entry)
      line(entry)
    } else if (job.seq > known.job.seq) {
      known.job = { ...job, renewed: Math.max(job.renewed, known.job.renewed) }
      known.addedAt = now()
      if (!known.inHand) line(known)
    }
  }

  function line(entry: Entry): void {
    const { declaration, gate } = effectOf(entry.type)
    entry.inHand = true
    scheduler.add({
      queue: declaration.queue,
      key: turnOf(declaration, entry.job),
      gate: gate && ((signal) => gate(entry.job, signal)),
      run: (signal) => run(entry, signal),
    })
  }

  async function run(entry: Entry, signal: AbortSignal): Promise<void> {
    const { job, type } = entry
    try {
      const attempt = await attemptEffect(effectOf(type), job, deps, signal)
      if (attempt.over) settle(entry, job, attempt.stored)
      // While it was tried, a later step asked for a newer one.
      else if (entry.job.seq > job.seq) settle(entry, job)
      else await postpone(entry, attempt.pauseMs)
    } catch (thrown) {
      noteError(thrown)
      later(entry, job, AGAIN_MS)
    }
  }

  /** Done as far as `job` asked; the row goes when that is `stored`, unless a later step asked again. */
  function settle(entry: Entry, job: EffectJob, stored?: Promise<boolean>): void {
    entry.inHand = false
    if (entry.job.seq > job.seq) line(entry)
    if (stored === undefined) {
      complete(entry, job)
      return
    }
    const noted = stored
      .then((isDone) => (isDone ? complete(entry, job) : repeat(entry, job)))
      .catch((thrown) => {
        noteError(thrown)
        after(AGAIN_MS, () => repeat(entry, job))
      })
      .finally(() => storing.delete(noted))
    storing.add(noted)
  }

  function complete(entry: Entry, job: EffectJob): void {
    const ref = { actor: job.actor, key: entry.key, seq: job.seq }
    void completions.add(ref).then(() => {
      if (entry.job.seq === job.seq) entries.delete(idOf(job.actor, entry.key))
    }, noteError)
  }

  /** What was done is out of date; a later step that asked again has it done again anyway. */
  function repeat(entry: Entry, job: EffectJob): void {
    if (entry.job.seq === job.seq && !entry.inHand && !stopping) line(entry)
  }

  /** The row waits for its next try, and memory forgets it. Without a database it waits here. */
  async function postpone(entry: Entry, pause: number): Promise<void> {
    const { job, key } = entry
    try {
      const ref = { actor: job.actor, key, seq: job.seq }
      await postponeEffect(db, ref, { attempt: job.attempt + 1, dueAt: now() + pause })
      // A later step has asked meanwhile: its row is not the one that was put back.
      if (entry.job.seq > job.seq) {
        line(entry)
        return
      }
      entries.delete(idOf(job.actor, key))
      wake(pause)
    } catch (thrown) {
      noteError(thrown)
      later(entry, { ...job, attempt: job.attempt + 1 }, Math.max(pause, AGAIN_MS))
    }
  }

  function later(entry: Entry, job: EffectJob, pause: number): void {
    if (job.seq >= entry.job.seq) entry.job = job
    after(pause, () => line(entry))
  }

  /** Calls back after `ms`, unless the process is stopping by then. */
  function after(ms: number, call: () => void): void {
    const retry = setTimeout(() => {
      retries.delete(retry)
      if (!stopping) call()
    }, ms)
    retry.unref()
    retries.add(retry)
  }

  /** Looks for rows that nobody runs, now and after `ms` at the latest. */
  function wake(ms: number): void {
    if (stopping || now() + ms >= wakeAt) return
    wakeAt = now() + ms
    clearTimeout(timer)
    timer = setTimeout(() => {
      wakeAt = Number.POSITIVE_INFINITY
      claiming = claim().finally(() => wake(claimEveryMs))
    }, ms)
    timer.unref()
  }

  async function claim(): Promise<void> {
    if (scheduler.size() >= ROOM) return
    try {
      const rows = await claimEffects(db, { owner, now: now(), limit: CLAIM_MOST })
      lastClaimAt = now()
      lastError = null
      if (rows.length > 0) deps.reached?.('effects.claimed')
      for (const row of rows) adopt(row)
      if (rows.length === CLAIM_MOST) wake(0)
    } catch (thrown) {
      noteError(thrown)
    }
  }

  function adopt(row: StoredEffect): void {
    const { actor_id: actor, key, type, seq, index, attempt, renewed, payload } = row
    const { at, params } = payload
    if (!effects.has(type)) {
      // A newer version of the program asked for it; whoever knows it takes it.
      log.warn({ effect: type, actor }, 'an effect that this version does not know')
      void postponeEffect(db, { actor, key, seq }, { attempt, dueAt: now() + 30_000 }).catch(
        noteError,
      )
      return
    }
    take(type, key, { actor, seq, index, at, attempt, params, renewed })
  }

  async function compare(): Promise<void> {
    const asked = now()
    const rows = await ownEffects(db, owner, SETTLED_MS)
    const stored = new Set(rows.map((row) => idOf(row.actor_id, row.key)))
    for (const row of rows) if (!entries.has(idOf(row.actor_id, row.key))) adopt(row)
    // Taken away while this instance seemed dead; what is running already can't be called back.
    for (const [id, entry] of entries) {
      const old = entry.addedAt < asked - 2 * SETTLED_MS
      if (old && !entry.inHand && !stored.has(id)) entries.delete(id)
    }
  }

  async function untilStored(write: () => Promise<void>): Promise<void> {
    for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
      try {
        return await write()
      } catch (thrown) {
        noteError(thrown)
        if (stopping) throw thrown
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
    }
  }

  function noteError(thrown: unknown): void {
    lastError = coerceError(thrown).message
  }

  return {
    owner: () => (stopping || scheduler.size() >= ROOM ? null : owner),
    ask,
    committed,
    start: () => wake(0),
    compare,
    stats: () => ({ waiting: scheduler.size(), queues: scheduler.stats(), lastClaimAt, lastError }),
    async stop(graceMs) {
      stopping = true
      clearTimeout(timer)
      for (const retry of retries) clearTimeout(retry)
      await claiming
      await scheduler.stop(graceMs)
      // Without a database that may take for ever; whoever takes the row over then does it again.
      await Promise.race([Promise.all(storing), delay(graceMs, undefined, { ref: false })])
      await completions.flushed()
      // The rest is for the others, and for the next start.
      await releaseEffects(db, owner).catch(noteError)
    },
  }
}

const firstJob = (actor: string, { seq, index, at, params, renewed }: WantedEffect): EffectJob => ({
  actor,
  seq,
  index,
  at,
  attempt: 1,
  params,
  renewed,
})

/** Whose effects are done one after another. */
const turnOf = ({ turn }: EffectDeclaration, { actor, params }: EffectJob): string =>
  turn?.(params) ?? actor

const idOf = (actor: string, key: string): string => `${actor}\n${key}`
