import type { AnyMachineSnapshot, EventObject } from 'xstate'
import { type Definition, defineMachine, deriveEffects } from '../engine/definition.ts'
import { type ConversationContext, type ConversationInput, NOWHERE, type Place } from './context.ts'
import { derivedEffects, resolveEvent } from './derived-effects.ts'
import { conversationEffects } from './effects/effects.ts'
import { conversationMachine } from './machine.ts'
import type { View } from './screens/screen.ts'
import { inviterOf } from './start-links.ts'

type FirstEvent = EventObject & { languageCode?: string; payload?: string }

/** The conversation machine with its effects, for screens drawn with these settings. */
export const createConversationDefinition = (view: View) =>
  defineMachine({
    id: 'conversation',
    version: 4,
    migrate: upgrade,
    machine: conversationMachine,
    effects: conversationEffects,
    inputOf: (actorId, event): ConversationInput => {
      const chatId = Number(actorId.split(':')[2])
      const { type, languageCode, payload = '' } = event as FirstEvent
      const invitedBy = type === 'command.start' ? inviterOf(payload) : null
      return { chatId, userId: chatId, languageCode, invitedBy }
    },
    resolveEvent: (snapshot, event) => resolveEvent(view, snapshot, event),
    derivedEffects: deriveEffects({
      names: ['telegram.render', 'telegram.answer'],
      of: (before, event, after) => derivedEffects(view, before, event, after),
    }),
    projection: {
      name: 'users',
      row: (snapshot: AnyMachineSnapshot) => {
        const { userId, language, blocked } = snapshot.context as ConversationContext
        return { id: userId, language, blocked }
      },
    },
  })

/**
 * Version 1 had `balance` where `account` is now, which is read anew; version 2 knew no search, no
 * list of results, and no answers that are gathered bit by bit; version 3 knew neither a wish nor news,
 * and opened results from the screen of their end.
 */
const upgrade: NonNullable<Definition['migrate']> = (stored, from) => {
  if (from < 1 || from > 3) return undefined
  const context = stored.context as Record<string, unknown>
  const lifted = from === 3 ? fromThree(context) : upToThree(context)
  return { ...stored, context: { ...lifted, wish: null, newsTold: null } }
}

function fromThree({ results, ...rest }: Record<string, unknown>) {
  const old = results as { from: string } | null
  if (old === null) return { ...rest, results: null }
  const from = old.from === 'list' ? 'list' : 'message'
  return { ...rest, results: { ...old, from, purpose: null } }
}

function upToThree({ balance: _old, place, draft, ...rest }: Record<string, unknown>) {
  const { account = null } = rest
  const added = { album: null, gathering: null, inspections: [], remark: null, part: null }
  return {
    ...rest,
    account,
    draft: draft && { ...draft, ...added },
    place: { ...NOWHERE, ...(place as Place) },
    results: null,
  }
}
