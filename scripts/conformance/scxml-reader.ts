import scxml from '@scion-scxml/scxml'
import { type AnyStateMachine, assign, cancel, createMachine, log, raise, stateIn } from 'xstate'

/** A document that XState can't be: the reason says what it lacks. */
export class NotForXState extends Error {
  override name = 'NotForXState'
}

interface Node {
  $type: string
  id?: string
  initial?: string | string[]
  states?: Node[]
  transitions?: Transition[]
  onEntry?: Action[][]
  onExit?: Action[][]
  invokes?: unknown[]
  donedata?: unknown
  datamodel?: { declarations: { id: string; expr?: Expression; content?: unknown; src?: string }[] }
  rootScripts?: { src?: string; content?: string }[]
  isDeep?: boolean
}
interface Expression {
  expr: string
}
interface Transition {
  event?: string
  target?: string | string[]
  cond?: Expression
  type?: string
  onTransition?: Action[]
}
interface Action {
  $type: string
  event?: string
  id?: string
  delay?: string
  delayexpr?: Expression
  target?: string
  type?: string
  location?: Expression
  expr?: Expression
  cond?: Expression
  content?: string
  src?: string
  sendid?: string
  label?: string
  array?: Expression
  item?: string
  index?: string
  actions?: Action[]
}

type Context = Record<string, unknown>

const refuse = (why: string): never => {
  throw new NotForXState(why)
}

/** The structure of a document, by the parser of the suite's own engine. */
export const parseScxml = (text: string): Node =>
  scxml.ext.compilerInternals.scxmlToScjson(text) as Node

/**
 * An SCXML document as an XState machine that does the same; its states have the ids of the document.
 * `sent` are the events that come from outside. Throws NotForXState for what XState can't say.
 */
export function readScxml(text: string, sent: readonly string[] = []): AnyStateMachine {
  const root = parseScxml(text)
  if (root.rootScripts?.some((script) => script.src !== undefined))
    refuse('a script from elsewhere')
  const reader = createReader(root, sent)
  const config = { ...reader.state(root), id: 'document', context: reader.context }
  return createMachine(config as never, reader.implementations as never)
}

const all = (node: Node): Node[] => [node, ...(node.states ?? []).flatMap(all)]
const listOf = (given: string | string[] | undefined): string[] =>
  given === undefined ? [] : [given].flat()

