import type { ChartAction } from './action.ts'
import type { Chart, ChartEdge, ChartState } from './chart.ts'
import type { Condition } from './condition.ts'
import { createNames, type Names } from './names.ts'
import { type ChartTree, treeOf } from './tree.ts'

/**
 * The chart as SCXML 1.0 (https://www.w3.org/TR/scxml/). Guards and changes of the context are calls
 * of functions of their names, which the host must provide; effects are sent to a processor `effect`;
 * delays are sent events that are cancelled on exit. Names that SCXML does not allow are changed, and
 * a comment says so, as it does of what the format can't carry.
 */
export const toScxml = (chart: Chart): string => writeScxml(chart).text

/** The document, and the names that stand in it for those of the chart. */
export function writeScxml(chart: Chart): { text: string; names: ScxmlNames } {
  const tree = treeOf(chart)
  const names = createScxmlNames()
  for (const { id } of chart.states) names.id(id)
  const notes = new Set<string>()
  const writer = createWriter(tree, names, notes)
  const { root } = tree
  const isPlain = isPlainRoot(tree)
  const body = isPlain
    ? tree.children(root.id).flatMap((s) => writer.state(s, '  '))
    : writer.root('  ')
  const initial = isPlain ? root.initial : root.id
  const comments = [
    ...[...notes],
    ...names.renamed().map(([given, used]) => `${used} is "${given}"`),
  ]
  const head = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"`
  const named = attributes({ name: names.fn(chart.id), initial: initial && names.id(initial) })
  const text = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    ...(comments.length === 0 ? [] : ['<!--', ...comments.map((c) => `  ${comment(c)}`), '-->']),
    `${head} datamodel="ecmascript"${named}>`,
    ...body,
    '</scxml>',
    '',
  ].join('\n')
  return { text, names }
}

/** The document itself has neither transitions nor actions: a root with some is a state in it. */
function isPlainRoot({ root, edges, children }: ChartTree): boolean {
  const { type, entry, exit, initialActions, invokes } = root
  const actions = [entry, exit, initialActions, invokes, edges(root.id)]
  const isEmpty = actions.every((list) => list.length === 0)
  return type === 'compound' && isEmpty && children(root.id).every((s) => s.type !== 'history')
}

export interface ScxmlNames {
  id(given: string): string
  event(given: string): string
  fn(given: string): string
  renamed(): readonly (readonly [string, string])[]
}

