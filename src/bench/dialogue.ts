import type { AnyMachineSnapshot, EventObject } from 'xstate'
import { callbackData } from '../machines/conversation/buttons.ts'
import type { ButtonEvent } from '../machines/conversation/events.ts'
import { drawScreen } from '../machines/conversation/screens/draw.ts'
import { tapsOf, type View } from '../machines/conversation/screens/screen.ts'
import type { Definition } from '../machines/engine/definition.ts'
import { begin, step } from '../machines/engine/transition.ts'

export const VIEW: View = { rates: { usdRubRate: 78.57, markup: 2 }, support: null }

type Turn = { says: EventObject } | { taps: ButtonEvent['type'] }

const says = (type: string, more: object = {}): Turn => ({ says: { type, ...more } })

/** A picture is ordered up to its price, over and over. */
const TURNS: readonly Turn[] = [
  says('command.start', { payload: 'm_z-image' }),
  { taps: 'draft.begun' },
  says('text.received', { text: 'A lighthouse at dusk, storm clouds, oil on canvas. '.repeat(6) }),
  { taps: 'option.chosen' },
  says('quote.ready', { priceKopecks: 63, credits: 0.8, availableKopecks: 10_000 }),
  { taps: 'menu.pressed' },
]

/**
 * What reaches a chat in such a dialogue, turn by turn, as the webhook would bring it: buttons by
 * their data. Fails when the dialogue no longer goes like that.
 */
export function dialogue(definition: Definition): EventObject[] {
  const events: EventObject[] = []
  let { snapshot } = begin(definition, { botId: 1, chatId: 1, userId: 1, languageCode: 'en' })
  for (const [i, turn] of TURNS.entries()) {
    const event = 'says' in turn ? turn.says : tap(snapshot, turn.taps)
    events.push(event)
    const before = JSON.stringify(snapshot.value)
    const stamped = { ...event, at: (i + 1) * 60_000, rnd: 'r'.repeat(24) }
    snapshot = step(definition, snapshot, stamped).snapshot
    if (JSON.stringify(snapshot.value) === before) throw new Error(`${event.type} led nowhere`)
  }
  return events
}

function tap(snapshot: AnyMachineSnapshot, type: ButtonEvent['type']): EventObject {
  const screen = drawScreen(snapshot, VIEW)
  const buttons = tapsOf(screen?.keyboard ?? [])
  const button = buttons.find(({ event }) => event.type === type)
  if (screen === null || button === undefined) throw new Error(`no button for ${type}`)
  const data = callbackData(screen, button.event)
  return { type: 'button.tapped', data, queryId: '123456789', messageId: 1 } as EventObject
}
