import type { Moment, Simulation } from '../../../src/machines/charts/simulation.ts'
import { walkSimulation } from '../../../src/machines/charts/simulation-walk.ts'
import type { ConversationContext } from '../../../src/machines/conversation/context.ts'
import { SAMPLE_VIEW } from '../../../src/machines/conversation/samples/view.ts'
import { drawScreen, SCREENS } from '../../../src/machines/conversation/screens/draw.ts'
import type { Screen } from '../../../src/machines/conversation/screens/screen.ts'

const hasNoHint = ({ snapshot }: Moment) => (snapshot.context as ConversationContext).hint === null

/** What the user sees in every state of the conversation, on a shortest way to it. */
export function screenSection(simulation: Simulation): string[] {
  const arrivals = walkSimulation(simulation, hasNoHint)
  return [
    '## Screens',
    'What the user sees in every state, after a shortest way there from the first message.',
    ...Object.keys(SCREENS).flatMap((state) => {
      const found = arrivals.get(state)
      if (found === undefined) return [`### ${state}`, 'No sample leads here.']
      const way = found.events.map((e) => `\`${e.type}\``).join(' → ') || 'The beginning.'
      const screen = drawScreen(found.moment.snapshot, SAMPLE_VIEW)
      return [`### ${state}`, way, screen === null ? 'The screen before stays.' : drawn(screen)]
    }),
  ]
}

/** Telegram's HTML shown by the HTML of the page, with the buttons as rows of a table. */
function drawn({ text, keyboard }: Screen): string {
  const lines = text
    .replace(/<\/?tg-spoiler>/g, '')
    .split('\n')
    .map((line) => (line === '' ? '&nbsp;' : line))
  const width = keyboard.reduce((most, row) => Math.max(most, row.length), 1)
  const rows = keyboard.map((row) => {
    const cells = row.map(({ label }, i) => {
      const left = i === row.length - 1 ? width - row.length + 1 : 1
      const span = left === 1 ? '' : ` colspan="${left}"`
      return `<td align="center"${span}>${escaped(label)}</td>`
    })
    return `<tr>${cells.join('')}</tr>`
  })
  const body = `<tr><td colspan="${width}">${lines.join('<br>')}</td></tr>`
  return ['<table>', body, ...rows, '</table>'].join('\n')
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
