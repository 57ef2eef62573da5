import type { AnyMachineSnapshot } from 'xstate'
import { callbackData } from '../machines/conversation/buttons.ts'
import { createConversationDefinition } from '../machines/conversation/definition.ts'
import { drawScreen } from '../machines/conversation/screens/draw.ts'
import { type Screen, tapsOf, type View } from '../machines/conversation/screens/screen.ts'
import type { Stamped } from '../machines/engine/definition.ts'
import { begin, stateName, step } from '../machines/engine/transition.ts'
import type { Language } from '../machines/texts/translate.ts'
import { type Finding, failures } from './run-checks.ts'

/** Longest message and button label of Telegram: https://core.telegram.org/bots/api#sendmessage */
const TEXT_LENGTH = 4096
const DATA_BYTES = 64

/** What Telegram or a person could not take. */
function faultsOf(screen: Screen): string[] {
  const { text, keyboard } = screen
  const faults: string[] = []
  if (text.trim() === '') faults.push('no text')
  if (text.length > TEXT_LENGTH) faults.push(`${text.length} characters`)
  if (keyboard.flat().length === 0) faults.push('no button')
  if (/undefined|\[object|NaN/.test(text)) faults.push('a hole in its text')
  for (const { event } of tapsOf(keyboard)) {
    const data = Buffer.byteLength(callbackData(screen, event))
    if (data > DATA_BYTES) faults.push(`${data} bytes of data`)
  }
  return faults
}

/**
 * Presses every button that can be come to without an answer from outside, in every language, and
 * looks at each screen: menus, lists, model cards, and the first question of every model.
 */
export function checkScreens(view: View, languages: readonly Language[] = ['ru', 'en']): Finding[] {
  const definition = createConversationDefinition(view)
  const faults: string[] = []
  let screens = 0
  for (const languageCode of languages) {
    const input = { chatId: 1, userId: 1, languageCode }
    const queue: AnyMachineSnapshot[] = [begin(definition, input).snapshot]
    const seen = new Set<string>()
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      const screen = drawScreen(at, view)
      if (screen === null) continue
      const shown = JSON.stringify([at.value, screen])
      if (seen.has(shown)) continue
      seen.add(shown)
      screens += 1
      const where = `${languageCode}, ${stateName(at.value)}`
      faults.push(...faultsOf(screen).map((fault) => `${where}: ${fault}`))
      // Inside an order the answers multiply; its first question is enough here.
      if (at.hasTag('ordering')) continue
      for (const { event } of tapsOf(screen.keyboard)) {
        const stamped = { ...event, at: (seen.size + 1) * 60_000, rnd: 'check' } as Stamped
        queue.push(step(definition, at, stamped).snapshot)
      }
    }
  }
  return failures(
    [...new Set(faults)],
    `${screens} screens drawn`,
    'Telegram refuses such a screen, and the user sees nothing.',
    'Mend the text or keyboard of the state that the line names.',
  )
}
