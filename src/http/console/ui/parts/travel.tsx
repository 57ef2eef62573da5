import type { ComponentChildren } from 'preact'
import { setParams } from '../lib/location.ts'

/** Shows a step; the newest is what is shown when the address names none. */
export const goToStep = (step: number | null, lastSeq: number): void =>
  setParams({ step: step !== null && step < lastSeq ? step : null }, { replace: true })

interface TravelProps {
  firstSeq: number
  lastSeq: number
  /** The step that is shown; null: the newest. */
  seq: number | null
  /** That step in words. */
  told: string | undefined
  children?: ComponentChildren
}

/** The slider through time. */
export function Travel({ firstSeq, lastSeq, seq, told, children }: TravelProps) {
  const value = seq ?? lastSeq
  return (
    <div class="travel">
      <label for="travel">
        Step <b data-testid="step">{value}</b>
        <span class="muted"> of {lastSeq}</span>
      </label>
      <input
        id="travel"
        type="range"
        min={firstSeq}
        max={Math.max(firstSeq, lastSeq)}
        value={value}
        disabled={lastSeq <= firstSeq}
        aria-valuetext={told}
        onInput={(event) => goToStep(Number(event.currentTarget.value), lastSeq)}
      />
      {value >= lastSeq ? (
        <span class="light good">newest</span>
      ) : (
        <button type="button" class="button small" onClick={() => goToStep(null, lastSeq)}>
          To the newest
        </button>
      )}
      {children}
    </div>
  )
}
