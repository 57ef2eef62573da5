import type { AnyMachineSnapshot } from 'xstate'
import { defineMachine } from '../engine/definition.ts'
import type { TopupContext } from './context.ts'
import { topupEffects } from './effects.ts'
import { topupMachine } from './machine.ts'

export const topupActor = (id: string): string => `topup:${id}`

/** The top-up machine with its effects. */
export const topupDefinition = defineMachine({
  id: 'topup',
  version: 2,
  machine: topupMachine,
  effects: topupEffects,
  // Since version 2 a top-up is closed in the end. What ended before stays as it is.
  migrate: (stored, from) => (from === 1 ? stored : undefined),
  projection: {
    name: 'invoices',
    row: (snapshot: AnyMachineSnapshot) => {
      const c = snapshot.context as TopupContext
      return {
        id: c.id,
        userId: c.userId,
        language: c.language,
        way: c.way,
        status: c.end ?? (snapshot.value as string),
        kopecks: c.kopecks,
        stars: c.stars,
        adminId: c.adminId,
        errorCode: c.error,
        receipt: c.receipt,
        payments: c.payments,
      }
    },
  },
})
