import type { Logger } from 'pino'
import { adoptOldQueue } from '../../store/engine/old-queue.ts'
import type { EngineDb } from '../../store/engine/tables.ts'
import type { FollowUp } from './batch.ts'
import type { BoundEffect } from './effect.ts'
import { createEffectRunner, type EffectRunnerDeps } from './effect-runner.ts'
import type { Envelope, Receipt } from './envelope.ts'
import { createMembership } from './membership.ts'
import type { QueueStats } from './scheduler.ts'
import { createTimerRunner } from './timer-runner.ts'

export interface WorkerDeps {
  db: EngineDb
  send: (envelope: Envelope) => Promise<Receipt>
  /** This instance's name, and the key of the advisory lock that its session holds. */
  instance: { id: string; lockKey: number }
  /** Of the machines that this process knows; other instances leave their actors to it. */
  versions?: Readonly<Record<string, number>>
  effects: readonly BoundEffect[]
  /** Slots by queue. */
  slots: Readonly<Record<string, number>>
  now: () => number
  log: Logger
  onDone?: EffectRunnerDeps['onDone']
  onReap?: ((ids: string[]) => void) | undefined
  /** Told of places where a death would leave claims behind; tests end the process there. */
  reached?: ((place: 'timers.claimed' | 'effects.claimed') => void) | undefined
  /** How often dead instances are looked for; one counts as dead the second time. */
  reapEveryMs?: number
}

export interface LastRun {
  lastRun: number | null
  lastError: string | null
}

export interface Worker extends FollowUp {
  /** Registers this instance again, after its session was lost and came back. */
  register(): Promise<void>
  /** Takes nothing new, waits for what runs up to `graceMs`, then lets others have the rest. */
  stop(graceMs: number): Promise<void>
  lastRun(): Record<'effects' | 'timers' | 'members', LastRun>
  queues(): Record<string, QueueStats>
}

/**
 * Does the effects of committed steps, fires timers, and takes over from instances that died.
 * Resolves when this instance is registered.
 */
export async function startWorker(deps: WorkerDeps): Promise<Worker> {
  const { db, send, instance, effects, slots, now, log, onDone, onReap, reapEveryMs } = deps
  const { versions = {}, reached } = deps
  const runner = createEffectRunner({
    ...{ db, send, effects, slots, now, log, onDone, reached },
    owner: instance.lockKey,
  })
  const timers = createTimerRunner({ db, send, now, reached })
  const declarations = effects.map(({ declaration }) => declaration)
  const members = createMembership({
    ...{ db, instance, versions, log, onReap },
    ...(reapEveryMs === undefined ? {} : { everyMs: reapEveryMs }),
    async onRound(inDoubt) {
      if (inDoubt) await runner.compare()
      await adoptOldQueue(db, declarations)
    },
  })
  await members.register()
  runner.start()
  timers.start()
  return {
    owner: () => (members.isRegistered() ? runner.owner() : null),
    committed(actor, { effects: wanted, timers: set, owner }) {
      // What is in nobody's name is found by whoever looks first; the rest is worthless by then.
      const own = owner === null ? wanted.filter(isEphemeral) : wanted
      if (own.length > 0) runner.committed(actor, own)
      for (const { dueAt } of set) timers.expect(dueAt)
    },
    ask: runner.ask,
    doubt: members.doubt,
    register: members.register,
    lastRun: () => {
      const { lastClaimAt, lastError } = runner.stats()
      const { lastRun, lastError: timerError } = timers.stats()
      return {
        effects: { lastRun: lastClaimAt, lastError },
        timers: { lastRun, lastError: timerError },
        members: members.stats(),
      }
    },
    queues: () => runner.stats().queues,
    async stop(graceMs) {
      await Promise.all([timers.stop(), runner.stop(graceMs)])
      // Left registered until here, so that others leave alone what was still running.
      await members.stop()
    },
  }
}

const isEphemeral = ({ delivery }: { delivery: string }) => delivery === 'ephemeral'
