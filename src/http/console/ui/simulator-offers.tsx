import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import type { EventObject } from 'xstate'
import type { Offer } from '../../../machines/charts/simulation.ts'

interface OffersProps {
  offers: readonly Offer[]
  /** Unix ms of the simulated clock. */
  now: number
  send(event: EventObject): void
}

const GROUPS = [
  { group: 'answer', title: 'Answers to effects' },
  { group: 'timer', title: 'Timers' },
  { group: 'state', title: 'Events of this state' },
  { group: 'root', title: 'Events of every state' },
] as const

/** All that can happen next, by where it comes from. */
export function Offers({ offers, now, send }: OffersProps): VNode {
  return (
    <div class="offers">
      {GROUPS.map(({ group, title }) => {
        const some = offers.filter((o) => o.group === group)
        if (some.length === 0) return null
        return (
          <details key={group} open={group !== 'root' || some.length === offers.length}>
            <summary>
              {title} <span class="muted">{some.length}</span>
            </summary>
            <ul>
              {some.map((offer) => (
                <OfferRow key={JSON.stringify(offer.event)} {...{ offer, now, send }} />
              ))}
            </ul>
          </details>
        )
      })}
      {offers.length === 0 && <p class="muted">Nothing can happen any more.</p>}
    </div>
  )
}

function OfferRow({ offer, now, send }: { offer: Offer } & Omit<OffersProps, 'offers'>) {
  const { event, bare, dueAt } = offer
  const [editing, setEditing] = useState(false)
  const { type, ...params } = event as EventObject & Record<string, unknown>
  const told = Object.keys(params).length === 0 ? '' : JSON.stringify(params)
  const name = type.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1')
  return (
    <li>
      <div class="offer">
        <button type="button" class="button" disabled={bare} onClick={() => send(event)}>
          {name}
        </button>
        <code title={told}>{dueAt === undefined ? told : `in ${seconds(dueAt - now)}`}</code>
        {dueAt === undefined && (
          <button
            type="button"
            class="button quiet"
            aria-expanded={editing}
            title={`Change what ${name} carries`}
            onClick={() => setEditing(!editing)}
          >
            …<span class="sr"> change what {name} carries</span>
          </button>
        )}
      </div>
      {editing && <EventForm {...{ type, params, send }} />}
    </li>
  )
}

const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`

/** A field for every parameter, and JSON for all else. */
function EventForm(props: {
  type: string
  params: Record<string, unknown>
  send(event: EventObject): void
}) {
  const { type, params, send } = props
  const [problem, setProblem] = useState<string | null>(null)
  const submit = (form: HTMLFormElement) => {
    const fields = new FormData(form)
    try {
      const given = Object.keys(params).map((name) => [name, read(fields.get(name), params[name])])
      const more: unknown = JSON.parse(String(fields.get('more') || '{}'))
      send({ ...Object.fromEntries(given), ...(more as object), type })
      setProblem(null)
    } catch {
      setProblem('This is not JSON.')
    }
  }
  return (
    <form
      class="offer-form"
      onSubmit={(event) => {
        event.preventDefault()
        submit(event.currentTarget)
      }}
    >
      {Object.entries(params).map(([name, value]) => (
        <label key={name}>
          {name}
          <input
            name={name}
            defaultValue={typeof value === 'string' ? value : JSON.stringify(value)}
          />
        </label>
      ))}
      <label>
        More, as JSON
        <input name="more" placeholder="{}" />
      </label>
      {problem !== null && <p role="alert">{problem}</p>}
      <button type="submit" class="button">
        Send
      </button>
    </form>
  )
}

/** What was typed, in the type of the sample. */
function read(typed: FormDataEntryValue | null, sample: unknown): unknown {
  const text = String(typed ?? '')
  return typeof sample === 'string' ? text : JSON.parse(text)
}
