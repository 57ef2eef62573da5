import type { AnyMachineSnapshot } from 'xstate'
import { conversationId } from '../conversation/actor-id.ts'
import { defineMachine, deriveEffects } from '../engine/definition.ts'
import { cardOf } from './card.ts'
import type { BroadcastContext } from './context.ts'
import { broadcastEffects } from './effects.ts'
import { broadcastMachine } from './machine.ts'
import { isBroadcast } from './statuses.ts'

export const broadcastActor = (id: string): string => `broadcast:${id}`

/** The broadcast machine with its effects. */
export const broadcastDefinition = defineMachine({
  id: 'broadcast',
  version: 1,
  machine: broadcastMachine,
  effects: broadcastEffects,
  // Its admin hears of every step: how far it is, and what became of an order.
  derivedEffects: deriveEffects({
    names: ['tell.broadcast'],
    of: (_before, event, after) => {
      const context = after.context as BroadcastContext
      const card = cardOf(after.value as string, context)
      return [
        {
          type: 'tell.broadcast',
          params: {
            to: conversationId(context.botId, context.madeBy),
            event: {
              type: 'broadcast.changed',
              card,
              isPreviewed: event?.type === 'preview.sent',
            },
          },
        },
      ]
    },
  }),
  projection: {
    name: 'broadcasts',
    row: (snapshot: AnyMachineSnapshot) => {
      const c = snapshot.context as BroadcastContext
      const status = snapshot.value as string
      return {
        id: c.id,
        madeBy: c.madeBy,
        status,
        words: c.content?.words ?? null,
        hasTurn: isBroadcast(status, 'sending'),
      }
    },
  },
})
