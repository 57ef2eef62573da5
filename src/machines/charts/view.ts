import {
  actionText,
  type Chart,
  type ChartAction,
  type ChartEdge,
  type ChartState,
  metaText,
} from './chart.ts'

/** A chart with some compounds closed: what is to be drawn, without positions. */
export interface View {
  /** Parents before children. */
  states: readonly ViewState[]
  edges: readonly ViewEdge[]
  /** Arrows stand without labels. */
  isBare?: true
}

export interface ViewState {
  id: string
  /** How many states are hidden in it; 0: none, it is open or has none. */
  hidden: number
  rows: readonly ViewRow[]
  /** The ways in that many states have alike, where no arrows are drawn for them. */
  common?: { texts: readonly string[]; edges: readonly string[] }
  /** In place of its key, where it stands away from the state that it is in. */
  title?: string
}

/** A line in a state: its tags and meta, what it does on the way in and out, and what it reacts to without leaving. */
export interface ViewRow {
  kind: 'is' | 'invoke' | 'entry' | 'exit' | 'initial' | 'on' | 'again'
  text: string
  guard: string | null
  actions: readonly ChartAction[]
  /** Ids of the transitions that it stands for. */
  edges: readonly string[]
}

/** One arrow: all transitions from one visible state to another. */
export interface ViewEdge {
  /** Id of its first transition; of the further ways of one with several targets `<id>>1` and so on. */
  id: string
  source: string
  target: string
  /** What all of its transitions are; `event` where they differ. */
  kind: ChartEdge['kind']
  /** Leads from a compound to a state in it: from wherever one is there. */
  inward: boolean
  lines: readonly ViewLine[]
}

/** A line of an arrow's label. */
export interface ViewLine {
  text: string
  guard: string | null
  effects: readonly string[]
  /** Ids of the transitions that it stands for. */
  edges: readonly string[]
  /** Where it leads, where no arrow says so. */
  to?: string
}

/** The compounds that may be closed: all but the root. */
export const closable = ({ states }: Chart): ChartState[] => {
  const parents = new Set(states.map((s) => s.parent))
  return states.filter((s) => s.parent !== null && parents.has(s.id))
}

/**
 * The chart with only these compounds open (the root always is). Transitions from or to hidden
 * states are lifted to the closest visible ones; those within a closed compound are left out, and
 * so are rows that only change the context, unless `detailed`. What the root reacts to without being
 * left is one row, unless all is open: the list would be larger than the picture.
 */
export function viewOf(chart: Chart, open: ReadonlySet<string>, detailed = true): View {
  const byId = new Map(chart.states.map((s) => [s.id, s]))
  const isOpen = (id: string) => byId.get(id)?.parent === null || open.has(id)
  const chain = (id: string): string[] => {
    const parent = byId.get(id)?.parent ?? null
    return parent === null ? [id] : [...chain(parent), id]
  }
  /** The state itself, or the outermost closed compound that it is in. */
  const shown = (id: string) => chain(id).find((at, i, all) => i === all.length - 1 || !isOpen(at))
  const hiddenIn = new Map<string, number>()
  for (const { id } of chart.states) {
    const at = shown(id) as string
    if (at !== id) hiddenIn.set(at, (hiddenIn.get(at) ?? 0) + 1)
  }
  const isWhole = closable(chart).every(({ id }) => open.has(id))
  const states = chart.states
    .filter(({ id }) => shown(id) === id)
    .map((state) => ({
      id: state.id,
      hidden: hiddenIn.get(state.id) ?? 0,
      rows:
        state.parent === null && !isWhole
          ? summed(rowsOf(chart, state, detailed))
          : rowsOf(chart, state, detailed),
    }))
  const edges = new Map<string, ViewEdge & { lines: ViewLine[] }>()
  const used = new Set<string>()
  for (const edge of chart.edges) {
    edge.targets.forEach((to, i) => {
      const source = shown(edge.source) as string
      const target = shown(to) as string
      if (source === target) return
      const key = `${source}>${target}`
      const fresh = used.has(edge.id) ? `${edge.id}>${i}` : edge.id
      const { id, kind, lines } = edges.get(key) ?? { ...edge, id: fresh, lines: [] }
      const inward = chain(target).includes(source)
      used.add(id)
      addLine(lines, withMeta(chart, edge))
      edges.set(key, {
        id,
        source,
        target,
        inward,
        kind: kind === edge.kind ? kind : 'event',
        lines,
      })
    })
  }
  return { states, edges: [...edges.values()] }
}

