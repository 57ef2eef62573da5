import type { Task } from 'graphile-worker'
import type { EventObject } from 'xstate'
import { retryForever } from './retry-forever.ts'
import type { Runtime } from './runtime.ts'

interface TimerJob {
  actor: string
  id: string
  seq: number
  event: EventObject
}

/** A durable timer fires: its event goes to the actor, which drops it if it was superseded. */
export const createTimerTask =
  (runtime: Runtime): Task =>
  async (payload) => {
    const { actor, id, seq, event } = payload as TimerJob
    const envelope = { actor, key: `timer:${id}:${seq}`, event, timer: { id, seq } }
    // The queue's own pauses grow to hours; an outage must not cost a job its time limit.
    await retryForever(() => runtime.send(envelope))
  }
