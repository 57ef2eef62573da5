import type { Chart, ChartAction, ChartEdge, ChartState } from './chart.ts'

/** What a chart can be written as, besides our own JSON. */
export const EXPORTS = { mermaid: toMermaid, scxml: toScxml, stately: toStately } as const

const childrenOf = ({ states }: Chart, id: string) => states.filter((s) => s.parent === id)

/** The root comes first. */
const rootOf = (chart: Chart) => chart.states[0] as ChartState

/**
 * The states in one compound (the root by default) and the ways between them as a Mermaid state
 * diagram; ways from outside and to outside end at rounded neighbours. One diagram per compound,
 * for Mermaid fails at ways across borders (https://github.com/mermaid-js/mermaid/issues/2901).
 */
export function toMermaid(chart: Chart, compound = rootOf(chart).id): string {
  const known = new Map(chart.states.map((s) => [s.id, s]))
  const within = childrenOf(chart, compound)
  /** The child that the state is or is in; undefined: it is outside. */
  const lifted = (id: string): string | undefined => {
    const parent = known.get(id)?.parent
    return parent === compound ? id : parent == null ? undefined : lifted(parent)
  }
  const outside = new Set<string>()
  const end = (id: string): string => {
    const at = lifted(id)
    if (at === undefined) outside.add(id)
    return name(at ?? id)
  }
  const ways = chart.edges.flatMap(({ source, target, label, guard }) => {
    if (target === null || (lifted(source) === undefined && lifted(target) === undefined)) return []
    const isAnywhere = source === compound
    const from = isAnywhere ? 'anywhere' : end(source)
    const to = end(target)
    const told = `${label}${guard === null ? '' : ` [${guard}]`}`.replace(/[:;#{}]/g, ' ')
    return from === to ? [] : [`${from} --> ${to} : ${told}`]
  })
  const { initial } = known.get(compound) as ChartState
  return [
    'stateDiagram-v2',
    ...(ways.some((way) => way.startsWith('anywhere ')) ? ['state "(anywhere)" as anywhere'] : []),
    ...within.map((s) => `state "${mermaidTitle(chart, s)}" as ${name(s.id)}`),
    ...[...outside].map((id) => `state "↗ ${id}" as ${name(id)}`),
    ...(initial === null ? [] : [`[*] --> ${end(initial)}`]),
    ...new Set(ways),
    ...within.filter((s) => s.type === 'final').map((s) => `${name(s.id)} --> [*]`),
  ].join('\n')
}

const name = (id: string) => id.replace(/\W/g, '_')

function mermaidTitle(chart: Chart, { id, key, type, history }: ChartState): string {
  if (type === 'history') return history === 'deep' ? 'H*' : 'H'
  return childrenOf(chart, id).length === 0 ? key : `${key} …`
}

/**
 * The chart as SCXML 1.0 (https://www.w3.org/TR/scxml/). Guards are calls of functions of their
 * names, changes are scripts, effects are sent to a processor `effect`; delays are sent events that
 * are cancelled on exit.
 */
export function toScxml(chart: Chart): string {
  const root = rootOf(chart)
  const initial = root.initial === null ? '' : attributes({ initial: root.initial })
  const head = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"`
  const transitions = chart.edges.filter((e) => e.source === root.id)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `${head} name="${xml(chart.id)}" datamodel="ecmascript"${initial}>`,
    // A document has no transitions of its own: all of it is in a state.
    ...(transitions.length === 0
      ? childrenOf(chart, root.id).flatMap((s) => scxmlState(chart, s, '  '))
      : scxmlState(chart, root, '  ')),
    '</scxml>',
    '',
  ].join('\n')
}

function scxmlState(chart: Chart, state: ChartState, indent: string): string[] {
  const { id, type, history, initial } = state
  if (type === 'history') {
    const target = initial ?? chart.states.find((s) => s.id === state.parent)?.initial
    return [
      `${indent}<history${attributes({ id, type: history ?? 'shallow' })}>`,
      `${indent}  <transition${attributes({ target })}/>`,
      `${indent}</history>`,
    ]
  }
  const tag = type === 'final' ? 'final' : type === 'parallel' ? 'parallel' : 'state'
  const edges = chart.edges.filter((e) => e.source === id)
  const delays = [...new Map(edges.filter((e) => e.delay !== null).map((e) => [e.event, e]))]
  const begun = delays.map(([event, e]) => scxmlDelay(chart, event, e.delay as string))
  const ended = delays.map(([event]) => `<cancel${attributes({ sendid: event })}/>`)
  const inside = [
    ...block('onentry', [...state.entry.map(scxmlAction), ...begun]),
    ...block('onexit', [...state.exit.map(scxmlAction), ...ended]),
    ...edges.flatMap((e) => scxmlTransition(e)),
  ].map((line) => `${indent}  ${line}`)
  return [
    `${indent}<${tag}${attributes({ id, initial: type === 'compound' ? initial : null })}>`,
    ...inside,
    ...childrenOf(chart, id).flatMap((child) => scxmlState(chart, child, `${indent}  `)),
    `${indent}</${tag}>`,
  ]
}

function scxmlTransition({ event, guard, target, source, reenter, actions }: ChartEdge): string[] {
  const named = event.replace(/^xstate\.done\.state\./, 'done.state.')
  const inner = target?.startsWith(`${source}.`) && !reenter ? 'internal' : null
  const cond = guard === null ? null : guard.replace(/[\w.]+/g, (word) => `${word}()`)
  const written = attributes({ event: named || null, cond, target, type: inner })
  if (actions.length === 0) return [`<transition${written}/>`]
  const steps = actions.map((action) => `  ${scxmlAction(action)}`)
  return [`<transition${written}>`, ...steps, '</transition>']
}

const scxmlAction = ({ name: called, params, kind }: ChartAction) =>
  kind === 'effect'
    ? `<send${attributes({ type: 'effect', event: called })}/>`
    : `<script>${xml(called)}(${params === undefined ? '' : xml(JSON.stringify(params))})</script>`

function scxmlDelay({ delays }: Chart, event: string, delay: string): string {
  const known = delays[delay] ?? null
  const time = known === null ? { delayexpr: `${delay}()` } : { delay: `${known}ms` }
  return `<send${attributes({ id: event, event, ...time })}/>`
}

const block = (tag: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`<${tag}>`, ...lines.map((line) => `  ${line}`), `</${tag}>`]

const attributes = (given: Record<string, string | null | undefined>): string =>
  Object.entries(given)
    .flatMap(([key, value]) => (value == null ? [] : [` ${key}="${xml(value)}"`]))
    .join('')

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const xml = (text: string) => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] as string)

