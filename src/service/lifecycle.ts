import type { Logger } from 'pino'
import { createActor } from 'xstate'
import type { LifecycleEvent } from '../machines/lifecycle/events.ts'
import {
  type BotMode,
  type Duty,
  type LifecycleSnapshot,
  lifecycleMachine,
} from '../machines/lifecycle/machine.ts'

/** The lifecycle machine of this process, and the work that it asks for. */
export interface Lifecycle {
  /** Sends the machine what happened. */
  send(type: LifecycleEvent['type']): void
  snapshot(): LifecycleSnapshot
  /** Aborted once, when the process begins to drain. */
  readonly ending: AbortSignal
  /**
   * Runs `work` once for each period in which the machine says that `duty` is due; the signal ends
   * with the period. Two runs never overlap: the next period waits for the end of the run before.
   */
  onDuty(duty: Duty, work: (until: AbortSignal) => Promise<void>): void
}

export function createLifecycle(botMode: BotMode, log: Pick<Logger, 'error'>): Lifecycle {
  const actor = createActor(lifecycleMachine, { input: { botMode } }).start()
  const ending = new AbortController()
  actor.subscribe(({ value }) => {
    if (value.process === 'draining') ending.abort()
  })

  return {
    send: (type) => actor.send({ type }),
    snapshot: () => actor.getSnapshot(),
    ending: ending.signal,
    onDuty(duty, work) {
      let period: AbortController | undefined
      let last: Promise<void> = Promise.resolve()
      const follow = (snapshot: LifecycleSnapshot) => {
        const isDue = snapshot.hasTag(duty)
        if (isDue === (period !== undefined)) return
        period?.abort()
        period = isDue ? new AbortController() : undefined
        if (period === undefined) return
        const { signal } = period
        last = last
          .then(() => (signal.aborted ? undefined : work(signal)))
          .catch((error) => log.error({ err: error, duty }, 'a duty failed'))
      }
      follow(actor.getSnapshot())
      actor.subscribe(follow)
    },
  }
}