function createReader(root: Node, sent: readonly string[]) {
  const nodes = all(root)
  const parents = new Map(nodes.flatMap((n) => (n.states ?? []).map((s) => [s.id, n] as const)))
  const isInside = (id: string | undefined, ancestor: Node): boolean => {
    const parent = parents.get(id)
    return parent !== undefined && (parent === ancestor || isInside(parent.id, ancestor))
  }
  const occurring = new Set([...sent, ...nodes.flatMap(actionsIn).flatMap((a) => a.event ?? [])])
  const guards: Record<string, unknown> = {}
  const actions: Record<string, unknown> = {}

  if (nodes.some((n) => n !== root && n.datamodel !== undefined)) refuse('data of a state')
  const context: Context = {}
  for (const { id, expr, content, src } of nodes.flatMap((n) => n.datamodel?.declarations ?? [])) {
    if (src !== undefined || content !== undefined) refuse('data from elsewhere')
    context[id] = expr === undefined ? undefined : beginning(expr.expr, context)
  }
  for (const { content } of root.rootScripts ?? []) {
    if (/\bfunction\b|\bvar\b/.test(content ?? '')) refuse('a script that declares')
    execute(content ?? '', context, {})
  }

  const guard = ({ expr }: Expression): unknown => {
    const [, inState] = /^In\(\s*(['"])(.+?)\1\s*\)$/.exec(expr.trim())?.slice(1) ?? []
    if (inState !== undefined) return stateIn(`#${inState}`)
    checked(expr)
    guards[expr] = ({ context, event }: { context: Context; event: { type: string } }) => {
      try {
        return Boolean(evaluate(expr, { ...context }, event))
      } catch {
        return false
      }
    }
    return expr
  }

  /** An action as code that changes the data, and nothing else. */
  const code = (action: Action): string => {
    const inner = (action.actions ?? []).map(code).join('; ')
    switch (action.$type) {
      case 'assign':
        if (action.expr === undefined) return refuse('an assignment of text')
        return `${action.location?.expr} = (${action.expr.expr})`
      case 'script':
        if (action.src !== undefined) return refuse('a script from elsewhere')
        return action.content ?? ''
      case 'log':
        return ''
      case 'if':
        return `if (${action.cond?.expr}) { ${inner} }`
      case 'elseif':
        return `} else if (${action.cond?.expr}) {`
      case 'else':
        return '} else {'
      case 'foreach':
        if (action.index !== undefined) return refuse('a numbered list')
        return `for (const each of [...${action.array?.expr}]) { ${action.item} = each; ${inner} }`
      default:
        return refuse(`<${action.$type}> that is not always done`)
    }
  }

  const actionOf = (action: Action): unknown => {
    const { $type, event, id, type, target, delay, delayexpr, sendid } = action
    if ($type === 'raise') return raise({ type: event as string })
    if ($type === 'cancel')
      return sendid === undefined ? refuse('a cancelled name') : cancel(sendid)
    if ($type === 'send') {
      for (const key of [
        'eventexpr',
        'targetexpr',
        'typeexpr',
        'idlocation',
        'namelist',
      ] as const) {
        if (key in action) refuse(`<send> with ${key}`)
      }
      if ('params' in action || 'content' in action || 'expr' in action)
        refuse('an event with data')
      if (type !== undefined && !/SCXMLEventProcessor|^scxml$/.test(type)) refuse(`sent by ${type}`)
      if (target === '#_internal') return raise({ type: event as string })
      if (target !== undefined) refuse(`sent to ${target}`)
      if (event === undefined) refuse('an event without a name')
      const after = milliseconds(delayexpr === undefined ? delay : literal(delayexpr.expr))
      return raise({ type: event as string }, { delay: after, ...(id === undefined ? {} : { id }) })
    }
    if ($type === 'log') return log(action.label ?? '')
    const program = checked(code(action))
    const text = program.replace(/\s+/g, ' ').trim()
    actions[text] = assign(({ context, event }: { context: Context; event: { type: string } }) => {
      const changed = { ...context }
      try {
        execute(program, changed, event)
      } catch {
        return context
      }
      return changed
    })
    return text
  }
  const actionList = (blocks: Action[][] = []) => blocks.flat().map(actionOf)

  const descriptor = (event: string): string => {
    const name = event.replace(/\.\*?$/, '')
    if (event === '*') return '*'
    if (/^error\b/.test(name)) refuse('errors of the platform')
    if (/^done\.invoke/.test(name)) refuse('invoked documents')
    if (name === 'done' || name === 'done.state') return 'xstate.done.state.*'
    const own = name.replace(/^done\.state\./, 'xstate.done.state.')
    const isPrefix = event !== name || [...occurring].some((e) => e.startsWith(`${name}.`))
    return isPrefix && own === name ? `${name}.*` : own
  }

  const transitionOf = (source: Node, transition: Transition): Record<string, unknown> => {
    const { target, cond, type, onTransition = [] } = transition
    const targets = listOf(target)
    const isInner = targets.every((id) => isInside(id, source))
    const isSelf = targets.length > 0 && targets.every((id) => id === source.id)
    const isCompound = (source.states?.length ?? 0) > 0 && source.$type !== 'parallel'
    const stays = type === 'internal' && isInner && isCompound
    return {
      ...(targets.length > 0 ? { target: targets.map((id) => `#${escapeId(id)}`) } : {}),
      ...(cond === undefined ? {} : { guard: guard(cond) }),
      actions: onTransition.map(actionOf),
      reenter: targets.length > 0 && (isSelf || (isInner && !stays)),
    }
  }

  const state = (node: Node): Record<string, unknown> => {
    const { id, $type, transitions = [], onEntry, onExit } = node
    if (node.invokes !== undefined) refuse('invoked documents')
    if (node.donedata !== undefined) refuse('data of what is done')
    if ($type === 'history') return historyState(node, transitions)
    const states = (node.states ?? []).filter((s) => s.$type !== 'initial')
    const on: Record<string, unknown[]> = {}
    const always: unknown[] = []
    const asked: string[] = []
    for (const transition of transitions) {
      const made = () => transitionOf(node, transition)
      if (transition.event === undefined) always.push(made())
      for (const event of transition.event?.split(/\s+/).filter((e) => e !== '') ?? []) {
        const name = descriptor(event)
        const wider = asked.find((a) => a !== name && a.endsWith('*') && fits(name, a))
        if (wider !== undefined) refuse('a wildcard before what it holds')
        asked.push(name)
        on[name] = [...(on[name] ?? []), made()]
      }
    }
    return {
      ...(node === root ? {} : { id }),
      ...($type === 'parallel' ? { type: 'parallel' } : {}),
      ...($type === 'final' ? { type: 'final' } : {}),
      ...(states.length > 0 && $type !== 'parallel' ? { initial: initialOf(node, states) } : {}),
      ...(states.length > 0
        ? { states: Object.fromEntries(states.map((s) => [keyOf(s), state(s)])) }
        : {}),
      entry: actionList(onEntry),
      exit: actionList(onExit),
      ...(Object.keys(on).length > 0 ? { on } : {}),
      ...(always.length > 0 ? { always } : {}),
    }
  }

  const initialOf = (node: Node, states: Node[]): unknown => {
    const [element] = (node.states ?? []).filter((s) => s.$type === 'initial')
    const transition = element?.transitions?.[0]
    const [target, ...more] = listOf(transition?.target ?? node.initial)
    if (more.length > 0) refuse('several states to begin with')
    const first = states.find((s) => s.$type !== 'history') as Node
    if (target === undefined) return keyOf(first)
    const child = states.find((s) => s.id === target)
    if (child === undefined) return refuse('a beginning further in')
    const done = transition?.onTransition ?? []
    return done.length === 0
      ? keyOf(child)
      : { target: keyOf(child), actions: done.map((a) => actionOf(a)) }
  }

  const historyState = ({ id, isDeep }: Node, transitions: Transition[]) => {
    const [target, ...more] = listOf(transitions[0]?.target)
    if (more.length > 0) refuse('several states without history')
    if ((transitions[0]?.onTransition ?? []).length > 0) refuse('actions without history')
    return {
      id,
      type: 'history',
      history: isDeep ? 'deep' : 'shallow',
      ...(target === undefined ? {} : { target: `#${escapeId(target)}` }),
    }
  }

  return { state, context, implementations: { guards, actions } }
}

const keyOf = ({ id }: Node) => (id as string).replaceAll('.', '_')
/** XState parts paths by dots. */
const escapeId = (id: string) => id.replaceAll('.', '\\.')

const actionsIn = (node: Node): Action[] => {
  const deep = (list: Action[]): Action[] => list.flatMap((a) => [a, ...deep(a.actions ?? [])])
  return deep([
    ...(node.onEntry ?? []).flat(),
    ...(node.onExit ?? []).flat(),
    ...(node.transitions ?? []).flatMap((t) => t.onTransition ?? []),
  ])
}

const fits = (name: string, wildcard: string) =>
  wildcard === '*' || name.startsWith(wildcard.slice(0, -1))

/** What only a platform for SCXML knows. */
function checked(text: string): string {
  const asked = /\b(_sessionid|_name|_x|_ioprocessors|In\(|_event\.(?!name|data)\w+)/.exec(text)
  return asked === null ? text : refuse(`asks for ${asked[0]}`)
}

function milliseconds(delay: string | undefined): number {
  const [, amount, unit] = /^([\d.]+)\s*(ms|s)?$/.exec(delay ?? '0ms') ?? []
  if (amount === undefined) return refuse(`a delay of ${delay}`)
  return Number(amount) * (unit === 's' ? 1_000 : 1)
}

function literal(expr: string): string {
  const [, text] = /^['"](.*)['"]$/.exec(expr.trim()) ?? []
  return text ?? refuse('a delay that is worked out')
}

/** A value to begin with; what is wrong in it becomes an event of the platform. */
function beginning(expr: string, data: Context): unknown {
  try {
    return evaluate(expr, data, {})
  } catch {
    return refuse('data that can not be worked out')
  }
}

const eventVariable = (event: object) => ({
  name: (event as { type?: string }).type,
  data: (event as { data?: unknown }).data,
})

/** The suite's expressions read and write the data as if they were variables. */
const evaluate = (expr: string, data: Context, event: object): unknown =>
  new Function('data', '_event', `with (data) { return (${expr}) }`)(data, eventVariable(event))
const execute = (code: string, data: Context, event: object): void =>
  new Function('data', '_event', `with (data) { ${code} }`)(data, eventVariable(event))
