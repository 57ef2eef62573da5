import { createMachine } from 'xstate'
import { type Chart, toChart } from '../../src/machines/charts/chart.ts'
import { edgeText, stateRows, toMermaid } from '../../src/machines/charts/mermaid.ts'
import type { PositionedView } from '../../src/machines/charts/position.ts'
import { writeScxml } from '../../src/machines/charts/scxml.ts'
import { toStately } from '../../src/machines/charts/stately.ts'
import { closable, viewOf } from '../../src/machines/charts/view.ts'
import { collisions } from '../generate/charts/collisions.ts'
import type { Specimen } from './corpus.ts'
import { parseMermaid } from './mermaid-parser.ts'
import { parseScxml } from './scxml-reader.ts'
import { nodesOf, transitionsOf } from './walk.ts'

/** What is wrong, in words; an empty list: nothing. */
export type Problems = string[]

const sorted = (texts: readonly string[]) => texts.toSorted()
/** What stands in the one and not in the other. */
const differences = (wanted: readonly string[], got: readonly string[]): Problems => {
  const [a, b] = [Map.groupBy(wanted, (t) => t), Map.groupBy(got, (t) => t)]
  const keys = new Set([...a.keys(), ...b.keys()])
  return [...keys].flatMap((key) => {
    const [n, m] = [a.get(key)?.length ?? 0, b.get(key)?.length ?? 0]
    return n === m ? [] : [`${n} × in the machine, ${m} × here: ${key}`]
  })
}

/** The chart has every state, and is plain data. */
export function checkRead({ machine }: Specimen): Problems {
  const chart = toChart(machine)
  const nodes = nodesOf(machine.root)
  return [
    ...differences(
      nodes.map((n) => `${n.id} ${n.type}`),
      chart.states.map((s) => `${s.id} ${s.type}`),
    ),
    ...differences(
      nodes.flatMap((n) => n.invoke.map((i) => `${n.id} invokes ${i.id}`)),
      chart.states.flatMap((s) => s.invokes.map((i) => `${s.id} invokes ${i.id}`)),
    ),
    ...(JSON.stringify(JSON.parse(JSON.stringify(chart))) === JSON.stringify(chart)
      ? []
      : ['it is no plain data']),
  ]
}

/** Every transition is in the chart with all its targets, and drawn when all is open. */
export function checkEdges({ machine }: Specimen, full: PositionedView): Problems {
  const chart = toChart(machine)
  const ways = nodesOf(machine.root).flatMap((node) =>
    transitionsOf(node).map((t) => {
      const targets = (t.target ?? []).map((target) => target.id)
      return `${node.id} ${t.eventType ?? ''} > ${targets} reenter ${t.reenter}`
    }),
  )
  const drawn = [
    ...full.edges.flatMap((e) =>
      e.lines.flatMap((l) => l.edges.map((id) => `${id} > ${e.target}`)),
    ),
    ...full.states.flatMap((s) => s.rows.flatMap((r) => r.edges.map((id) => `${id} > ${s.id}`))),
  ]
  const wanted = chart.edges.flatMap(({ id, source, targets }) => {
    const others = targets.filter((target) => target !== source)
    return (others.length === 0 ? [source] : others).map((target) => `${id} > ${target}`)
  })
  return [
    ...differences(
      ways,
      chart.edges.map((e) => `${e.source} ${e.event} > ${e.targets} reenter ${e.reenter}`),
    ),
    ...differences(wanted, drawn),
  ]
}

/** Nothing is drawn over what it has no part in. */
export const checkLayout = (
  chart: Chart,
  views: Readonly<Record<string, PositionedView>>,
): Problems =>
  Object.entries(views).flatMap(([name, view]) =>
    collisions({ chart, views }, view).map((what) => `${name}: ${what}`),
  )

/** Mermaid's parser finds every state, every transition in its words, and what states do. */
export async function checkMermaid({ machine }: Specimen): Promise<Problems> {
  const chart = toChart(machine)
  const text = toMermaid(chart)
  const { states, relations } = await parseMermaid(text)
  const groups = new Set(chart.states.map((s) => s.parent))
  const drawn = relations.filter((r) => r.text !== '').map((r) => r.text)
  const wanted = chart.edges.flatMap((e) => e.targets.map(() => plainText(edgeText(e))))
  const root = chart.states[0] as Chart['states'][number]
  const isShown = (s: Chart['states'][number]) =>
    s !== root || !groups.has(root.id) || root.type === 'parallel'
  const told = [...states.values()].flat()
  const comments = text.split('\n').filter((line) => line.startsWith('%% '))
  return [
    ...differences(wanted, drawn),
    ...(states.size >= chart.states.filter(isShown).length ? [] : ['states are missing']),
    ...chart.states.flatMap((state) =>
      stateRows(chart, state).flatMap((row) => {
        const place = groups.has(state.id) ? comments : told
        return place.some((line) => line.includes(plainText(row))) ? [] : [`not said: ${row}`]
      }),
    ),
  ]
}

