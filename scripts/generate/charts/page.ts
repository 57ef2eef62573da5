import {
  actionText,
  type Chart,
  type ChartAction,
  type ChartEdge,
  metaText,
  span,
} from '../../../src/machines/charts/chart.ts'
import { toMermaidPart } from '../../../src/machines/charts/mermaid.ts'
import { closable } from '../../../src/machines/charts/view.ts'
import type { Idea, LessonStep } from './lessons.ts'

const BY = 'Made by `npm run charts` from the machine itself: do not edit.'

/** What a page begins with, for who sees the machine for the first time. */
interface Introduction {
  about: string
  begin: string
  steps: readonly LessonStep[]
  ideas: readonly Idea[]
}

/** A machine's page: a way to read it, its pictures, its diagrams, and tables of everything in it. */
export function chartPage(
  chart: Chart,
  screens: readonly string[],
  introduction?: Introduction,
): string {
  const { id, description } = chart
  return [
    `<!-- ${BY} -->`,
    `# ${id}`,
    description,
    ...(introduction === undefined ? [] : introductionOf(id, introduction)),
    '## The whole chart',
    `![All compounds closed](${id}-overview.svg)`,
    `With all compounds open, and all labels: [${id}-full.svg](${id}-full.svg).`,
    LEGEND,
    '## As Mermaid',
    ...diagrams(chart),
    '## States',
    table(['State', 'What it is for', 'Tags', 'On the way in', 'On the way out'], stateRows(chart)),
    '## Events',
    table(['Event', 'In', 'If', 'Leads to', 'Does', 'Why'], eventRows(chart, isEvent)),
    ...(chart.events.length === 0
      ? []
      : [
          '## What events mean',
          'Whether or not a transition takes them; in a state and in all that is in it.',
          table(['Event', 'In', 'Means'], meaningRows(chart)),
        ]),
    '## Without an event',
    table(['In', 'If', 'Leads to', 'Does', 'Why'], alwaysRows(chart)),
    '## Timers',
    table(['Timer', 'Time', 'In', 'Leads to', 'Does', 'Why'], timerRows(chart)),
    '## Guards',
    table(['Guard', 'Asked by'], guardRows(chart)),
    '## Effects',
    table(['Effect', 'Wanted by'], effectRows(chart)),
    ...screens,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

function introductionOf(id: string, { about, begin, steps, ideas }: Introduction): string[] {
  return [
    '## One way through it',
    `${about} It begins in \`${begin}\`. After a slash stands what a step asks the actors to do.`,
    `![${about}](${id}-path.svg)`,
    table(
      ['', 'What happens', 'Then it is in', 'In words'],
      steps.map(({ event, state, says }, i) => [`${i + 1}`, code(event), code(state), says]),
    ),
    '## Three ideas to know',
    ideas.map(([title, text], i) => `${i + 1}. **${title}.** ${text}`).join('\n'),
    [
      'Never seen a statechart? [Statecharts in this project](../statecharts.md) begins at the beginning.',
      `To try this machine, open its simulator in the console: \`/console/simulator/${id}\`.`,
    ].join(' '),
  ]
}

const LEGEND = [
  'Double border: final. Dashed border: one of several that go on side by side. `∥`: all states in it',
  'go on side by side. Dashed line: without an event. Dotted line: after a time. Grey label: from',
  'anywhere in the compound. `↻`: leaves and comes back. After a slash stands what is done: in colour',
  'what the actors do, else what changes in the context; in round brackets what the chart hands to it. In',
  'curly brackets stands what an event means whatever state takes it. `is`: tags, and what events mean there.',
  'Where labels would make the overview wider than a page, its arrows stand alone: what they are for is in',
  'the tables below; `⤵3`: three kinds of events lead there from anywhere, or from many states alike.',
].join('\n')

function diagrams(chart: Chart): string[] {
  return [chart.states[0], ...closable(chart)].flatMap((state) => {
    if (state === undefined) return []
    const title = state.parent === null ? [] : [`Inside \`${shortId(chart, state.id)}\`:`]
    return [...title, `\`\`\`mermaid\n${toMermaidPart(chart, state.id)}\n\`\`\``]
  })
}

/** Without the machine's name in front. */
const shortId = ({ id: machine }: Chart, id: string): string =>
  id === machine ? 'anywhere' : id.slice(machine.length + 1)

const named = (chart: Chart, id: string) => `\`${shortId(chart, id)}\``
const code = (text: string | null) => (text === null ? '' : `\`${text}\``)
const isEvent = ({ kind }: ChartEdge) => kind !== 'always' && kind !== 'after'

const done = (actions: readonly ChartAction[]): string =>
  actions
    .map((action) => (action.kind === 'effect' ? `**${actionText(action)}**` : actionText(action)))
    .join(', ')

const target = (chart: Chart, { targets, source, reenter }: ChartEdge): string => {
  if (targets.length === 0) return 'stays'
  if (targets[0] === source && reenter) return 'again'
  return targets.map((id) => named(chart, id)).join(' and ')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'None.'
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

const stateRows = (chart: Chart) =>
  chart.states
    .filter((s) => s.parent !== null)
    .map((state) => {
      const kind = state.type === 'atomic' || state.type === 'compound' ? '' : ` (${state.type})`
      const name = `${named(chart, state.id)}${kind}`
      const facts = [...state.tags, ...(metaText(state.meta) === '' ? [] : [metaText(state.meta)])]
      return [name, state.description, facts.join(', '), done(state.entry), done(state.exit)]
    })

const eventRows = (chart: Chart, wanted: (edge: ChartEdge) => boolean) =>
  chart.edges
    .filter(wanted)
    .sort((a, b) => (a.label < b.label ? -1 : a.label > b.label ? 1 : 0))
    .map((e) => [code(e.label), ...wayOf(chart, e)])

const meaningRows = (chart: Chart) =>
  chart.events.map(({ state, event, meta }) => [code(event), named(chart, state), metaText(meta)])

const alwaysRows = (chart: Chart) =>
  chart.edges.filter((e) => e.kind === 'always').map((e) => wayOf(chart, e))

const wayOf = (chart: Chart, edge: ChartEdge): string[] => [
  named(chart, edge.source),
  code(edge.guard),
  target(chart, edge),
  done(edge.actions),
  edge.description,
]

const timerRows = (chart: Chart) =>
  chart.edges
    .filter((e) => e.kind === 'after')
    .map((edge) => {
      const ms = chart.delays[edge.delay ?? ''] ?? null
      const time = ms === null ? 'it depends' : span(String(ms))
      const [source = '', , to = '', does = '', why = ''] = wayOf(chart, edge)
      return [code(edge.delay), time, source, to, does, why]
    })

/** Names with the places where they stand, both sorted by name. */
function places(found: readonly (readonly [name: string, place: string])[]): string[][] {
  const byName = Map.groupBy(found, ([name]) => name)
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, all]) => [code(name), [...new Set(all.map(([, place]) => place))].join(', ')])
}

const placeOf = (chart: Chart, { source, label }: ChartEdge) =>
  `\`${label}\` in ${named(chart, source)}`

const guardRows = (chart: Chart) =>
  places(
    chart.edges.flatMap((e) => (e.guard === null ? [] : [[e.guard, placeOf(chart, e)] as const])),
  )

const effectRows = (chart: Chart) => {
  const of = (actions: readonly ChartAction[], place: string) =>
    actions.filter((a) => a.kind === 'effect').map((a) => [a.name, place] as const)
  return places([
    ...chart.states.flatMap((s) => [
      ...of(s.entry, `entering ${named(chart, s.id)}`),
      ...of(s.exit, `leaving ${named(chart, s.id)}`),
    ]),
    ...chart.edges.flatMap((e) => of(e.actions, placeOf(chart, e))),
  ])
}
