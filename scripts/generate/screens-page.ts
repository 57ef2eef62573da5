import type { AnyMachineSnapshot } from 'xstate'
import { faultsOf } from '../../src/checks/screens.ts'
import { walkSimulation } from '../../src/machines/charts/simulation-walk.ts'
import type { ConversationContext } from '../../src/machines/conversation/context.ts'
import { SAMPLE_VIEW } from '../../src/machines/conversation/samples/view.ts'
import { drawScreen, SCREENS } from '../../src/machines/conversation/screens/draw.ts'
import { type Screen, tapsOf } from '../../src/machines/conversation/screens/screen.ts'
import { stateName } from '../../src/machines/engine/transition.ts'
import { createSimulations } from '../../src/machines/simulations.ts'
import type { Language } from '../../src/machines/texts/translate.ts'

/** More of a state would only show other models and other amounts. */
const MOST_OF_STATE = 4

const LANGUAGES: readonly Language[] = ['ru', 'en']

/** What the user would see here in a language. */
const seenIn = (language: Language, snapshot: AnyMachineSnapshot): Screen | null => {
  const context = snapshot.context as ConversationContext
  return drawScreen({ ...snapshot, context: { ...context, language } } as never, SAMPLE_VIEW)
}

/** Screens with the same kinds of buttons differ in nothing but what they are about. */
const shapeOf = ({ keyboard }: Screen): string =>
  JSON.stringify([...new Set(tapsOf(keyboard).map(({ event }) => event.type))])

/**
 * The gallery: every screen of every state in both languages, side by side, as a person comes to it
 * in the simulation. Throws where Telegram or a person could not take one.
 */
export function screensPage(): string {
  const simulation = createSimulations().get('conversation')
  if (simulation === undefined) throw new Error('no conversation')
  const found = new Map<string, Map<string, AnyMachineSnapshot>>()
  walkSimulation(simulation, undefined, ({ moment: { snapshot } }) => {
    if ((snapshot.context as ConversationContext).hint !== null) return
    const state = stateName(snapshot.value)
    const screen = seenIn('ru', snapshot)
    if (screen === null) return
    const shapes = found.get(state) ?? new Map<string, AnyMachineSnapshot>()
    found.set(state, shapes)
    const shape = shapeOf(screen)
    if (shapes.size < MOST_OF_STATE && !shapes.has(shape)) shapes.set(shape, snapshot)
  })
  const sections = Object.keys(SCREENS).flatMap((state) => {
    const snapshots = [...(found.get(state)?.values() ?? [])]
    return snapshots.length === 0 ? [] : [`## ${state}`, ...snapshots.map((s) => pair(state, s))]
  })
  return [
    '<!-- Made by npm run generate from the chart, its samples and the texts. -->',
    '# Screens',
    'Every screen that the dialogue shows, in both languages: at most four of a state, those whose',
    'buttons differ. Words and amounts are samples.',
    '',
    ...sections,
    '',
  ].join('\n')
}

/** The same screen in both languages, in two columns. */
function pair(state: string, snapshot: AnyMachineSnapshot): string {
  const cells = LANGUAGES.map((language) => {
    const screen = seenIn(language, snapshot)
    if (screen === null) throw new Error(`${state} shows nothing in ${language}`)
    const faults = faultsOf(screen)
    if (faults.length > 0) throw new Error(`${state} in ${language}: ${faults.join(', ')}`)
    return `<td valign="top">${drawn(screen)}</td>`
  })
  return `<table><tr>${cells.join('')}</tr></table>\n`
}

/** Telegram's HTML by the HTML of the page, with the buttons as rows below. */
function drawn({ text, keyboard }: Screen): string {
  const body = text.replace(/<\/?tg-(?:spoiler|time)[^>]*>/g, '').replaceAll('\n', '<br>')
  const rows = keyboard.map((row) =>
    row.map(({ label }) => `<kbd>${escaped(label)}</kbd>`).join(' '),
  )
  return `${body}<br><br>${rows.join('<br>')}`
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
