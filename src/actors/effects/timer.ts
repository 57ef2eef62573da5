import type { Task } from 'graphile-worker'
import type { EventObject } from 'xstate'
import type { Runtime } from '../runtime.ts'

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
    await runtime.send({ actor, key: `timer:${id}:${seq}`, event, timer: { id, seq } })
  }
