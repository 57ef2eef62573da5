import type { Chart, ChartAction, ChartEdge, ChartState } from './chart.ts'
import { type ChartTree, treeOf } from './tree.ts'

type Config = Record<string, unknown>

/**
 * The chart as a TypeScript module with one `createMachine` call of plain data, which the importer
 * of Stately Studio reads (https://stately.ai/docs/import-from-code), and which is a machine with
 * the same chart. Implementations are not in it: comments name what is only named.
 */
export function toStately(chart: Chart): string {
  const tree = treeOf(chart)
  const config = { id: chart.id, ...configOf(tree, tree.root) }
  const text = JSON.stringify(config, null, 2).replace(/"([A-Za-z_]\w*)":/g, '$1:')
  const lost = notesOf(chart).map((note) => `// ${note.replace(/\s+/g, ' ')}\n`)
  const head = `import { createMachine } from 'xstate'\n\n${lost.join('')}`
  return `${head}export const machine = createMachine(${text})\n`
}

/** What stands in the machine as code, and here only as a name. */
function notesOf(chart: Chart): string[] {
  const actions = [
    ...chart.states.flatMap((s) => [...s.entry, ...s.exit, ...s.initialActions]),
    ...chart.edges.flatMap((e) => e.actions),
  ]
  const named = new Set([
    ...actions.filter((a) => a.builtIn !== undefined).map((a) => a.name),
    ...chart.edges.flatMap(({ condition, guard }) =>
      condition === null || 'name' in condition ? [] : [guard as string],
    ),
    ...chart.states.flatMap((s) => s.invokes.filter((i) => i.src === null).map((i) => i.name)),
  ])
  return named.size === 0 ? [] : ['Only named here, code in the machine:', ...named]
}

function configOf(tree: ChartTree, state: ChartState): Config {
  const { id, type, history, initial, description, tags, parent, invokes } = state
  const edges = tree.edges(id).filter((e) => e.event !== ROUTE)
  const route = tree.edges(tree.root.id).find((e) => e.event === ROUTE && e.targets[0] === id)
  const toConfig = (edge: ChartEdge) => transitionOf(tree, edge)
  const keyed = (some: readonly ChartEdge[], keyOf: (e: ChartEdge) => string) =>
    Object.fromEntries(
      [...Map.groupBy(some, keyOf)].map(([key, group]) => [key, group.map(toConfig)]),
    )
  const own = new Set(
    invokes.flatMap((i) => [`done.actor.${i.id}`, `error.actor.${i.id}`, `snapshot.${i.id}`]),
  )
  const isInvoked = ({ event }: ChartEdge) => own.has(event.replace('xstate.', ''))
  const isDone = ({ event }: ChartEdge) => event === `xstate.done.state.${id}`
  const named = edges.filter(
    (e) => e.event !== '' && e.delay === null && !isDone(e) && !isInvoked(e),
  )
  const start = initial === null ? undefined : tree.state(initial).key
  const { initialActions } = state
  return dropEmpty({
    id: parent === null ? undefined : id,
    type: type === 'atomic' || type === 'compound' ? undefined : type,
    history: history ?? undefined,
    target: type === 'history' && initial !== null ? reference(tree, initial) : undefined,
    initial:
      type !== 'compound'
        ? undefined
        : initialActions.length === 0
          ? start
          : { target: start, actions: initialActions.map(actionConfig) },
    description,
    tags,
    meta: metaOf(tree.chart, state),
    route: route && routeOf(toConfig(route)),
    invoke: invokes.map(({ id: actor, isNamed, name, src }) => {
      const of = (kind: string) =>
        edges.filter((e) => e.event === `xstate.${kind}.${actor}`).map(toConfig)
      return dropEmpty({
        id: isNamed ? actor : undefined,
        src: src ?? name,
        onDone: of('done.actor'),
        onError: of('error.actor'),
        onSnapshot: of('snapshot'),
      })
    }),
    entry: state.entry.map(actionConfig),
    exit: state.exit.map(actionConfig),
    always: edges.filter((e) => e.event === '').map(toConfig),
    on: keyed(named, (e) => e.event),
    after: keyed(
      edges.filter((e) => e.delay !== null),
      (e) => e.delay as string,
    ),
    onDone: edges.filter(isDone).map(toConfig),
    states: Object.fromEntries(
      tree.children(id).map((child) => [child.key, configOf(tree, child)]),
    ),
  })
}

/** As `toChart` read it. */
function metaOf({ events }: Chart, { id, meta }: ChartState): Config {
  const own = events.filter((e) => e.state === id).map((e) => [e.event, e.meta])
  return own.length === 0 ? { ...meta } : { ...meta, events: Object.fromEntries(own) }
}

/** The event that asks for a state by its id. */
const ROUTE = 'xstate.route'

/** An empty object would be dropped; XState only looks whether there is one. */
const routeOf = ({ target: _, ...rest }: Config): Config => ({ reenter: false, ...rest })

/** `#id` as XState reads it: dots part the way down, unless they are escaped. */
function reference({ root, state }: ChartTree, id: string): string {
  const path = (at: ChartState): string[] =>
    at.parent === null ? [root.id] : [...path(state(at.parent)), at.key]
  const keys = path(state(id))
  const isPlain = !/[.\\]/.test(id) || (id === keys.join('.') && !keys.some((k) => /[.\\]/.test(k)))
  return `#${isPlain ? id : id.replace(/[.\\]/g, '\\$&')}`
}

function actionConfig({ name, params }: ChartAction): unknown {
  return params === undefined ? name : { type: name, params }
}

function guardConfig({ guard, condition }: ChartEdge): unknown {
  if (condition === null) return undefined
  return 'name' in condition && condition.params !== undefined
    ? { type: condition.name, params: condition.params }
    : (guard ?? undefined)
}

function transitionOf(tree: ChartTree, edge: ChartEdge): Config {
  const { targets, actions, reenter, description } = edge
  const named = targets.map((id) => reference(tree, id))
  return dropEmpty({
    target: named.length > 1 ? named : named[0],
    guard: guardConfig(edge),
    actions: actions.map(actionConfig),
    reenter: reenter || undefined,
    description,
  })
}

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
