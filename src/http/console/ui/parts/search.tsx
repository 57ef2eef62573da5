import { useState } from 'preact/hooks'
import type { ActorSummary } from '../../contract.ts'
import { go } from '../lib/location.ts'
import { hrefOf, toQuery } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { useLoad } from '../lib/use-load.ts'
import { Dialog } from './dialog.tsx'
import { Empty, Failure } from './states.tsx'
import { Ago } from './time.tsx'

const MIN_LENGTH = 2

/** Finds an actor by its id, or by the id of a job, a user or a task. */
export function Search({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const query = text.trim()
  const url = query.length < MIN_LENGTH ? null : `${API}/actors${toQuery({ q: query })}`
  const found = useLoad<ActorSummary[]>(url)
  const actors = found.data ?? []
  return (
    <Dialog title="Find an actor" onClose={onClose} wide>
      <search onKeyDown={moveFocus}>
        <input
          class="search-input"
          type="text"
          aria-label="Id of an actor, job, user or task"
          placeholder="Id of an actor, job, user or task"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || actors[0] === undefined) return
            onClose()
            go(hrefOf.actor(actors[0].actor))
          }}
        />
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
      {url !== null && found.data !== null && actors.length === 0 && (
        <Empty title="Nothing found">Whole ids of jobs, users and tasks are looked up.</Empty>
      )}
    </Dialog>
  )
}

/** Arrow keys walk from the field through what was found and back. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const box = event.currentTarget
  if (step === undefined || !(box instanceof HTMLElement)) return
  const stops = [...box.querySelectorAll<HTMLElement>('input, a')]
  const at = stops.indexOf(document.activeElement as HTMLElement)
  stops[Math.min(stops.length - 1, Math.max(0, at + step))]?.focus()
  event.preventDefault()
}
