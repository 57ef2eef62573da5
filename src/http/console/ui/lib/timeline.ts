import type { EffectStatus, Step } from '../../contract.ts'
import { gapMark } from './format.ts'

/** What a timeline needs to know of a step. */
export type TimelineStep = Pick<
  Step,
  'seq' | 'at' | 'event' | 'meaning' | 'effects' | 'difference' | 'from' | 'to'
>

/** A line of the timeline: a step, or the mark of a long silence. */
export type Row<S extends TimelineStep> =
  | { kind: 'step'; step: S }
  | { kind: 'gap'; key: string; text: string }

/** What happened, in the words of the machine: what a tap stood for rather than the tap. */
export const eventName = ({ meaning, event }: Pick<Step, 'meaning' | 'event'>): string =>
  meaning?.type ?? event.type

/** The first word of an event's name: what the noise toggles hide and show. */
const kindOf = (step: Pick<Step, 'meaning' | 'event'>): string =>
  eventName(step).split('.')[0] ?? ''

const BAD_EVENT = /\.(failed|refused|rejected|hiccup|lost|expired)$/
const BAD_STATUS: readonly EffectStatus[] = ['dead', 'repeating']

/** Whether something went wrong at this step: its event, one of its effects, or the journal. */
export const isFailed = (step: TimelineStep): boolean =>
  BAD_EVENT.test(step.event.type) ||
  step.difference !== null ||
  step.effects.some(({ status }) => BAD_STATUS.includes(status))

/** The kinds of a life with how often each happened, the most frequent first. */
export function kindsOf(steps: readonly TimelineStep[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const step of steps) counts.set(kindOf(step), (counts.get(kindOf(step)) ?? 0) + 1)
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind))
}

export interface Filter {
  /** Kinds that are not shown. */
  hidden: readonly string[]
  failedOnly: boolean
}

/** The steps that a filter leaves. */
export const visibleSteps = <S extends TimelineStep>(steps: readonly S[], filter: Filter): S[] =>
  steps.filter(
    (step) => !filter.hidden.includes(kindOf(step)) && (!filter.failedOnly || isFailed(step)),
  )

/** The lines of a timeline, oldest first, with a mark where long nothing happened. */
export function rowsOf<S extends TimelineStep>(steps: readonly S[]): Row<S>[] {
  const rows: Row<S>[] = []
  let before: S | undefined
  for (const step of steps) {
    const text = before === undefined ? null : gapMark(before.at, step.at)
    if (text !== null) rows.push({ kind: 'gap', key: `gap-${step.seq}`, text })
    rows.push({ kind: 'step', step })
    before = step
  }
  return rows
}

/** The step to go to from `seq` over what is visible; stays at the ends. */
export function neighbour(
  visible: readonly { seq: number }[],
  seq: number | null,
  direction: 1 | -1,
): number | null {
  if (visible.length === 0) return seq
  const ordered = direction === 1 ? visible : [...visible].reverse()
  const next = ordered.find((step) => seq === null || (step.seq - seq) * direction > 0)
  return next?.seq ?? seq
}

/** Puts newer or older pages of steps into those that are known; a later reading wins. */
export function mergeSteps<S extends { seq: number }>(
  known: readonly S[],
  read: readonly S[],
): S[] {
  const bySeq = new Map([...known, ...read].map((step) => [step.seq, step]))
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

/** How many states of the steps before are marked. */
const TRAIL = 4

/** The innermost states of the steps before the one that is shown, the newest last. */
export function trailOf(
  steps: readonly Pick<Step, 'seq' | 'configuration'>[],
  seq: number | null,
): string[] {
  const before = steps.filter((s) => seq !== null && s.seq < seq).slice(-TRAIL)
  return before.flatMap(({ configuration }) => configuration.at(-1) ?? [])
}
