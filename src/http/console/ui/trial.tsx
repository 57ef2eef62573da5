import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { EventObject } from 'xstate'
import type { PositionedChart } from '../../../machines/charts/position.ts'
import {
  readRecord,
  recordOf,
  replayRecord,
  writeRecord,
} from '../../../machines/charts/shared-trial.ts'
import type { Moment, Simulation, Trial } from '../../../machines/charts/simulation.ts'
import { createTaken } from '../../../machines/charts/taken.ts'
import { type TrialSource, trialTest } from '../../../machines/charts/trial-test.ts'
import { stateName } from '../../../machines/engine/transition.ts'
import type { UserScreen } from '../contract.ts'
import { Chart } from './chart.tsx'
import { CopyButton } from './parts/copy-button.tsx'
import { JsonTree } from './parts/json-tree.tsx'
import { Panel } from './parts/page.tsx'
import { TelegramScreen } from './parts/telegram-screen.tsx'
import { Offers } from './simulator-offers.tsx'
import { Steps } from './simulator-steps.tsx'

interface TrialViewProps {
  trial: Trial
  chart: PositionedChart | undefined
  /** What the user would see; null: this machine has no screen. */
  screenOf?: ((moment: Moment) => UserScreen | null) | undefined
  /** How a test makes this trial. */
  source: TrialSource
  /** What stands first above the chart. */
  above?: ComponentChildren
}

const HASH = /^#events=([\w-]+)$/

/** What the address holds of a trial, or else its beginning. */
function begun(trial: Trial): { beginning: string; moments: readonly Moment[] } {
  const record = readRecord(HASH.exec(window.location.hash)?.[1] ?? '')
  const beginning = record?.beginning ?? (trial.beginnings[0] as string)
  return { beginning, moments: replayRecord(trial, record ?? { beginning, events: [] }) }
}

/** One machine, its chart, and everything that can happen to it next; the address holds the way. */
export function TrialView({ trial, chart, screenOf, source, above }: TrialViewProps): VNode {
  const [{ beginning, moments }, setWay] = useState(() => begun(trial))
  const [error, setError] = useState<string | null>(null)
  const [answering, setAnswering] = useState(false)
  const moment = moments.at(-1) as Moment
  const offers = trial.offers(moment)
  const screen = screenOf?.(moment) ?? null

  const setMoments = (next: readonly Moment[], from = beginning) => {
    setWay({ beginning: from, moments: next })
    setError(null)
    const { pathname, search } = window.location
    const hash =
      next.length === 1 && from === trial.beginnings[0]
        ? ''
        : `#events=${writeRecord(recordOf(from, next))}`
    window.history.replaceState(null, '', pathname + search + hash)
  }
  useEffect(() => {
    const follow = () => setWay(begun(trial))
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [trial])

  const send = (event: EventObject) => {
    try {
      const after = [trial.send(moment, event)]
      for (let left = 10; answering && left > 0; left -= 1) {
        const at = after.at(-1) as Moment
        const answer = trial.offers(at).find((o) => o.group === 'answer' && !o.bare)
        if (answer === undefined) break
        after.push(trial.send(at, answer.event))
      }
      setMoments([...moments, ...after])
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown))
    }
  }
  const sendEdge = (edge: string) => {
    const { event } = chart?.chart.edges.find((e) => e.id === edge) ?? {}
    const offer = offers.find((o) => o.event.type === event && !o.bare)
    if (offer) send(offer.event)
  }
  const goTo = (step: number) => setMoments(moments.slice(0, step + 1))
  const isAtBeginning = moments.length === 1

  return (
    <div class="simulator">
      <nav class="simulator-machines" aria-label="Machines">
        {above}
        {trial.beginnings.length > 1 && (
          <label>
            Begin{' '}
            <select
              value={beginning}
              onChange={({ currentTarget: { value } }) => setMoments([trial.begin(value)], value)}
            >
              {trial.beginnings.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
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
            taken={takenIn(trial, moments)}
            onSelectEdge={sendEdge}
          />
        )}
      </section>
      <div class="simulator-side">
        <p class="simulator-now" aria-live="polite">
          <b>{stateName(moment.snapshot.value) || moment.snapshot.machine.id}</b>
          <button
            type="button"
            class="button"
            disabled={isAtBeginning}
            onClick={() => goTo(moments.length - 2)}
          >
            Step back
          </button>
          <button type="button" class="button" disabled={isAtBeginning} onClick={() => goTo(0)}>
            Begin again
          </button>
          <CopyButton label="Copy as test" text={() => trialTest(source, beginning, moments)} />
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
        <JsonTree value={plain(moment.snapshot.context)} touched={changes(moments)} />
      </Panel>
    </div>
  )
}

/** The transitions that the last step took. */
function takenIn(trial: Trial, moments: readonly Moment[]): string[] {
  const [before, last] = moments.slice(-2)
  if (before === undefined || last === undefined || last.event === null) return []
  const definition = 'definition' in trial ? (trial as Simulation).definition : undefined
  const event = definition?.resolveEvent?.(before.snapshot, last.event) ?? last.event
  return createTaken(before.snapshot.machine)(before.snapshot, event)
}

/** Fields of the context that the last step changed. */
function changes(moments: readonly Moment[]): ReadonlySet<string> {
  const [before, after] = [moments.at(-2), moments.at(-1)].map(
    (m) => (m?.snapshot.context ?? {}) as Record<string, unknown>,
  )
  if (moments.length < 2 || !before || !after) return new Set()
  return new Set(
    Object.keys(after).filter(
      (key) => JSON.stringify(plain(after[key])) !== JSON.stringify(plain(before[key])),
    ),
  )
}

/** Contexts of other people's machines may hold actors, which refer to themselves. */
function plain(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value ?? null))
  } catch {
    return String(value)
  }
}
