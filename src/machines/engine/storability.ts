import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { TerminalError } from '../../errors.ts'
import type { Definition } from './definition.ts'

/** XState's own actions of which a step keeps all that they do. */
const KEPT = new Set(['xstate.assign', 'xstate.raise', 'xstate.cancel', 'xstate.enqueueActions'])

const CHILDREN = 'child actors are not stored with the snapshot; ask for an effect instead'
const LISTENERS = 'nobody listens to an actor that is stored; ask for an effect instead'

/** Why an actor that is stored as value, context and timers can't do what XState's others do. */
const LOST: Readonly<Record<string, string>> = {
  'xstate.spawnChild': CHILDREN,
  'xstate.stopChild': CHILDREN,
  'xstate.sendTo': 'there is no actor in memory to send to; ask for an effect instead',
  'xstate.emit': LISTENERS,
  'xstate.log': LISTENERS,
}

interface Found {
  node: AnyStateNode
  what: string
  why: string
}

/**
 * Refuses a machine whose actors would lose something between two events: an actor is stored as its
 * state value, its context and its timers, nothing else. Throws `machine.unstorable`, which names the
 * machine, the state and the reason. What is only decided while a transition runs (`enqueueActions`,
 * `spawn` inside an assign) fails that transition; see `advance`.
 */
export function refuseUnstorable(definition: Definition): void {
  const found = [...faults(definition)]
  if (found.length === 0) return
  const detail = found
    .map(({ node, what, why }) => `${node.id} has ${what}: ${why}.`)
    .filter((line, i, all) => all.indexOf(line) === i)
    .join(' ')
  throw new TerminalError('machine.unstorable', { detail })
}

function* faults(definition: Definition): Generator<Found> {
  for (const node of nodesOf(definition.machine.root)) {
    if (node.type === 'history') {
      const why = 'what it remembers is not stored with the snapshot; keep it in the context'
      yield { node, what: 'a history state', why }
    }
    for (const { src } of node.invoke) {
      yield { node, what: `invoke of ${String(src)}`, why: CHILDREN }
    }
    for (const action of actionsOf(node)) {
      const fault = faultOf(action, definition)
      if (fault !== undefined) yield { node, ...fault }
    }
  }
}

const nodesOf = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesOf),
]

const actionsOf = (node: AnyStateNode): unknown[] => [
  ...node.entry,
  ...node.exit,
  ...(node.type === 'compound' ? node.initial.actions : []),
  ...[...(node.always ?? []), ...[...node.transitions.values()].flat()].flatMap((t) => t.actions),
]

function faultOf(action: unknown, { machine, effects }: Definition) {
  if (typeof action === 'function') return builtIn(action)
  const name = typeof action === 'string' ? action : (action as { type: string }).type
  if (Object.hasOwn(effects, name)) return undefined
  const made = implementationOf(machine, name)
  if (made !== undefined && nameOf(made) !== undefined) return builtIn(made)
  return { what: `the action ${name}`, why: 'it is neither a change of the context nor an effect' }
}

function builtIn(action: object): Omit<Found, 'node'> | undefined {
  const name = nameOf(action)
  if (name === undefined) {
    return { what: 'a function as an action', why: 'what it does is lost; give it a name' }
  }
  if (KEPT.has(name)) return undefined
  return { what: name.replace('xstate.', ''), why: LOST[name] ?? 'its outcome is not stored' }
}

/** XState marks its own actions by their type. */
const nameOf = (action: object): string | undefined => (action as { type?: string }).type

const implementationOf = ({ implementations }: AnyStateMachine, name: string): object | undefined =>
  (implementations.actions as Record<string, object | undefined>)[name]