/**
 * The chart as a TypeScript module with one `createMachine` call of plain data, which the importer
 * of Stately Studio reads (https://stately.ai/docs/import-from-code).
 */
export function toStately(chart: Chart): string {
  const config = { id: chart.id, ...configOf(chart, rootOf(chart)) }
  const text = JSON.stringify(config, null, 2).replace(/"([A-Za-z_]\w*)":/g, '$1:')
  return `import { createMachine } from 'xstate'\n\nexport const machine = createMachine(${text})\n`
}

type Config = Record<string, unknown>

function configOf(chart: Chart, state: ChartState): Config {
  const { id, type, history, initial, description, tags, parent } = state
  const edges = chart.edges.filter((e) => e.source === id)
  const children = childrenOf(chart, id)
  const keyed = (kinds: readonly ChartEdge['kind'][], keyOf: (e: ChartEdge) => string) => {
    const groups = Map.groupBy(
      edges.filter((e) => kinds.includes(e.kind)),
      keyOf,
    )
    return Object.fromEntries([...groups].map(([key, group]) => [key, group.map(transitionOf)]))
  }
  return dropEmpty({
    id: parent === null ? undefined : id,
    type: type === 'atomic' || type === 'compound' ? undefined : type,
    history: history ?? undefined,
    target: type === 'history' && initial !== null ? `#${initial}` : undefined,
    initial: type === 'compound' ? chart.states.find((s) => s.id === initial)?.key : undefined,
    description,
    tags,
    meta: metaOf(chart, state),
    entry: state.entry.map(actionOf),
    exit: state.exit.map(actionOf),
    always: edges.filter((e) => e.kind === 'always').map(transitionOf),
    on: keyed(['event', 'error'], (e) => e.event),
    after: keyed(['after'], (e) => e.delay as string),
    onDone: edges.filter((e) => e.kind === 'done').map(transitionOf),
    states: Object.fromEntries(children.map((child) => [child.key, configOf(chart, child)])),
  })
}

const actionOf = ({ name: type, params }: ChartAction) =>
  params === undefined ? type : { type, params }

/** As `toChart` read it. */
const metaOf = ({ events }: Chart, { id, meta }: ChartState): Config => {
  const own = events.filter((e) => e.state === id).map((e) => [e.event, e.meta])
  return dropEmpty({ ...meta, events: Object.fromEntries(own) })
}

const transitionOf = ({ target, guard, actions, reenter, description }: ChartEdge): Config =>
  dropEmpty({
    target: target === null ? undefined : `#${target}`,
    guard: guard ?? undefined,
    actions: actions.map(actionOf),
    reenter: reenter || undefined,
    description,
  })

/** Leaves out what says nothing. */
const dropEmpty = (config: Config): Config =>
  Object.fromEntries(
    Object.entries(config).filter(
      ([, value]) =>
        value !== undefined &&
        value !== '' &&
        !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
    ),
  )
