import type { VNode } from 'preact'
import type { Moment, Simulation } from '../../../machines/charts/simulation.ts'
import { SAMPLE_VIEW } from '../../../machines/conversation/samples/view.ts'
import { drawScreen } from '../../../machines/conversation/screens/draw.ts'
import { tapsOf } from '../../../machines/conversation/screens/screen.ts'
import { createSimulations } from '../../../machines/simulations.ts'
import { CHARTS } from '../charts.ts'
import type { UserScreen } from '../contract.ts'
import { hrefOf } from './lib/route.ts'
import { TrialView } from './trial.tsx'

const simulations = createSimulations()

/** The bot's own machines, each to be tried alone. */
export function Simulator({ id }: { id: string | null }): VNode {
  const name = id !== null && simulations.has(id) ? id : 'conversation'
  return (
    <TrialView
      key={name}
      trial={simulations.get(name) as Simulation}
      chart={CHARTS.get(name)}
      screenOf={name === 'conversation' ? screenOf : undefined}
      source={{
        imports: [
          '// Belongs into test/machines.',
          `import { createSimulations } from '../../src/machines/simulations.ts'`,
        ],
        trial: `createSimulations().get('${name}') ?? assert.fail()`,
        machine: null,
        name,
      }}
      above={[...simulations.keys()].map((machine) => (
        <a
          key={machine}
          href={hrefOf.simulator(machine)}
          aria-current={machine === name ? 'page' : undefined}
        >
          {machine}
        </a>
      ))}
    />
  )
}

/** What the user would see; an unanswered effect may leave the screen before in place. */
function screenOf({ snapshot }: Moment): UserScreen | null {
  const screen = drawScreen(snapshot, SAMPLE_VIEW)
  if (screen === null) return null
  return { text: screen.text, keyboard: screen.keyboard.map((row) => tapsOf([row])) }
}
