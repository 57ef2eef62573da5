import { type AnyMachineSnapshot, type AnyStateMachine, createMachine } from 'xstate'
import { type Chart, toChart } from '../machines/charts/chart.ts'
import { INLINE } from '../machines/charts/inline.ts'

/** A machine as far as its definition tells: functions came as their names, and nothing can be run. */
export interface Inspected {
  chart: Chart
  /** Ids of the active states, the root first; empty: the machine has no such state. */
  configurationOf(value: unknown): string[]
  /**
   * Ids of the transitions that an event took, as far as the states before and after tell; empty: several
   * fit, or none does.
   */
  takenBetween(before: readonly string[], event: string, after: readonly string[]): string[]
}

/** Why there is no chart, in words. */
export interface NoChart {
  reason: string
}

const NOT_SENT = 'The app sent no definition: this is no machine, or one that was not sent whole.'

/** What an app that limits the depth of its messages leaves in place of what lies deeper. */
const CUT = /^"?\[(Object|Array)\]"?$/

/** Reads the definition that an app sent of an actor. */
export function readDefinition(text: string | null): Inspected | NoChart {
  const config = parsed(text)
  if (config === undefined || !isTable(config.states)) return { reason: NOT_SENT }
  try {
    const machine = createMachine(withoutCode(config) as never)
    const chart = toChart(machine)
    return { chart, ...reader(machine, chart) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { reason: `Its definition can't be read: ${why}` }
  }
}

export const hasChart = (read: Inspected | NoChart): read is Inspected => 'chart' in read

function reader(machine: AnyStateMachine, chart: Chart): Omit<Inspected, 'chart'> {
  return {
    configurationOf(value) {
      try {
        const snapshot = machine.resolveState({ value, context: {} } as never) as AnyMachineSnapshot
        return snapshot._nodes.map(({ id }) => id)
      } catch {
        return []
      }
    },
    takenBetween(before, event, after) {
      const [was, is] = [new Set(before), new Set(after)]
      const stays = before.length === after.length && before.every((id) => is.has(id))
      const inward = chart.edges
        .filter((edge) => edge.event === event && was.has(edge.source))
        .toSorted((a, b) => b.source.length - a.source.length)
      const fitting = inward.filter(({ targets }) =>
        targets.length === 0 ? stays : targets.every((target) => is.has(target)),
      )
      return fitting.length === 1 ? fitting.map(({ id }) => id) : []
    },
  }
}

function parsed(text: string | null): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return isTable(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where a state holds code, it came as a name, or as nothing that XState could read. */
function withoutCode(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => !isCut(item)).map((item) => withoutCode(item, key))
  }
  if (!isTable(value)) return value
  if (key === 'invoke') return invoked(value)
  const named = value.type === '' ? { ...value, type: INLINE } : value
  return Object.fromEntries(
    Object.entries(named)
      .filter(([name, item]) => !isCut(item) && name !== 'context' && name !== 'output')
      .map(([name, item]) => [name, withoutCode(item, name)]),
  )
}

/** An invoked actor's logic that stands in the machine itself is an object here. */
function invoked(given: Record<string, unknown>): unknown {
  const { src, input: _, ...rest } = given
  const name = typeof src === 'string' && !isCut(src) ? src : nameOf(src, rest.id)
  return { ...(withoutCode(rest) as object), src: name }
}

function nameOf(src: unknown, id: unknown): string {
  const own = isTable(src)
    ? (src.id ?? (src.config as { id?: unknown } | undefined)?.id)
    : undefined
  if (typeof own === 'string' && own !== '') return own
  return typeof id === 'string' ? id : INLINE
}

const isCut = (value: unknown): boolean => typeof value === 'string' && CUT.test(value)