/** Transitions that read the same, e.g. from several hidden states, share a line. */
export function addLine(
  lines: ViewLine[],
  { id, label, guard, actions, targets }: ChartEdge,
): void {
  // Two of its targets are hidden in one state.
  if (lines.some((line) => line.edges.includes(id))) return
  const text = targets.length > 1 ? `${label} ∥` : label
  const effects = actions.filter((a) => a.kind === 'effect').map(actionText)
  const at = lines.findIndex(
    (l) => l.text === text && l.guard === guard && String(l.effects) === String(effects),
  )
  const known = lines[at]
  if (known === undefined) lines.push({ text, guard, effects, edges: [id] })
  else lines[at] = { ...known, edges: [...known.edges, id] }
}

/** What an event means in a state, said by the state itself or by the closest one around it. */
function meaningOf(chart: Chart, event: string, state: string | null): string {
  if (state === null) return ''
  const said = chart.events.find((e) => e.event === event && e.state === state)
  if (said !== undefined) return Object.values(said.meta).join(', ')
  const around = chart.states.find(({ id }) => id === state)?.parent ?? null
  return meaningOf(chart, event, around)
}

/** The transition with what its event means in the label, e.g. `job.failed {below, if shown}`. */
export function withMeta(chart: Chart, edge: ChartEdge): ChartEdge {
  const meaning = meaningOf(chart, edge.event, edge.source)
  return meaning === '' ? edge : { ...edge, label: `${edge.label} {${meaning}}` }
}

/** Tags, meta, and what events mean that the state itself does not take. */
function factsOf({ events, edges }: Chart, { id, tags, meta, parent }: ChartState): ViewRow[] {
  const taken = new Set(edges.filter((e) => e.source === id).map((e) => e.event))
  const told = events.filter((e) => e.state === id && parent !== null && !taken.has(e.event))
  const facts = [
    ...tags,
    ...(Object.keys(meta).length === 0 ? [] : [metaText(meta)]),
    ...told.map((e) => `${e.event} {${Object.values(e.meta).join(', ')}}`),
  ]
  const text = facts.join(', ')
  return text === '' ? [] : [{ kind: 'is', text, guard: null, actions: [], edges: [] }]
}

/** What a state does on the way in, while it is active, and without being left. */
export function rowsOf(chart: Chart, state: ChartState, detailed: boolean): ViewRow[] {
  const { id, entry, exit, initialActions, invokes } = state
  const told = (actions: readonly ChartAction[]) =>
    detailed ? actions : actions.filter((a) => a.kind === 'effect')
  const own = (kind: ViewRow['kind'], actions: readonly ChartAction[]): ViewRow[] =>
    told(actions).length === 0
      ? []
      : [{ kind, text: '', guard: null, actions: told(actions), edges: [] }]
  const staying = chart.edges
    .filter((e) => e.source === id && e.targets.every((target) => target === id))
    .filter((e) => detailed || told(e.actions).length > 0)
    .map((e) => ({ ...withMeta(chart, e), actions: told(e.actions) }))
  // Hardly a state leaves without tidying up: only what is done outside is worth a row.
  const parting = exit.filter((a) => a.kind === 'effect')
  return [
    ...factsOf(chart, state),
    ...invokes.flatMap(({ name }) => own('invoke', [{ name, kind: 'effect' }])),
    ...own('entry', entry),
    ...own('exit', parting),
    ...own('initial', initialActions),
    ...sharedRows(staying),
  ]
}

/** More rows of the same kind than this are one row, with their number. */
const ROWS_APART = 3

function summed(rows: readonly ViewRow[]): ViewRow[] {
  const staying = rows.filter(({ kind }) => kind === 'on')
  if (staying.length <= ROWS_APART) return [...rows]
  const edges = staying.flatMap((row) => row.edges)
  const text = `${edges.length} events without leaving: ${staying.map((row) => row.text).join(', ')}`
  const one: ViewRow = { kind: 'on', text, guard: null, actions: [], edges }
  return [...rows.filter(({ kind }) => kind !== 'on'), one]
}

/** Transitions that do the same under the same guard share a row. */
function sharedRows(edges: readonly ChartEdge[]): ViewRow[] {
  const rows = new Map<string, ViewRow>()
  for (const { id, label, guard, actions, targets } of edges) {
    const kind = targets.length === 0 ? 'on' : 'again'
    const key = JSON.stringify([kind, guard, actions.map(actionText)])
    const known = rows.get(key)
    const text = known === undefined ? label : `${known.text}, ${label}`
    rows.set(key, { kind, text, guard, actions, edges: [...(known?.edges ?? []), id] })
  }
  return [...rows.values()]
}