const plainText = (text: string) => text.replace(/\s+/g, ' ').trim()

interface ScNode {
  id?: string
  $type: string
  states?: ScNode[]
  transitions?: { target?: string | string[] }[]
  invokes?: { id?: string }[]
  initial?: string
}

/** The suite's parser finds every state under an allowed id, and every transition and actor. */
export function checkScxml({ machine }: Specimen): Problems {
  const chart = toChart(machine)
  const { text, names } = writeScxml(chart)
  const document = parseScxml(text) as ScNode
  const nodes: ScNode[] = []
  const walk = (node: ScNode) => {
    nodes.push(node)
    for (const child of node.states ?? []) walk(child)
  }
  walk(document)
  const states = nodes.slice(1).filter((n) => n.$type !== 'initial')
  const ids = states.map((n) => n.id ?? '')
  const known = new Set(ids)
  const expected = chart.states.map((s) => names.id(s.id))
  const missing = expected.filter((id) => !known.has(id))
  const isRootLeftOut = missing.length === 1 && missing[0] === expected[0]
  const ends = nodes.flatMap((n) => [
    ...(n.transitions ?? []).flatMap((t) => [t.target ?? []].flat()),
    ...(n.initial === undefined || n.$type === 'scxml' ? [] : [n.initial].flat()),
  ])
  const count = (of: (n: ScNode) => number) => nodes.reduce((sum, n) => sum + of(n), 0)
  const transitions = count((n) => (n.$type === 'initial' ? 0 : (n.transitions?.length ?? 0)))
  const histories = chart.states.filter((s) => s.type === 'history').length
  const finals = new Set(chart.states.filter((s) => s.type === 'final').map((s) => s.id))
  const wanted = chart.edges.filter((e) => !finals.has(e.source)).length + histories
  const extra = known.has(names.id(`${chart.id} done`)) ? 1 : 0
  const invokes = count((n) => n.invokes?.length ?? 0)
  return [
    ...(isRootLeftOut ? [] : missing.map((id) => `no state ${id}`)),
    ...ids
      .filter((id) => !/^[\p{L}_][\p{L}\p{N}._-]*$/u.test(id))
      .map((id) => `not allowed: ${id}`),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `twice: ${id}`),
    ...ends.filter((id) => !known.has(id)).map((id) => `leads nowhere: ${id}`),
    ...(transitions === wanted + extra
      ? []
      : [`${transitions} transitions, not ${wanted + extra}`]),
    ...(invokes === chart.states.reduce((sum, s) => sum + s.invokes.length, 0)
      ? []
      : ['invoked actors are missing']),
  ]
}

/** Without what only the implementations know: which actions are effects, how long delays are. */
function bare({ states, edges, events, id, description }: Chart): unknown {
  const actions = (list: Chart['edges'][number]['actions']) =>
    list.map(({ name, params }) => ({ name, params }))
  return JSON.parse(
    JSON.stringify({
      id,
      description,
      events,
      states: states.map((s) => ({
        ...s,
        entry: actions(s.entry),
        exit: actions(s.exit),
        initialActions: actions(s.initialActions),
        invokes: s.invokes.map(({ src: _, ...rest }) => rest),
      })),
      edges: edges.map(({ condition: _, ...e }) => ({ ...e, actions: actions(e.actions) })),
    }),
  )
}

/** Read as a machine again, Stately's form has the same chart. */
export function checkStately({ machine }: Specimen): Problems {
  const chart = toChart(machine)
  const [, config] = /createMachine\(([\s\S]*)\)\n$/.exec(toStately(chart)) ?? []
  const again = toChart(createMachine(new Function(`return ${config}`)()))
  const [a, b] = [bare(chart), bare(again)].map(
    (c) => c as Record<'states' | 'edges' | 'events', unknown[]>,
  )
  if (a === undefined || b === undefined) return ['nothing was written']
  return differences(
    sorted([...a.states, ...a.edges, ...a.events].map((x) => JSON.stringify(x))),
    sorted([...b.states, ...b.edges, ...b.events].map((x) => JSON.stringify(x))),
  )
}

/** The view with all compounds open, and the one with all closed. */
export const viewsOf = (chart: Chart) => ({
  full: viewOf(chart, new Set(closable(chart).map((s) => s.id))),
  overview: viewOf(chart, new Set(), false),
})
