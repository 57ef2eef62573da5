import { setTimeout as sleep } from 'node:timers/promises'
import type { QueueStats } from '../actors/engine/scheduler.ts'
import type { LastRun } from '../actors/engine/worker.ts'
import { reasonOf, TrtError } from '../errors.ts'
import type { Problems } from './problems.ts'

/** A round that is due every half second, and did not happen for so long, happens no more. */
const ROUND_PATIENCE_MS = 15_000
/** All slots taken, somebody waits, and nothing ended for so long. */
const END_PATIENCE_MS = 25_000
/** Queues whose work takes minutes when files are large. */
const SLOW: Readonly<Record<string, number>> = {
  uploads: 600_000,
  deliveries: 600_000,
  probes: 300_000,
}
const LOOK_EVERY_MS = 5_000
const ASK_EVERY_MS = 20_000
/** One failed question may be chance. */
const FAILURES = 2

export interface HealthWatchDeps {
  problems: Problems
  /** Undefined before work has begun. */
  worker: {
    lastRun(): Partial<Record<string, LastRun>>
    queues(): Readonly<Record<string, QueueStats>>
  }
  /** Asks Telegram who we are; rejects with what it says. */
  askTelegram: (signal: AbortSignal) => Promise<unknown>
  /** Asks the provider what the account holds; rejects with what it says. */
  askProvider: (signal: AbortSignal) => Promise<unknown>
  /** Looks whether files on their way have room on this machine; rejects with what is wrong. */
  askDisk: () => Promise<void>
  /** Milliseconds that only grow. */
  ticks?: () => number
}

export interface HealthWatch {
  /** Compares the rounds and queues of the worker with those of the last look. */
  lookAtQueues(): void
  /** Asks Telegram, the provider and this machine's disk once. */
  ask(signal: AbortSignal): Promise<void>
}

/**
 * Finds out what nobody reports by itself: a queue that takes or ends nothing any more, a token that
 * was revoked, a key that the provider refuses, a disk that is full. By its own ticks, not by the clock, which may jump.
 */
export function createHealthWatch(deps: HealthWatchDeps): HealthWatch {
  const { problems, worker, ticks = () => performance.now() } = deps
  const rounds = new Map<string, { at: number | null; since: number }>()
  const ends = new Map<string, { ended: number; since: number }>()
  const failures = new Map<Asked, number>()

  /** What stands still, in words. */
  function* standing(): Generator<string> {
    for (const [name, run] of Object.entries(worker.lastRun())) {
      const { lastRun = null, lastError = null } = run ?? {}
      const known = rounds.get(name)
      if (known === undefined || known.at !== lastRun) {
        rounds.set(name, { at: lastRun, since: ticks() })
      } else if (ticks() - known.since >= ROUND_PATIENCE_MS) {
        yield `${name} did nothing for ${seconds(ticks() - known.since)}${lastError === null ? '' : `: ${lastError}`}`
      }
    }
    for (const [name, { slots, running, waiting, ended }] of Object.entries(worker.queues())) {
      const known = ends.get(name)
      const isFull = running >= slots && waiting > 0
      if (!isFull || known === undefined || known.ended !== ended) {
        ends.set(name, { ended, since: ticks() })
      } else if (ticks() - known.since >= (SLOW[name] ?? END_PATIENCE_MS)) {
        yield `the queue ${name} is full and ended nothing for ${seconds(ticks() - known.since)}`
      }
    }
  }

  async function askOne(
    name: Asked,
    question: (signal: AbortSignal) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await question(signal)
      failures.delete(name)
      problems.set(name, null)
    } catch (error) {
      if (signal.aborted) return
      const count = (failures.get(name) ?? 0) + 1
      failures.set(name, count)
      const isRefused = error instanceof TrtError && error.code === `${PREFIX[name]}.unauthorized`
      if (!isRefused && count < FAILURES) return
      // Without its token the bot can answer nobody; without the provider it still can.
      problems.set(name, { reason: reasonOf(error), blocks: isRefused && name === 'telegram' })
    }
  }

  return {
    lookAtQueues() {
      const found = [...standing()]
      problems.set('queue', found.length === 0 ? null : { reason: found.join('; '), blocks: true })
    },
    async ask(signal) {
      await Promise.all([
        askOne('telegram', deps.askTelegram, signal),
        askOne('provider', deps.askProvider, signal),
        askOne('disk', deps.askDisk, signal),
      ])
    },
  }
}

/** What is asked from time to time, with the first part of its error codes. */
const PREFIX = { telegram: 'telegram', provider: 'kie', disk: 'media' } as const
type Asked = keyof typeof PREFIX
const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`

/** Looks and asks at intervals until the signal. */
export function keepWatch(
  watch: HealthWatch,
  signal: AbortSignal,
  askEveryMs = ASK_EVERY_MS,
): void {
  const looking = setInterval(watch.lookAtQueues, LOOK_EVERY_MS)
  signal.addEventListener('abort', () => clearInterval(looking))
  const asking = async () => {
    while (!signal.aborted) {
      await sleep(askEveryMs, undefined, { signal, ref: false }).catch(() => {})
      if (!signal.aborted) await watch.ask(signal)
    }
  }
  void asking()
}

/** Commits that failed in a row before they are a problem. */
const REFUSALS = 3

/** Notes whether events can be stored: `commits` is a problem while none can. */
export function watchCommits(problems: Problems): {
  stored(): void
  rejected(error: unknown): void
} {
  let refused = 0
  return {
    stored() {
      if (refused === 0) return
      refused = 0
      problems.set('commits', null)
    },
    rejected(error) {
      if (error instanceof TrtError && error.code.startsWith('runtime.')) return
      refused += 1
      if (refused < REFUSALS) return
      problems.set('commits', { reason: reasonOf(error), blocks: true })
    },
  }
}
