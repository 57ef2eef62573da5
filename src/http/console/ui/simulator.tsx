import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { EventObject } from 'xstate'
import type { Moment, Simulation } from '../../../machines/charts/simulation.ts'
import { SAMPLE_VIEW } from '../../../machines/conversation/samples/view.ts'
import { drawScreen } from '../../../machines/conversation/screens/draw.ts'
import { tapsOf } from '../../../machines/conversation/screens/screen.ts'
import { stateName } from '../../../machines/engine/transition.ts'
import { createSimulations } from '../../../machines/simulations.ts'
import { CHARTS } from '../charts.ts'
import type { UserScreen } from '../contract.ts'
import { Chart } from './chart.tsx'
import { hrefOf } from './lib/route.ts'
import { JsonTree } from './parts/json-tree.tsx'
import { Panel } from './parts/page.tsx'
import { TelegramScreen } from './parts/telegram-screen.tsx'
import { Offers } from './simulator-offers.tsx'
import { Steps } from './simulator-steps.tsx'

const simulations = createSimulations()

/** One machine, its chart, and everything that can happen to it next. */
export function Simulator({ id }: { id: string | null }): VNode {
  const name = id !== null && simulations.has(id) ? id : 'conversation'
  const simulation = simulations.get(name) as Simulation
  const [moments, setMoments] = useState<readonly Moment[]>([simulation.begin()])
  const [error, setError] = useState<string | null>(null)
  const [answering, setAnswering] = useState(false)
  const moment = moments.at(-1) as Moment
  const offers = simulation.offers(moment)
  const chart = CHARTS.get(name)
  const screen = name === 'conversation' ? screenOf(moment) : null

  const send = (event: EventObject) => {
    try {
      const after = [simulation.send(moment, event)]
      for (let left = 10; answering && left > 0; left -= 1) {
        const at = after.at(-1) as Moment
        const answer = simulation.offers(at).find((o) => o.group === 'answer')
        if (answer === undefined) break
        after.push(simulation.send(at, answer.event))
      }
      setMoments([...moments, ...after])
      setError(null)
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown))
    }
  }
  const beginnings = Object.keys(simulation.samples.inputs)
  const begin = (beginning: string) => {
    setMoments([simulation.begin(beginning)])
    setError(null)
  }
  const goTo = (step: number) => {
    setMoments(moments.slice(0, step + 1))
    setError(null)
  }
  const sendEdge = (edge: string) => {
    const { event } = chart?.chart.edges.find((e) => e.id === edge) ?? {}
    const offer = offers.find((o) => o.event.type === event && !o.bare)
    if (offer) send(offer.event)
  }

  return (
    <div class="simulator">
      <nav class="simulator-machines" aria-label="Machines">
        {[...simulations.keys()].map((machine) => (
          <a
            key={machine}
            href={hrefOf.simulator(machine)}
            aria-current={machine === name ? 'page' : undefined}
          >
            {machine}
          </a>
        ))}
        <label>
          Begin{' '}
          <select onChange={(event) => begin(event.currentTarget.value)}>
            {beginnings.map((beginning) => (
              <option key={beginning}>{beginning}</option>
            ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={answering}
            onChange={(event) => setAnswering(event.currentTarget.checked)}
          />
          Let effects be answered by themselves
        </label>
      </nav>
      <section class="simulator-stage" aria-label="States">
        {chart && (
          <Chart
            chart={chart}
            active={moment.snapshot._nodes.map((n) => n.id)}
            onSelectEdge={sendEdge}
          />
        )}
      </section>
      <div class="simulator-side">
        <p class="simulator-now" aria-live="polite">
          <b>{stateName(moment.snapshot.value)}</b>
          <button
            type="button"
            class="button"
            disabled={moments.length === 1}
            onClick={() => goTo(moments.length - 2)}
          >
            Step back
          </button>
          <button
            type="button"
            class="button"
            disabled={moments.length === 1}
            onClick={() => goTo(0)}
          >
            Begin again
          </button>
        </p>
        {error !== null && (
          <p class="notice bad" role="alert">
            The machine throws: {error}
          </p>
        )}
        {screen && <TelegramScreen screen={screen} onPress={(event) => send(event)} />}
        <Offers offers={offers} now={moment.at} send={send} />
      </div>
      <Panel title="Steps" class="simulator-steps">
        <Steps moments={moments} goTo={goTo} />
      </Panel>
      <Panel title="Context" class="simulator-context">
        <JsonTree value={moment.snapshot.context} touched={changes(moments)} />
      </Panel>
    </div>
  )
}

/** What the user would see; an unanswered effect may leave the screen before in place. */
function screenOf({ snapshot }: Moment): UserScreen | null {
  const screen = drawScreen(snapshot, SAMPLE_VIEW)
  if (screen === null) return null
  return { text: screen.text, keyboard: screen.keyboard.map((row) => tapsOf([row])) }
}

/** Fields of the context that the last step changed. */
function changes(moments: readonly Moment[]): ReadonlySet<string> {
  const [before, after] = [moments.at(-2), moments.at(-1)].map(
    (m) => (m?.snapshot.context ?? {}) as Record<string, unknown>,
  )
  if (moments.length < 2 || !before || !after) return new Set()
  return new Set(
    Object.keys(after).filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key])),
  )
}
