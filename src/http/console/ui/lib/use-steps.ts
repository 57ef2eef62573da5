import { useEffect, useRef, useState } from 'preact/hooks'
import type { LiveMessages, Step, StepPage } from '../../contract.ts'
import { ApiError, getJson } from './api.ts'
import { resumed } from './live.ts'
import { toQuery } from './route.ts'
import { API } from './session.ts'
import { mergeSteps } from './timeline.ts'

/** The part of an actor's life that is loaded: one stretch without holes. */
export interface Steps {
  steps: Step[] | null
  firstSeq: number
  lastSeq: number
  error: ApiError | null
  older: (() => void) | null
  newer: (() => void) | null
  reload(): void
  onStep(message: LiveMessages['actor']): void
  onEffect(message: LiveMessages['effect']): void
}

const PAGE = 100
/** A busy actor is caught up with this often at most: the page must not drown in its steps. */
export const CATCH_UP_MS = 250

interface Stretch {
  steps: Step[] | null
  firstSeq: number
  lastSeq: number
  error: ApiError | null
}

const NOTHING: Stretch = { steps: null, firstSeq: 1, lastSeq: 0, error: null }

/** Loads the steps around `wanted`, or the newest ones, and follows what comes. */
export function useSteps(actor: string, wanted: number | null): Steps {
  const [stretch, setStretch] = useState(NOTHING)
  const newest = useRef(stretch)
  newest.current = stretch
  const base = `${API}/actors/${encodeURIComponent(actor)}/steps`

  const read = async (from: number | null, keep: boolean, limit = PAGE) => {
    try {
      const page = await getJson<StepPage>(base + toQuery({ from, limit }))
      setStretch((before) => ({
        steps: keep ? mergeSteps(before.steps ?? [], page.steps) : page.steps,
        firstSeq: page.firstSeq,
        lastSeq: Math.max(page.lastSeq, keep ? before.lastSeq : 0),
        error: null,
      }))
    } catch (thrown) {
      const error = thrown instanceof ApiError ? thrown : new ApiError(0, String(thrown))
      setStretch((before) => ({ ...before, error }))
    }
  }
  const around = (seq: number) => read(Math.max(1, seq - PAGE / 2), false)

  /** What came while the page was catching up; null: it is not. */
  const waiting = useRef<number | null>(null)
  const catchUp = async (end: number) => {
    waiting.current = end
    await read(end + 1, true)
    setTimeout(() => {
      const { steps, lastSeq } = newest.current
      const [came, shown] = [waiting.current ?? 0, steps?.at(-1)?.seq ?? 0]
      waiting.current = null
      if (came > shown && shown >= lastSeq) void catchUp(shown)
    }, CATCH_UP_MS)
  }

  const gaps = resumed.value
  // Another actor or a gap begins anew
  useEffect(() => {
    void (wanted === null ? read(null, false) : around(wanted))
  }, [actor, gaps])

  const { steps, firstSeq, lastSeq } = stretch
  const first = steps?.[0]?.seq
  const last = steps?.at(-1)?.seq
  const inside =
    first === undefined || last === undefined || isInside(wanted ?? lastSeq, first, last)
  // Only leaving the stretch loads another
  useEffect(() => {
    if (inside) return
    void (wanted === null ? read(null, false) : around(wanted))
  }, [inside, wanted])

  return {
    ...stretch,
    older:
      first === undefined || first <= firstSeq
        ? null
        : () => void read(Math.max(firstSeq, first - PAGE), true, Math.min(PAGE, first - firstSeq)),
    newer: last === undefined || last >= lastSeq ? null : () => void read(last + 1, true),
    reload: () => void (wanted === null ? read(null, false) : around(wanted)),
    onStep({ seq }) {
      if (waiting.current !== null) {
        waiting.current = Math.max(waiting.current, seq)
        return
      }
      const now = newest.current
      const end = now.steps?.at(-1)?.seq ?? 0
      // Whoever looks at the end sees what comes; elsewhere only the end moves on.
      if (end >= now.lastSeq && seq > end) void catchUp(end)
      else setStretch((before) => ({ ...before, lastSeq: Math.max(before.lastSeq, seq) }))
    },
    onEffect({ seq, index, type, status }) {
      setStretch((before) => ({
        ...before,
        steps:
          before.steps?.map((step) =>
            step.seq !== seq
              ? step
              : {
                  ...step,
                  effects: step.effects.map((effect) =>
                    effect.index === index && effect.type === type ? { ...effect, status } : effect,
                  ),
                },
          ) ?? null,
      }))
    },
  }
}

const isInside = (seq: number, first: number, last: number) => seq >= first && seq <= last
