import { useEffect, useRef } from 'preact/hooks'
import type { Step, StepEffect } from '../../contract.ts'
import { clockTime, day } from '../lib/format.ts'
import { setParams } from '../lib/location.ts'
import { eventName, type Filter, isFailed, kindsOf, rowsOf } from '../lib/timeline.ts'
import type { Steps } from '../lib/use-steps.ts'
import { Empty, Failure, Skeleton } from '../parts/states.tsx'

/** Every event of a life, oldest first, with gaps marked and noise left out on demand. */
export function Timeline(props: {
  steps: Steps
  visible: Step[]
  seq: number | null
  filter: Filter
}) {
  const { steps, visible, seq, filter } = props
  const list = useRef<HTMLOListElement>(null)
  const loaded = steps.steps !== null
  // Follows the step, not the list's identity
  useEffect(() => bringIntoView(list.current), [seq, loaded, visible.length])
  return (
    <section class="timeline" aria-label="Events">
      <Noise steps={steps.steps ?? []} filter={filter} />
      {steps.error && <Failure error={steps.error} retry={steps.reload} />}
      {!loaded && !steps.error && <Skeleton lines={14} height={420} />}
      {steps.steps?.length === 0 && (
        <Empty title="No step is kept any more.">
          The journal of an actor that has long been still is dropped; its row remains.
        </Empty>
      )}
      {steps.steps !== null && steps.steps.length > 0 && visible.length === 0 && (
        <Empty title={filter.failedOnly ? 'Nothing failed here.' : 'No steps are left.'}>
          {steps.steps?.length} steps are filtered out.
        </Empty>
      )}
      <ol class="steps" ref={list}>
        {steps.older && (
          <li class="more">
            <button type="button" class="text-button" onClick={steps.older}>
              Older steps
            </button>
          </li>
        )}
        {!steps.older && steps.firstSeq > 1 && (
          <li class="gap">
            <span>
              {steps.firstSeq === 2 ? 'Step 1 is' : `Steps 1 to ${steps.firstSeq - 1} are`} no
              longer kept.
            </span>
          </li>
        )}
        {rowsOf(visible).map((row) =>
          row.kind === 'gap' ? (
            <li key={row.key} class="gap">
              <span>{row.text}</span>
            </li>
          ) : (
            <Line
              key={row.step.seq}
              step={row.step}
              current={row.step.seq === seq}
              last={steps.lastSeq}
            />
          ),
        )}
        {steps.newer && (
          <li class="more">
            <button type="button" class="text-button" onClick={steps.newer}>
              Newer steps
            </button>
          </li>
        )}
      </ol>
    </section>
  )
}

/** Scrolls the list only, never the page around it. */
function bringIntoView(list: HTMLOListElement | null): void {
  const current = list?.querySelector('[aria-current]')
  if (!list || !(current instanceof HTMLElement)) return
  const [area, box] = [list.getBoundingClientRect(), current.getBoundingClientRect()]
  if (box.top < area.top) list.scrollTop -= area.top - box.top + area.height / 3
  else if (box.bottom > area.bottom) list.scrollTop += box.bottom - area.bottom + area.height / 3
}

function Noise({ steps, filter }: { steps: Step[]; filter: Filter }) {
  const toggle = (kind: string) => {
    const hidden = filter.hidden.includes(kind)
      ? filter.hidden.filter((one) => one !== kind)
      : [...filter.hidden, kind]
    setParams({ hide: hidden.join(',') }, { replace: true })
  }
  return (
    <fieldset class="noise">
      <legend class="sr">Kinds of events</legend>
      <button
        type="button"
        class="chip bad"
        aria-pressed={filter.failedOnly}
        title="Only what failed (f)"
        onClick={() => setParams({ failed: !filter.failedOnly }, { replace: true })}
      >
        failed only
      </button>
      {kindsOf(steps).map(({ kind, count }) => (
        <button
          key={kind}
          type="button"
          class="chip"
          aria-pressed={!filter.hidden.includes(kind)}
          onClick={() => toggle(kind)}
        >
          {kind} <small>{count}</small>
        </button>
      ))}
    </fieldset>
  )
}

function Line({ step, current, last }: { step: Step; current: boolean; last: number }) {
  const { seq, at, key, from, to, effects } = step
  const moved = from !== to
  return (
    <li class={isFailed(step) ? 'step failed' : 'step'}>
      <button
        type="button"
        aria-current={current ? 'step' : undefined}
        onClick={() => setParams({ step: seq === last ? null : seq }, { replace: true })}
      >
        <span class="step-head">
          <small>{seq}</small>
          <b>{eventName(step)}</b>
          <time dateTime={new Date(at).toISOString()} title={`${day(at)} ${clockTime(at, true)}`}>
            {clockTime(at)}
          </time>
        </span>
        <span class="step-move">
          {moved ? (
            <>
              {from !== null && <span>{from}</span>} <i aria-hidden="true">→</i>
              <span class="sr">to</span> <b>{to}</b>
            </>
          ) : (
            <span>stays in {to}</span>
          )}
        </span>
        {effects.length > 0 && (
          <span class="step-effects">
            {effects.map((effect, i) => (
              <EffectDot key={i} effect={effect} />
            ))}
          </span>
        )}
        <span class="step-key mono">{key}</span>
      </button>
    </li>
  )
}

const EffectDot = ({ effect: { type, status } }: { effect: StepEffect }) => (
  <span class={`effect ${status}`}>
    {type}
    <span class="sr">: {status}</span>
  </span>
)
