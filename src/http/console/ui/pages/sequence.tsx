import { useEffect } from 'preact/hooks'
import type { Sequence, SequenceArrow, SequenceParty } from '../../contract.ts'
import { clockTime, plural, span } from '../lib/format.ts'
import { follow } from '../lib/live.ts'
import { go } from '../lib/location.ts'
import { hrefOf } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { useLoad } from '../lib/use-load.ts'
import { useNarrow } from '../lib/use-narrow.ts'
import { ActorLink } from '../parts/actor-link.tsx'
import { Page } from '../parts/page.tsx'
import { Show } from '../parts/states.tsx'

/** One order as messages between those who take part: each arrow is a row of a journal. */
export function SequencePage({ id }: { id: string }) {
  const actor = `job:${id}`
  const loaded = useLoad<Sequence>(`${API}/jobs/${encodeURIComponent(id)}/sequence`)
  const { reload } = loaded
  const isNarrow = useNarrow()
  useEffect(
    () => follow({ actor }, { actor: (message) => message.actor === actor && reload() }),
    [actor],
  )
  return (
    <Page
      title={`Sequence of ${id}`}
      heading="Sequence"
      above={<ActorLink id={actor} />}
      about={
        <p>
          Every solid arrow is a step in a journal: press it to see the step. Dashed ones are what
          the step asked for. Long silences are squeezed.{' '}
          {loaded.data && <b>{plural(loaded.data.arrows.length, 'step')}</b>}
        </p>
      }
      class="wide"
    >
      <Show loaded={loaded} height={480} lines={12}>
        {(sequence) => (
          <section class="shown sequence" aria-label="Sequence diagram">
            {isNarrow ? <Messages sequence={sequence} /> : <Diagram sequence={sequence} />}
          </section>
        )}
      </Show>
    </Page>
  )
}

const LEFT = 96
const COLUMN = 176
const HEAD = 44
const STEP = 46
const ASK = 24
const GAP = 34
/** A silence longer than this is marked, and takes no more room than any other. */
const SILENCE_MS = 10_000

const NAMES: Record<SequenceParty, string> = {
  user: 'User',
  conversation: 'Conversation',
  job: 'Job',
  provider: 'Provider',
  telegram: 'Telegram',
  money: 'Money',
  operator: 'Operator',
}

interface Placed {
  arrow: SequenceArrow
  y: number
  /** How long nothing happened before it; null: not long. */
  silence: number | null
}

function placed(arrows: readonly SequenceArrow[]): { rows: Placed[]; height: number } {
  let y = HEAD + 14
  const rows = arrows.map((arrow, i): Placed => {
    const before = arrows[i - 1]
    const ms = before === undefined ? 0 : arrow.at - before.at
    const silence = ms >= SILENCE_MS ? ms : null
    if (silence !== null) y += GAP
    const row = { arrow, y: y + 18, silence }
    y += STEP + arrow.asks.length * ASK
    return row
  })
  return { rows, height: y + 10 }
}

function Diagram({ sequence: { parties, arrows } }: { sequence: Sequence }) {
  const { rows, height } = placed(arrows)
  const x = (party: SequenceParty) => LEFT + COLUMN * (parties.indexOf(party) + 0.5)
  const width = LEFT + COLUMN * parties.length
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no other way to say it
    <svg role="group" aria-label="Messages in time" width={width} height={height}>
      <defs>
        <marker
          id="sequence-head"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          orient="auto-start-reverse"
        >
          <path d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      {parties.map((party) => (
        <g key={party} class="sequence-party">
          <line x1={x(party)} x2={x(party)} y1={HEAD} y2={height} />
          <rect x={x(party) - 64} y={8} width={128} height={28} rx={8} />
          <text x={x(party)} y={27}>
            {NAMES[party]}
          </text>
        </g>
      ))}
      {rows.map(({ arrow, y, silence }) => (
        <g key={`${arrow.actor} ${arrow.seq}`}>
          {silence !== null && (
            <g class="sequence-silence">
              <line x1={LEFT} x2={width - 8} y1={y - 34} y2={y - 34} />
              <text x={8} y={y - 30}>
                {span(silence)}
              </text>
            </g>
          )}
          <Arrow arrow={arrow} y={y} x={x} />
        </g>
      ))}
    </svg>
  )
}

