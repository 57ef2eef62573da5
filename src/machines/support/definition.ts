import type { AnyMachineSnapshot } from 'xstate'
import { defineMachine } from '../engine/definition.ts'
import type { SupportContext } from './context.ts'
import { supportEffects } from './effects.ts'
import { supportMachine } from './machine.ts'

/** Actor id of a user's thread with the support of a bot. */
export const supportActor = (botId: number, userId: number): string => `support:${botId}:${userId}`

/** The machine of support threads with its effects. */
export const supportDefinition = defineMachine({
  id: 'support',
  version: 1,
  machine: supportMachine,
  effects: supportEffects,
  inputOf: (actorId) => ({ userId: Number(actorId.split(':')[2]) }),
  projection: {
    name: 'supportThreads',
    row: (snapshot: AnyMachineSnapshot) => {
      const { userId, topic, answeredBy } = snapshot.context as SupportContext
      return { userId, state: snapshot.value as string, topic, answeredBy }
    },
  },
})
