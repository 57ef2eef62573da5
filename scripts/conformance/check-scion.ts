import type { AnyStateMachine, EventObject } from 'xstate'
import { type Chart, toChart } from '../../src/machines/charts/chart.ts'
import { type Condition, conditionOf } from '../../src/machines/charts/condition.ts'
import { inlineText } from '../../src/machines/charts/inline.ts'
import { type ScxmlNames, writeScxml } from '../../src/machines/charts/scxml.ts'
import type { Problems } from './checks.ts'
import type { Script, Specimen } from './corpus.ts'
import { type Host, type Session, startScion } from './scion.ts'
import { nodesOf, transitionsOf } from './walk.ts'
import { startXState } from './xstate-session.ts'

/** Steps of a walk that nobody wrote: enough to leave every state of most machines. */
const STEPS = 24

/**
 * The exported document ends alike. Of the suite: in the states that the suite asks for; undefined
 * when its own engine does not get there from the suite's own document. Of others: after each step
 * of a walk, in the states in which XState is.
 */
export async function checkScion(specimen: Specimen): Promise<Problems | undefined> {
  const { machine, source } = specimen
  const { text, names } = writeScxml(toChart(machine))
  // What the document itself says that it can't carry can't be run.
  if (/^ {2}lost: /m.test(text)) return undefined
  if (source === null) return await walkBeside(specimen, text, names)
  const { host, functions } = createHost(machine, names)
  const own = await play(() => startScion(source.text), source.script)
  if (own.length > 0) return undefined
  return await play(() => startScion(text, functions, host), source.script)
}

async function play(start: () => Promise<Session>, script: Script): Promise<Problems> {
  try {
    const session = await start()
    const problems: Problems = []
    const expect = (wanted: readonly string[], when: string) => {
      const got = session.configuration().join(' ')
      const want = wanted.toSorted().join(' ')
      if (got !== want) problems.push(`${when}: in ${got}, not in ${want}`)
    }
    // Documents of the W3C wait for themselves; their timeouts are seconds.
    if (script.events.length === 0) session.pass(60_000)
    expect(script.initialConfiguration, 'at first')
    for (const { event, nextConfiguration, after = 0 } of script.events) {
      session.pass(after)
      session.send(event.name)
      expect(nextConfiguration, `after ${event.name}`)
    }
    return problems
  } catch (error) {
    return [`it fails: ${(error as Error).message}`]
  }
}

type Call = { context: unknown; event: EventObject; isIn: (id: string) => boolean }

type GuardFunction = ((call: Call, params: unknown) => unknown) & {
  guards?: readonly (string | { type?: string; params?: unknown })[]
}

/** The functions that a document calls, done by the machine's own implementations. */
function createHost(
  machine: AnyStateMachine,
  names: ScxmlNames,
  input?: unknown,
): { host: Host; functions: string[] } {
  const chart = toChart(machine)
  let context: Record<string, unknown> = contextOf(machine, input)
  const functions = new Map<string, (args: unknown[], call: Call) => unknown>()
  const { guards, actions, delays } = machine.implementations as unknown as {
    guards: Record<string, GuardFunction>
    actions: Record<string, { assignment?: Assignment } | undefined>
    delays: Record<string, unknown>
  }
  /** XState's own guards, e.g. `or`, are no functions to call, also where a name stands for one. */
  const holds = (guard: GuardFunction, params: unknown, call: Call): boolean => {
    const condition = conditionOf(guard, machine.id)
    const inner = ({ guards: all = [] }: GuardFunction) =>
      all.map((one) => {
        const { type, params: given } = typeof one === 'string' ? { type: one } : one
        const found = type === undefined ? (one as GuardFunction) : guards[type]
        if (found === undefined) throw new Error(`no guard ${type}`)
        return () => holds(found, given, call)
      })
    if (condition === null || 'name' in condition || 'inline' in condition)
      return Boolean(guard(call, params))
    if ('stateIn' in condition) return condition.stateIn.every((id) => call.isIn(names.id(id)))
    if ('not' in condition) return !inner(guard)[0]?.()
    return 'and' in condition ? inner(guard).every((f) => f()) : inner(guard).some((f) => f())
  }
  const add = (name: string, run: (args: unknown[], call: Call) => unknown) =>
    functions.set(names.fn(name), run)

  for (const { name, inline } of guardsIn(machine)) {
    const guard = inline ?? guards[name]
    add(name, ([params], call) => {
      if (guard === undefined) throw new Error(`no guard ${name}`)
      return holds(guard, params, call)
    })
  }
  for (const { name, implementation } of changesIn(machine, actions)) {
    add(name, ([params], call) => {
      context = { ...context, ...changed(implementation, call, params) }
    })
  }
  for (const [name, delay] of [...Object.entries(delays), ...inlineDelays(machine)]) {
    add(name, (_, call) => `${typeof delay === 'function' ? delay(call, undefined) : delay}ms`)
  }
  for (const name of scriptsIn(chart)) {
    if (!functions.has(names.fn(name))) add(name, () => undefined)
  }
  const host: Host = (name, args, event, isIn) => {
    const sent = event.data as EventObject | undefined
    const call = { isIn, context, event: sent?.type === undefined ? { type: event.name } : sent }
    return functions.get(name)?.(args, call)
  }
  return { host, functions: [...functions.keys()] }
}