const eventName = (event: string) => event.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1')

/** The same for a phone: one message below the other, each with who tells whom. */
const Messages = ({ sequence: { arrows } }: { sequence: Sequence }) => (
  <ol class="sequence-messages">
    {placed(arrows).rows.map(({ arrow, silence }) => {
      const { actor, seq, from, to, event, tookMs, slow, at, asks } = arrow
      return (
        <li key={`${actor} ${seq}`}>
          {silence !== null && <p class="sequence-pause">{span(silence)}</p>}
          <a
            class={`sequence-arrow${slow ? ' slow' : ''}`}
            href={hrefOf.actor(actor, { step: seq })}
            data-actor={actor}
            data-seq={seq}
          >
            <time>{clockTime(at, true)}</time>
            <span>
              {NAMES[from]}
              {from !== to && ` → ${NAMES[to]}`}
            </span>
            <b>{eventName(event)}</b>
            {tookMs !== null && (
              <small>
                {span(tookMs)}
                {slow ? ' slow' : ''}
              </small>
            )}
          </a>
          {asks.map(({ effect, party }, i) => (
            <p key={i} class="sequence-asked">
              {effect} → {NAMES[party]}
            </p>
          ))}
        </li>
      )
    })}
  </ol>
)

interface ArrowProps {
  arrow: SequenceArrow
  y: number
  x: (party: SequenceParty) => number
}

function Arrow({ arrow, y, x }: ArrowProps) {
  const { actor, seq, from, to, event, state, tookMs, slow, at, asks } = arrow
  const href = hrefOf.actor(actor, { step: seq })
  const [begin, end] = [x(from), x(to)]
  const isOwn = from === to
  const name = eventName(event)
  const took = tookMs === null ? '' : ` ${span(tookMs)}`
  const told = `${clockTime(at)} ${NAMES[from]} to ${NAMES[to]}: ${name}, then ${state}${took}${slow ? ', slow' : ''}`
  const middle = isOwn ? begin + 34 : (begin + end) / 2
  return (
    <>
      <a
        class={`sequence-arrow${slow ? ' slow' : ''}`}
        href={href}
        data-actor={actor}
        data-seq={seq}
        onClick={(pressed) => {
          if (pressed.metaKey || pressed.ctrlKey || pressed.shiftKey) return
          pressed.preventDefault()
          go(href)
        }}
      >
        <title>{told}</title>
        <rect
          class="sequence-hit"
          x={0}
          y={y - 20}
          width={Math.max(begin, end) + 150}
          height={34}
        />
        <text class="sequence-time" x={8} y={y + 4}>
          {clockTime(at, true)}
        </text>
        <path
          d={
            isOwn
              ? `M${begin} ${y - 8}h26v14h-24`
              : `M${begin} ${y}H${end + (end > begin ? -1 : 1)}`
          }
        />
        <text class={isOwn ? 'sequence-own' : ''} x={middle} y={isOwn ? y + 3 : y - 6}>
          {name}
          {took !== '' && (
            <tspan class="sequence-took">
              {took}
              {slow ? ' slow' : ''}
            </tspan>
          )}
        </text>
      </a>
      {asks.map(({ effect, party }, i) => {
        const level = y + 22 + i * ASK
        const [a, b] = [x(to), x(party)]
        return (
          <g key={i} class="sequence-ask">
            <path d={`M${a} ${level}H${b + (b > a ? -1 : 1)}`} />
            <text x={(a + b) / 2} y={level - 4}>
              {effect}
            </text>
          </g>
        )
      })}
    </>
  )
}
