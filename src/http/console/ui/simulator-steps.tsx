import type { VNode } from 'preact'
import type { Moment } from '../../../machines/charts/simulation.ts'
import { stateName } from '../../../machines/engine/transition.ts'
import { JsonTree } from './parts/json-tree.tsx'

interface StepsProps {
  moments: readonly Moment[]
  goTo(step: number): void
}

/** What happened so far, the newest first; a step can be gone back to. */
export const Steps = ({ moments, goTo }: StepsProps): VNode => (
  <ol class="steps" reversed>
    {moments
      .map((moment, step) => (
        <li key={step}>
          <button
            type="button"
            class="button quiet"
            aria-current={step === moments.length - 1 ? 'step' : undefined}
            onClick={() => goTo(step)}
          >
            <b>{moment.event?.type ?? 'the beginning'}</b> → {stateName(moment.snapshot.value)}
          </button>
          {moment.effects.map(({ type, params }, i) => (
            <details key={i}>
              <summary>{type}</summary>
              <JsonTree value={params} />
            </details>
          ))}
        </li>
      ))
      .reverse()}
  </ol>
)