type Assignment = Record<string, unknown> | ((call: object, params: unknown) => object)

function changed(assignment: Assignment | undefined, call: Call, params: unknown): object {
  const given = { ...call, spawn: () => ({}), self: {}, system: {} }
  if (typeof assignment === 'function') return assignment(given, params)
  return Object.fromEntries(
    Object.entries(assignment ?? {}).map(([key, value]) => [
      key,
      typeof value === 'function' ? value(given, params) : value,
    ]),
  )
}

/** The context before the first step. */
function contextOf({ config }: AnyStateMachine, input: unknown): Record<string, unknown> {
  const { context = {} } = config as { context?: unknown }
  const made = typeof context === 'function' ? context({ input, spawn: () => ({}) }) : context
  return { ...made }
}

/** Guards by the names that the chart has for them. */
function guardsIn(machine: AnyStateMachine) {
  const found: { name: string; inline?: (call: Call, params: unknown) => unknown }[] = []
  const add = (guard: unknown) => {
    const condition = conditionOf(guard, machine.id) as Condition | null
    if (condition === null) return
    if ('name' in condition) found.push({ name: condition.name })
    if ('inline' in condition) found.push({ name: condition.inline, inline: guard as never })
    for (const inner of (guard as { guards?: unknown[] }).guards ?? []) add(inner)
  }
  for (const node of nodesOf(machine.root)) for (const t of transitionsOf(node)) add(t.guard)
  return found
}

const allActions = (machine: AnyStateMachine): unknown[] =>
  nodesOf(machine.root).flatMap((n) => [
    ...n.entry,
    ...n.exit,
    ...(n.type === 'compound' ? n.initial.actions : []),
    ...transitionsOf(n).flatMap((t) => t.actions),
  ])

/** Delays that stand as functions in an action. */
const inlineDelays = (machine: AnyStateMachine): [string, unknown][] =>
  allActions(machine).flatMap((action): [string, unknown][] => {
    const { delay } = action as { delay?: unknown }
    return typeof delay === 'function' ? [[inlineText(delay), delay]] : []
  })

/** Actions that change the context, by the names that the chart has for them. */
function changesIn(
  machine: AnyStateMachine,
  actions: Record<string, { assignment?: Assignment } | undefined>,
) {
  return allActions(machine).flatMap((action) => {
    const { type, assignment } = action as { type?: string; assignment?: Assignment }
    if (assignment !== undefined) {
      const keys = typeof assignment === 'object' ? Object.keys(assignment).join(', ') : '(inline)'
      return [{ name: `assign ${keys}`, implementation: assignment }]
    }
    const name = typeof action === 'string' ? action : type
    const known = name === undefined ? undefined : actions[name]
    if (name === undefined || known?.assignment === undefined) return []
    return [{ name, implementation: known.assignment }]
  })
}

const scriptsIn = ({ states, edges }: Chart): string[] =>
  [
    ...states.flatMap((s) => [...s.entry, ...s.exit, ...s.initialActions]),
    ...edges.flatMap((e) => e.actions),
  ]
    .filter((a) => a.kind === 'change' && a.builtIn === undefined)
    .map((a) => a.name)

/** The same walk by both; the first difference ends it. Undefined: it can't be begun by itself. */
async function walkBeside(
  { machine, walk }: Specimen,
  text: string,
  names: ScxmlNames,
): Promise<Problems | undefined> {
  const { host, functions } = createHost(machine, names, walk?.input)
  const chart = toChart(machine)
  const xstate = startXState(machine, walk?.input)
  if (xstate.snapshot().status === 'error') return undefined
  const scion = await startScion(text, functions, host)
  const next = walk?.next ?? nextOf(alphabetOf(chart))
  const way: string[] = []
  for (let step = 0; step <= STEPS; step += 1) {
    const isDone = xstate.snapshot().status === 'done'
    const want = xstate.configuration().map(names.id).sort().join(' ')
    const got = scion.configuration().join(' ')
    const isEnd = got === names.id(`${chart.id} done`)
    if (isDone ? !isEnd && got !== want : got !== want) {
      return [`after ${way.join(', ') || 'the beginning'}: in ${got}, not in ${want}`]
    }
    if (isDone) break
    const due = xstate.nextDue()
    const event = next(xstate.snapshot(), step)
    if (due !== undefined && (step % 3 === 2 || event === undefined)) {
      way.push(`${due} ms`)
      xstate.pass(due)
      scion.pass(due)
    } else if (event !== undefined) {
      way.push(event.type)
      xstate.send(event)
      scion.send(names.event(event.type), event)
    }
  }
  return []
}

/** Every event in turn, with no data. */
const nextOf =
  (events: readonly string[]) =>
  (_: unknown, step: number): EventObject | undefined => {
    const type = events[(step * 7 + Math.floor(step / events.length)) % (events.length || 1)]
    return type === undefined ? undefined : { type }
  }

/** Events that may come from outside; for a wildcard one that fits. */
export function alphabetOf({ edges }: Chart): string[] {
  const asked = edges.filter(
    (e) => e.delay === null && !/^xstate\.(done|route|snap)|^$/.test(e.event),
  )
  const named = asked.map(({ event }) => event.replace(/\*$/, 'something'))
  return [...new Set(named)].filter((event) => !event.startsWith('xstate.'))
}
