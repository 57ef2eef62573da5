import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Chart, ChartState } from '../../../../machines/charts/chart.ts'
import type { ActorSummary } from '../../contract.ts'
import { go } from '../lib/location.ts'
import { hrefOf, toQuery } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { shownChart } from '../lib/shown-chart.ts'
import { useLoad } from '../lib/use-load.ts'
import { Dialog } from './dialog.tsx'
import { Empty, Failure } from './states.tsx'
import { Ago } from './time.tsx'

const MIN_LENGTH = 2

/** Finds an actor by its id, or by the id of a job, a user or a task; and a state of the chart. */
export function Search({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const query = text.trim()
  const url = query.length < MIN_LENGTH ? null : `${API}/actors${toQuery({ q: query })}`
  const found = useLoad<ActorSummary[]>(url)
  const actors = found.data ?? []
  const [chart] = useState(shownChart)
  const states = chart === undefined || query === '' ? [] : statesOf(chart.chart, query)
  const field = useRef<HTMLInputElement>(null)
  // The dialog gives the focus to its first control, which closes it.
  useLayoutEffect(() => field.current?.focus(), [])
  const find = (id: string) => {
    onClose()
    chart?.find(id)
  }
  return (
    <Dialog
      title={chart === undefined ? 'Find an actor' : 'Find an actor or a state'}
      onClose={onClose}
      wide
    >
      <search onKeyDown={moveFocus}>
        <input
          ref={field}
          class="search-input"
          type="text"
          aria-label="Id of an actor, job, user or task"
          placeholder="Id of an actor, job, user or task"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            if (states[0] !== undefined) find(states[0].id)
            else if (actors[0] !== undefined) {
              onClose()
              go(hrefOf.actor(actors[0].actor))
            }
          }}
        />
        {states.length > 0 && (
          <ul class="found" aria-label="States">
            {states.map(({ id, description }) => (
              <li key={id}>
                <button type="button" onClick={() => find(id)}>
                  <span class="mono wrap">{id}</span>
                  <span class="muted">{description}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        <ul class="found" aria-label="Actors">
          {actors.map(({ actor, state, updatedAt }) => (
            <li key={actor}>
              <a href={hrefOf.actor(actor)} onClick={onClose}>
                <span class="mono wrap">{actor}</span>
                <span class="muted">{state}</span>
                <Ago at={updatedAt} />
              </a>
            </li>
          ))}
        </ul>
      </search>
      {found.error && <Failure error={found.error} retry={found.reload} />}
      {url !== null && found.data !== null && actors.length === 0 && states.length === 0 && (
        <Empty title="Nothing found">Whole ids of jobs, users and tasks are looked up.</Empty>
      )}
    </Dialog>
  )
}

const STATES_SHOWN = 8

/** States whose path holds the words; those whose own name begins so come first. */
function statesOf({ states }: Chart, words: string): ChartState[] {
  const wanted = words.toLowerCase()
  return states
    .filter((s) => s.parent !== null && s.id.toLowerCase().includes(wanted))
    .sort((a, b) => Number(b.key.startsWith(wanted)) - Number(a.key.startsWith(wanted)))
    .slice(0, STATES_SHOWN)
}

/** Arrow keys walk from the field through what was found and back. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const box = event.currentTarget
  if (step === undefined || !(box instanceof HTMLElement)) return
  const stops = [...box.querySelectorAll<HTMLElement>('input, a, button')]
  const at = stops.indexOf(document.activeElement as HTMLElement)
  stops[Math.min(stops.length - 1, Math.max(0, at + step))]?.focus()
  event.preventDefault()
}
