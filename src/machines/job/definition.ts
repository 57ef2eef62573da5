import type { AnyMachineSnapshot } from 'xstate'
import { defineMachine } from '../engine/definition.ts'
import type { JobContext } from './context.ts'
import { jobEffects } from './effects.ts'
import { jobMachine } from './machine.ts'

/** The job machine with its effects. */
export const jobDefinition = defineMachine({
  id: 'job',
  version: 3,
  machine: jobMachine,
  effects: jobEffects,
  // Since version 2 a delivered job lives on: it can be sent again, and refunded; since version 3 it
  // knows how long it took, and is closed in the end. What ended before is archived by its age.
  migrate: (stored, from) => {
    const context = stored.context as JobContext
    if (from === 1) {
      return {
        ...stored,
        status: 'active',
        context: { ...context, redeliveries: 0, refunded: false },
      }
    }
    return from === 2 ? { ...stored, context: { ...context, tookMs: null } } : undefined
  },
  projection: {
    name: 'jobs',
    row: (snapshot: AnyMachineSnapshot) => {
      const c = snapshot.context as JobContext
      const value = snapshot.value as string | Record<string, unknown>
      return {
        id: c.id,
        userId: c.userId,
        chatId: c.chatId,
        modelId: c.modelId,
        status: c.end ?? (typeof value === 'string' ? value : (Object.keys(value)[0] as string)),
        priceKopecks: c.priceKopecks,
        credits: c.credits,
        creditsConsumed: c.creditsConsumed,
        input: c.answers,
        taskId: c.taskId,
        result: c.result,
        errorCode: c.error,
        tookMs: c.tookMs,
        // Delivered free: the column keeps its old name.
        courtesy: c.released && c.result !== null,
      }
    },
  },
})
