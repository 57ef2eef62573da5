import { render } from 'preact'
import type { AnyStateMachine } from 'xstate'
import { createAnyTrial } from '../../../machines/charts/any-trial.ts'
import type { PositionedChart } from '../../../machines/charts/position.ts'
import type { TrialSource } from '../../../machines/charts/trial-test.ts'
import { Chart } from './chart.tsx'
import { followKeys } from './lib/keys.ts'
import { followTheme } from './lib/theme.ts'
import { TrialView } from './trial.tsx'
import './styles/base.css'
import './styles/shell.css'
import './styles/parts.css'
import './styles/pages.css'
import './chart.css'
import './simulator.css'

export interface Viewed {
  chart: PositionedChart
  /** Loads the machine itself; fails where its code needs what a browser has not. */
  load: () => Promise<AnyStateMachine>
  /** The same chart without any code: guards hold, actions do nothing. */
  bare: () => AnyStateMachine
  source: TrialSource
}

/** A page that shows one machine, and lets one try it; nothing is asked from any server. */
export async function startViewer({ chart, load, bare, source }: Viewed): Promise<void> {
  followTheme()
  followKeys()
  const root = document.getElementById('root') as HTMLElement
  render(<Page chart={chart}>{<Chart chart={chart} />}</Page>, root)
  let problem: string | null = null
  const machine = await load().catch((error: unknown) => {
    problem = error instanceof Error ? error.message : String(error)
    return bare()
  })
  const begun = attempt(machine) ?? attempt(bare())
  render(
    <Page chart={chart}>
      {problem !== null && (
        <p class="notice">
          Its code does not run in a browser ({problem}): here all guards hold and actions do
          nothing.
        </p>
      )}
      {begun === null ? (
        <Chart chart={chart} />
      ) : (
        <TrialView trial={begun} chart={chart} source={source} />
      )}
    </Page>,
    root,
  )
}

/** A trial of the machine, if it begins without an input. */
function attempt(machine: AnyStateMachine) {
  const trial = createAnyTrial(machine)
  try {
    trial.begin()
    return trial
  } catch {
    return null
  }
}

function Page({ chart, children }: { chart: PositionedChart; children: unknown }) {
  const { id, description, states, edges } = chart.chart
  return (
    <main class="page wide viewer">
      <header class="page-head">
        <div>
          <h1>{id}</h1>
          <div class="about">
            <p>
              {description}{' '}
              <span class="muted">
                {states.length} states, {edges.length} transitions
              </span>
            </p>
          </div>
        </div>
      </header>
      {children as never}
    </main>
  )
}