/** Words of ECMAScript that can't be called. */
const RESERVED = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends false
  finally for function if import in instanceof let new null return static super switch this throw true
  try typeof var void while with yield In`.split(/\s+/),
)

function createScxmlNames(): ScxmlNames {
  const ids: Names = createNames((id) => {
    const name = id.replace(/[^\p{L}\p{N}._-]/gu, '_')
    return /^[\p{L}_]/u.test(name) ? name : `_${name}`
  })
  const events: Names = createNames((event) => event.replace(/[^\p{L}\p{N}._\-:]/gu, '_'))
  const fns: Names = createNames((fn) => {
    const name = fn.replace(/[^\w$]/g, '_')
    return /^\d/.test(name) || RESERVED.has(name) ? `_${name}` : name
  })
  const event = (given: string): string => {
    const [, kind, what] =
      /^xstate\.(done\.state|done\.actor|error\.actor)\.(.+)$/.exec(given) ?? []
    if (given.endsWith('*') && what !== '*') {
      const start = given.slice(0, -1)
      return start.endsWith('.') ? `${event(start.slice(0, -1))}.*` : '*'
    }
    if (what === undefined) return events.of(given)
    if (kind === 'done.state') return `done.state.${ids.of(what)}`
    const actor = what === '*' ? what : ids.of(what)
    return `${kind === 'done.actor' ? 'done.invoke' : 'error.platform'}.${actor}`
  }
  return {
    id: (given) => ids.of(given),
    event,
    fn: (given) => fns.of(given),
    renamed: () => [ids, events, fns].flatMap((n) => n.renamed()),
  }
}

function createWriter(tree: ChartTree, names: ScxmlNames, notes: Set<string>) {
  const { chart, root } = tree
  /** All that the machine may meet, also what it raises by itself. */
  const events = new Set([
    ...chart.edges.map((e) => e.event),
    ...chart.states.map((s) => `xstate.done.state.${s.id}`),
    ...chart.states.flatMap((s) =>
      s.invokes.flatMap(({ id }) => [`xstate.done.actor.${id}`, `xstate.error.actor.${id}`]),
    ),
  ])

  const condition = (c: Condition): string => {
    if ('name' in c) return call(c.name, c.params)
    if ('inline' in c) return call(c.inline)
    if ('stateIn' in c) return c.stateIn.map((id) => `In('${names.id(id)}')`).join(' && ')
    if ('not' in c) return `!(${condition(c.not)})`
    return 'and' in c ? joined(c.and, ' && ') : joined(c.or, ' || ')
  }
  const joined = (parts: readonly Condition[], sign: string) =>
    `(${parts.map(condition).join(sign)})`
  const call = (name: string, params?: unknown) =>
    `${names.fn(name)}(${params === undefined ? '' : JSON.stringify(params)})`

  const action = (given: ChartAction): string => {
    const { name, kind, params, builtIn } = given
    const lost = () => {
      notes.add(`lost: "${name}" has parts that are worked out when it is done`)
      return `<!-- ${comment(name)} -->`
    }
    switch (builtIn?.type) {
      case 'raise':
        if (builtIn.event === null) return lost()
        return builtIn.delay === null
          ? `<raise${attributes({ event: names.event(builtIn.event) })}/>`
          : send(names.event(builtIn.event), builtIn.delay, builtIn.id)
      case 'send': {
        if (builtIn.event === null || builtIn.to === null) return lost()
        const target = builtIn.to === 'parent' ? '#_parent' : `#_${names.id(builtIn.to)}`
        const event = names.event(builtIn.event)
        return `<send${attributes({ event, target, ...delay(builtIn.delay) })}/>`
      }
      case 'cancel':
        if (builtIn.id === null) return lost()
        return `<cancel${attributes({ sendid: names.event(builtIn.id) })}/>`
      case 'log':
        return `<log${attributes({ expr: JSON.stringify(builtIn.text ?? '') })}/>`
      case 'spawn':
      case 'stop':
      case 'emit':
      case 'enqueue':
        notes.add(`lost: "${name}" has no counterpart here, it is sent as an effect`)
    }
    if (kind === 'change') return `<script>${xml(call(name, params))}</script>`
    const sent = `<send${attributes({ type: 'effect', event: names.event(name) })}`
    if (params === undefined) return `${sent}/>`
    return `${sent}><content${attributes({ expr: JSON.stringify(params) })}/></send>`
  }

  const delay = (given: string | null): Record<string, string> => {
    if (given === null) return {}
    const known = Number.isFinite(Number(given)) ? Number(given) : (chart.delays[given] ?? null)
    return known === null ? { delayexpr: `${names.fn(given)}()` } : { delay: `${known}ms` }
  }
  const send = (event: string, after: string, id: string | null) =>
    `<send${attributes({ id: id === null ? null : names.event(id), event, ...delay(after) })}/>`

  /** XState's events match whole names, and a wildcard only where no whole name does. */
  const narrowed = (edge: ChartEdge): string | null => {
    const { event, source } = edge
    if (event === '') return null
    if (event.endsWith('*')) {
      const whole = tree.edges(source).filter((e) => !e.event.endsWith('*') && e.event !== '')
      const matching = whole.filter((e) => matches(e.event, event)).map((e) => names.event(e.event))
      return [...new Set(matching)].map((name) => `_event.name !== '${name}'`).join(' && ') || null
    }
    const isPrefix = [...events].some((other) => other.startsWith(`${event}.`))
    return isPrefix ? `_event.name === '${names.event(event)}'` : null
  }

  const transition = (edge: ChartEdge): string[] => {
    const { condition: given, source, targets, reenter, actions, event } = edge
    const all = [narrowed(edge), given === null ? null : condition(given)].filter((c) => c !== null)
    const cond = all.length === 0 ? null : all.join(' && ')
    const { type, initial, initialActions } = tree.state(source)
    const isInner = targets.length > 0 && targets.every((t) => tree.isInside(t, source))
    const isSelf = targets.length === 1 && targets[0] === source && !reenter
    const done = [...actions]
    let to = targets
    // Without `reenter` XState does not leave the source; SCXML always leaves one that leads to itself.
    if (isSelf && type === 'compound' && initial !== null) {
      to = [initial]
      done.push(...initialActions)
    } else if (isSelf && type !== 'parallel') to = []
    const isInternal = !reenter && to.length > 0 && (isInner || isSelf)
    if (isInternal && type === 'parallel') {
      notes.add(`lost: "${edge.label}" does not leave ${source} itself, here it does`)
    }
    const written = attributes({
      event: event === '' ? null : names.event(event),
      cond,
      target: to.length === 0 ? null : to.map((t) => names.id(t)).join(' '),
      type: isInternal && type !== 'parallel' ? 'internal' : null,
    })
    if (done.length === 0) return [`<transition${written}/>`]
    return [`<transition${written}>`, ...done.map((a) => `  ${action(a)}`), '</transition>']
  }

  const history = (state: ChartState, indent: string): string[] => {
    const parent = tree.state(state.parent as string)
    const regions = tree.children(parent.id).filter((s) => s.type !== 'history')
    const usual = parent.type === 'parallel' ? regions.map((s) => s.id) : [parent.initial ?? '']
    const target = (state.initial === null ? usual : [state.initial]).map((t) => names.id(t))
    return [
      `${indent}<history${attributes({ id: names.id(state.id), type: state.history })}>`,
      `${indent}  <transition${attributes({ target: target.join(' ') })}/>`,
      `${indent}</history>`,
    ]
  }

  const invoke = ({ id, name, src }: ChartState['invokes'][number]): string => {
    if (src === null) notes.add(`lost: the logic of the invoked "${name}" stands in the program`)
    return `<invoke${attributes({ type: 'xstate', id: names.id(id), src: src ?? name })}/>`
  }

  const state = (given: ChartState, indent: string, extra: readonly string[] = []): string[] => {
    const { id, type, initial, initialActions, invokes } = given
    if (type === 'history') return history(given, indent)
    const tag = type === 'final' ? 'final' : type === 'parallel' ? 'parallel' : 'state'
    const edges = tree.edges(id).toSorted(wholeNamesFirst)
    const delays = new Map(edges.filter((e) => e.delay !== null).map((e) => [e.event, e]))
    const begun = [...delays].map(([event, e]) =>
      send(names.event(event), e.delay as string, event),
    )
    const ended = [...delays.keys()].map(
      (event) => `<cancel${attributes({ sendid: names.event(event) })}/>`,
    )
    const start = initial === null || type !== 'compound' ? null : names.id(initial)
    const isBusy = initialActions.length > 0 && start !== null
    const lines = [
      ...(isBusy
        ? [
            '<initial>',
            `  <transition${attributes({ target: start })}>`,
            ...initialActions.map((a) => `    ${action(a)}`),
            '  </transition>',
            '</initial>',
          ]
        : []),
      ...block('onentry', [...given.entry.map(action), ...begun]),
      ...block('onexit', [...given.exit.map(action), ...ended]),
      ...(type === 'final' ? [] : edges.flatMap(transition)),
      ...invokes.map(invoke),
      ...extra,
    ]
    if (type === 'final' && edges.length > 0) {
      notes.add(`lost: ${id} is final, so that it can't have the transitions that it has`)
    }
    return [
      `${indent}<${tag}${attributes({ id: names.id(id), initial: isBusy ? null : start })}>`,
      ...lines.map((line) => `${indent}  ${line}`),
      ...tree.children(id).flatMap((child) => state(child, `${indent}  `)),
      `${indent}</${tag}>`,
    ]
  }

  /** The root as a state of the document, which ends when the root is done. */
  const rootState = (indent: string): string[] => {
    const isEnding = root.type === 'parallel' || tree.children(root.id).some(isFinal)
    if (!isEnding) return state(root, indent)
    const end = names.id(`${root.id} done`)
    const event = `done.state.${names.id(root.id)}`
    const cond = `_event.name === '${event}'`
    return [
      ...state(root, indent, [`<transition${attributes({ event, cond, target: end })}/>`]),
      `${indent}<final${attributes({ id: end })}/>`,
    ]
  }

  return { state, root: rootState }
}

const isFinal = ({ type }: ChartState) => type === 'final'

/** Whether an event's name fits a descriptor with a wildcard, as XState has it. */
const matches = (event: string, descriptor: string): boolean =>
  `${event}.`.startsWith(descriptor.slice(0, -1))

/** The order in which XState asks: whole names, then wildcards, the longer ones first. */
function wholeNamesFirst(a: ChartEdge, b: ChartEdge): number {
  const rank = ({ event }: ChartEdge) => (event.endsWith('*') ? 1_000 - event.length : 0)
  return rank(a) - rank(b)
}

const block = (tag: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`<${tag}>`, ...lines.map((line) => `  ${line}`), `</${tag}>`]

const attributes = (given: Record<string, string | null | undefined>): string =>
  Object.entries(given)
    .flatMap(([key, value]) => (value == null ? [] : [` ${key}="${xml(value)}"`]))
    .join('')

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const xml = (text: string) =>
  text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] as string).replace(/\s+/g, ' ')

/** Two hyphens would end a comment. */
const comment = (text: string) => text.replace(/\s+/g, ' ').replaceAll('--', '- -')
