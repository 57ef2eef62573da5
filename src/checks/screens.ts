import type { AnyMachineSnapshot } from 'xstate'
import { callbackData } from '../machines/conversation/buttons.ts'
import { createConversationDefinition } from '../machines/conversation/definition.ts'
import { drawScreen } from '../machines/conversation/screens/draw.ts'
import { type Screen, tapsOf, type View } from '../machines/conversation/screens/screen.ts'
import type { Stamped } from '../machines/engine/definition.ts'
import { begin, stateName, step } from '../machines/engine/transition.ts'
import type { Language } from '../machines/texts/translate.ts'
import { type Finding, failures } from './run-checks.ts'

/** Longest message and data of a button of Telegram: https://core.telegram.org/bots/api#sendmessage */
const TEXT_LENGTH = 4096
const DATA_BYTES = 64
/** Longer labels are cut by every app. */
const LABEL_LETTERS = 64
/** What Telegram knows of the HTML that screens use. */
const TAG =
  /<(\/?)([a-z-]+)(?: href="https:[^"<>]+"| unix="\d+" format="[a-zA-Z]+")?>|[<>]|&(?!(?:lt|gt|amp|quot);)/g
const KNOWN_TAGS = new Set(['b', 'i', 'a', 'code', 'tg-spoiler', 'tg-time'])

/** What is wrong with the HTML of a text: unknown or unbalanced tags, signs left unescaped. */
function htmlFaults(text: string): string[] {
  const open: string[] = []
  for (const [found, closing, name] of text.matchAll(TAG)) {
    if (name === undefined || !KNOWN_TAGS.has(name)) return [`${found} in its text`]
    if (closing === '') open.push(name)
    else if (open.pop() !== name) return [`${found} closes nothing`]
  }
  return open.length === 0 ? [] : [`<${open.join('><')}> stays open`]
}

/** A text of which only the key is there: `hint.gone`. */
const KEY = /^[a-z]+(\.[a-zA-Z]+)+$/m

/** What Telegram or a person could not take. */
export function faultsOf(screen: Screen): string[] {
  const { text, keyboard } = screen
  const faults: string[] = []
  if (text.trim() === '') faults.push('no text')
  if (text.length > TEXT_LENGTH) faults.push(`${text.length} characters`)
  if (keyboard.flat().length === 0) faults.push('no button')
  faults.push(...htmlFaults(text))
  for (const { label } of keyboard.flat()) {
    if (label.trim() === '') faults.push('a button without words')
    if ([...label].length > LABEL_LETTERS) faults.push(`a label of ${[...label].length} letters`)
    if (KEY.test(label)) faults.push(`a key in place of words: ${label}`)
  }
  if (KEY.test(text)) faults.push('a key in place of words')
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
