import {
  actionText,
  type Chart,
  type ChartAction,
  type ChartEdge,
  type ChartState,
} from './chart.ts'
import { createNames } from './names.ts'
import { type ChartTree, treeOf } from './tree.ts'

/** Words that Mermaid takes for its own where a state's name stands. */
const RESERVED = /^(state|end|note|direction|class|classDef|style|click|hide|scale|default|as)$/

const createIds = () =>
  createNames((id) => {
    const name = id.replace(/[^A-Za-z0-9_]/g, '_')
    return RESERVED.test(name) ? `${name}_` : name
  })

/** A text with what Mermaid would take for a sign of its own written as a number. */
const escaped = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(
      /[^\p{L}\p{N} .,_()[\]!&|/+\-'…∥↗*=→]/gu,
      (letter) => `#${letter === '"' ? 'quot' : letter.codePointAt(0)};`,
    )

/** A transition in words: the event, the condition, what it does. */
export function edgeText({ label, guard, actions, targets }: ChartEdge): string {
  const condition = guard === null ? '' : ` [${guard}]`
  const done = actions.length === 0 ? '' : ` / ${actions.map(actionText).join(', ')}`
  return `${label}${targets.length > 1 ? ' ∥' : ''}${condition}${done}`
}

/** What a state does and reacts to without leaving, in words. */
export function stateRows({ edges }: Chart, state: ChartState): string[] {
  const row = (kind: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${kind} / ${names.join(', ')}`]
  const done = (kind: string, actions: readonly ChartAction[]) => row(kind, actions.map(actionText))
  return [
    ...state.invokes.flatMap(({ name }) => row('invoke', [name])),
    ...done('entry', state.entry),
    ...done('exit', state.exit),
    ...done('initial', state.initialActions),
    ...edges
      .filter((e) => e.source === state.id && e.targets.length === 0)
      .map((e) => `on / ${edgeText(e)}`),
  ]
}

const titleOf = ({ key, type, history }: ChartState): string => {
  if (type === 'history') return history === 'deep' ? 'H*' : 'H'
  return type === 'parallel' ? `${key} ∥` : key
}

/**
 * The whole chart as one Mermaid state diagram (https://mermaid.js.org/syntax/stateDiagram.html),
 * states within states. Mermaid can't draw an arrow from a state to a part of itself: such arrows
 * begin at "(anywhere)" inside, and end at "(again)". It has no room for what a state with states in
 * it does on the way in and out: that is said in comments.
 */
export function toMermaid(chart: Chart): string {
  const tree = treeOf(chart)
  const ids = createIds()
  for (const { id } of chart.states) ids.of(id)
  const isGroup = (id: string) => tree.children(id).length > 0
  const anywhere = (id: string) => ids.of(`${id}|anywhere`)
  const again = (id: string) => ids.of(`${id}|again`)
  const inner = new Map<string, Set<'anywhere' | 'again'>>()
  const need = (id: string, what: 'anywhere' | 'again') =>
    inner.set(id, (inner.get(id) ?? new Set()).add(what))

  const ways = chart.edges.flatMap((edge) =>
    edge.targets.map((target) => {
      const { source } = edge
      const isOutward = target === source || tree.isInside(source, target)
      const isInward = target === source || tree.isInside(target, source)
      const from = isGroup(source) && isInward ? anywhere(source) : ids.of(source)
      const to = isGroup(target) && isOutward ? again(target) : ids.of(target)
      if (from !== ids.of(source)) need(source, 'anywhere')
      if (to !== ids.of(target)) need(target, 'again')
      return `${from} --> ${to} : ${escaped(edgeText(edge))}`
    }),
  )

  const block = (state: ChartState, indent: string): string[] => {
    const name = ids.of(state.id)
    const title = `${indent}state "${escaped(titleOf(state))}" as ${name}`
    if (!isGroup(state.id)) {
      return [
        title,
        ...stateRows(chart, state).map((row) => `${indent}${name} : ${escaped(row)}`),
        ...(state.type === 'final' ? [`${indent}${name} --> [*]`] : []),
      ]
    }
    return [`${title} {`, ...content(state, `${indent}  `), `${indent}}`]
  }
  const content = (state: ChartState, indent: string): string[] => {
    const parts = tree.children(state.id).map((child) => block(child, indent))
    const extra = [...(inner.get(state.id) ?? [])].map((what) =>
      what === 'anywhere'
        ? `${indent}state "(anywhere)" as ${anywhere(state.id)}`
        : `${indent}state "(again)" as ${again(state.id)}`,
    )
    const start = state.initial === null ? [] : [`${indent}[*] --> ${ids.of(state.initial)}`]
    const regions = state.type === 'parallel' ? parts.flatMap(apart(indent)) : parts.flat()
    return [...start, ...extra, ...regions]
  }
  const { root } = tree
  const body = root.type === 'parallel' ? block(root, '') : content(root, '')
  return [
    'stateDiagram-v2',
    ...comments(tree, isGroup).map((line) => `%% ${line.replace(/\s+/g, ' ')}`),
    ...(isGroup(root.id) ? body : block(root, '')),
    ...ways,
  ].join('\n')
}

const apart =
  (indent: string) =>
  (lines: string[], i: number): string[] =>
    i === 0 ? lines : [`${indent}--`, ...lines]

function comments({ chart, root }: ChartTree, isGroup: (id: string) => boolean): string[] {
  const groups = chart.states.filter((s) => isGroup(s.id))
  const rows = groups.flatMap((s) => stateRows(chart, s).map((row) => `in ${s.id}: ${row}`))
  return [
    `${chart.id}${root.description === '' ? '' : `: ${root.description}`}`,
    ...(rows.length === 0 ? [] : ['Mermaid has no place for this:', ...rows]),
  ]
}

/**
 * The states in one compound and the ways between them; ways from outside and to outside end at
 * neighbours. For readers of large charts: one picture per compound.
 */
export function toMermaidPart(chart: Chart, compound: string): string {
  const tree = treeOf(chart)
  const ids = createIds()
  const within = tree.children(compound)
  /** The child that the state is or is in; undefined: it is outside. */
  const lifted = (id: string): string | undefined => {
    const { parent } = tree.state(id)
    return parent === compound ? id : parent === null ? undefined : lifted(parent)
  }
  const outside = new Set<string>()
  const end = (id: string): string => {
    const at = lifted(id)
    if (at === undefined) outside.add(id)
    return ids.of(at ?? id)
  }
  const ways = chart.edges.flatMap((edge) =>
    edge.targets.flatMap((target) => {
      const { source, label, guard } = edge
      if (lifted(source) === undefined && lifted(target) === undefined) return []
      const from = source === compound ? 'anywhere' : end(source)
      const to = end(target)
      const told = escaped(`${label}${guard === null ? '' : ` [${guard}]`}`)
      return from === to ? [] : [`${from} --> ${to} : ${told}`]
    }),
  )
  const title = (state: ChartState) =>
    tree.children(state.id).length === 0 ? titleOf(state) : `${state.key} …`
  const { initial } = tree.state(compound)
  return [
    'stateDiagram-v2',
    ...(ways.some((way) => way.startsWith('anywhere ')) ? ['state "(anywhere)" as anywhere'] : []),
    ...within.map((s) => `state "${escaped(title(s))}" as ${ids.of(s.id)}`),
    ...[...outside].map((id) => `state "↗ ${escaped(id)}" as ${ids.of(id)}`),
    ...(initial === null ? [] : [`[*] --> ${end(initial)}`]),
    ...new Set(ways),
    ...within.filter((s) => s.type === 'final').map((s) => `${ids.of(s.id)} --> [*]`),
  ].join('\n')
}
