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
  const [chosen, setChosen] = useState(0)
  const query = text.trim()
  const url = query.length < MIN_LENGTH ? null : `${API}/actors${toQuery({ q: query })}`
  const found = useLoad<ActorSummary[]>(url)
  const actors = found.data ?? []
  const current = Math.min(chosen, Math.max(0, actors.length - 1))
  const open = (actor: ActorSummary | undefined) => {
    if (actor === undefined) return
    onClose()
    go(hrefOf.actor(actor.actor))
  }
  return (
    <Dialog title="Find an actor" onClose={onClose} wide>
      <input
        class="search-input"
        type="text"
        role="combobox"
        aria-label="Id of an actor, job, user or task"
        aria-expanded={actors.length > 0}
        aria-controls="found"
        aria-activedescendant={actors.length > 0 ? `found-${current}` : undefined}
        placeholder="Id of an actor, job, user or task"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setChosen(Math.min(current + 1, actors.length - 1))
          else if (event.key === 'ArrowUp') setChosen(Math.max(current - 1, 0))
          else if (event.key === 'Enter') open(actors[current])
          else return
          event.preventDefault()
        }}
      />
      <ul class="found" id="found" role="listbox" aria-label="Actors">
        {actors.map((actor, i) => (
          <li
            key={actor.actor}
            id={`found-${i}`}
            role="option"
            aria-selected={i === current}
            onClick={() => open(actor)}
            onMouseMove={() => setChosen(i)}
          >
            <span class="mono">{actor.actor}</span>
            <span class="muted">{actor.state}</span>
            <Ago at={actor.updatedAt} />
          </li>
        ))}
      </ul>
      {found.error && <Failure error={found.error} retry={found.reload} />}
      {url !== null && found.data !== null && actors.length === 0 && (
        <Empty title="Nothing found">Whole ids of jobs, users and tasks are looked up.</Empty>
      )}
    </Dialog>
  )
}
