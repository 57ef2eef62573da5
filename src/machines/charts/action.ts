import type { AnyStateMachine } from 'xstate'
import { inWord, plain } from './condition.ts'
import { INLINE, inlineText } from './inline.ts'

/** `effect`: done after the commit, by the actors. `change`: of the context, in the step itself. */
export interface ChartAction {
  /** The action's own name; of XState's own actions what they do, e.g. `raise tick`. */
  name: string
  kind: 'effect' | 'change'
  /** What the chart hands to the action; a function that works it out in the step: its name. */
  params?: unknown
  /** What XState itself does; absent: it is the program's own action. */
  builtIn?: BuiltIn
}

/** An action with what the chart hands to it, e.g. `hint(stale)`. */
export function actionText({ name, params }: ChartAction): string {
  if (typeof params !== 'object' || params === null) return name
  return `${name}(${Object.values(params).map(inWord).join(', ')})`
}

/** One of XState's own actions. Null: worked out when it is done. */
export type BuiltIn =
  | { type: 'raise'; event: string | null; delay: string | null; id: string | null }
  | { type: 'send'; to: string | null; event: string | null; delay: string | null }
  | { type: 'emit'; event: string | null }
  | { type: 'cancel'; id: string | null }
  | { type: 'spawn'; src: string; id: string | null }
  | { type: 'stop'; id: string | null }
  | { type: 'log'; text: string | null }
  | { type: 'enqueue' }

/** The properties of the functions that XState's makers of actions return. */
interface Made {
  type?: string
  params?: unknown
  event?: unknown
  delay?: unknown
  id?: unknown
  to?: unknown
  sendId?: unknown
  src?: unknown
  actorRef?: unknown
  value?: unknown
  label?: unknown
  assignment?: unknown
}

/** Reads a list of actions; `timers`: events of `after`, which XState raises and cancels by itself. */
export function actionsOf(
  actions: readonly unknown[],
  machine: AnyStateMachine,
  timers: ReadonlySet<string> = new Set(),
): ChartAction[] {
  return actions.flatMap((action) => {
    const { id, sendId } = action as Made
    if (typeof action === 'function' && timers.has(`${id ?? sendId}`)) return []
    return [actionOf(action, machine)]
  })
}

function actionOf(action: unknown, machine: AnyStateMachine): ChartAction {
  if (typeof action === 'function') return inlineAction(action as Made & { name: string })
  const { type, params } = (typeof action === 'string' ? { type: action } : action) as Made
  const name = type ?? INLINE
  const known = machine.implementations.actions[name] as Made | undefined
  const given = params === undefined ? {} : { params: plain(params) }
  if (known?.type === 'xstate.assign') return { name, kind: 'change', ...given }
  const builtIn = builtInOf(known)
  return { name, kind: 'effect', ...given, ...(builtIn && { builtIn }) }
}

function inlineAction(action: Made & { name: string }): ChartAction {
  if (action.type === 'xstate.assign') return { name: assignText(action), kind: 'change' }
  const builtIn = builtInOf(action)
  if (builtIn === undefined) return { name: inlineText(action), kind: 'effect' }
  const isOwn = builtIn.type === 'raise' || builtIn.type === 'cancel' || builtIn.type === 'log'
  return { name: builtInText(builtIn), kind: isOwn ? 'change' : 'effect', builtIn }
}

function assignText({ assignment }: Made): string {
  if (typeof assignment !== 'object' || assignment === null) return `assign ${INLINE}`
  return `assign ${Object.keys(assignment).join(', ')}`
}

const textOrNull = (given: unknown): string | null =>
  typeof given === 'string' || typeof given === 'number' ? `${given}` : null

const eventOf = (given: unknown): string | null =>
  typeof given === 'object' && given !== null ? textOrNull((given as Made).type) : textOrNull(given)

const delayOf = (given: unknown): string | null =>
  given === undefined ? null : (textOrNull(given) ?? inlineText(given))

function builtInOf(made: Made | undefined): BuiltIn | undefined {
  if (made === undefined) return undefined
  const { event, delay, id, to, sendId, src, actorRef, value, label } = made
  switch (made.type) {
    case 'xstate.raise':
      return { type: 'raise', event: eventOf(event), delay: delayOf(delay), id: textOrNull(id) }
    case 'xstate.sendTo':
      return { type: 'send', to: actorText(to), event: eventOf(event), delay: delayOf(delay) }
    case 'xstate.emit':
      return { type: 'emit', event: eventOf(event) }
    case 'xstate.cancel':
      return { type: 'cancel', id: textOrNull(sendId) }
    case 'xstate.spawnChild':
      return { type: 'spawn', src: textOrNull(src) ?? logicName(src), id: textOrNull(id) }
    case 'xstate.stopChild':
      return { type: 'stop', id: actorText(actorRef) }
    case 'xstate.log':
      return { type: 'log', text: textOrNull(value) ?? textOrNull(label) }
    case 'xstate.enqueueActions':
      return { type: 'enqueue' }
    default:
      return undefined
  }
}

/** `sendParent` gives a name of its own, `forwardTo` and most others a function or an id. */
function actorText(to: unknown): string | null {
  if (to === '#_parent') return 'parent'
  if (typeof to === 'function') {
    const text = inlineText(to)
    return text === INLINE ? null : text
  }
  return textOrNull(to)
}

/** What logic without a name is called: a machine by its id, others by their function. */
export function logicName(logic: unknown): string {
  const { id, root, config } = (logic ?? {}) as { id?: string; root?: unknown; config?: unknown }
  if (root !== undefined && id !== undefined) return id
  return inlineText(config)
}

function builtInText(builtIn: BuiltIn): string {
  const later = 'delay' in builtIn && builtIn.delay !== null ? ` after ${builtIn.delay}` : ''
  switch (builtIn.type) {
    case 'raise':
      return `raise ${builtIn.event ?? INLINE}${later}`
    case 'send':
      return `send ${builtIn.event ?? INLINE} to ${builtIn.to ?? INLINE}${later}`
    case 'emit':
      return `emit ${builtIn.event ?? INLINE}`
    case 'cancel':
      return `cancel ${builtIn.id ?? INLINE}`
    case 'spawn':
      return `spawn ${builtIn.src}${builtIn.id === null ? '' : ` as ${builtIn.id}`}`
    case 'stop':
      return `stop ${builtIn.id ?? INLINE}`
    case 'log':
      return builtIn.text === null ? 'log' : `log ${builtIn.text}`
    case 'enqueue':
      return 'enqueue actions'
  }
}
