import { useEffect, useRef } from 'preact/hooks'
import type { InspectActor, InspectStep, InspectStepDetail } from '../../contract.ts'
import { clockTime } from '../lib/format.ts'
import { addShortcuts } from '../lib/keys.ts'
import { search } from '../lib/location.ts'
import { hrefOf, numberParam, toQuery } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { useLoad } from '../lib/use-load.ts'
import { Badge } from '../parts/badge.tsx'
import { JsonTree, touchedPaths } from '../parts/json-tree.tsx'
import { LiveChart } from '../parts/live-chart.tsx'
import { Panel } from '../parts/page.tsx'
import { Empty, Failure, Skeleton } from '../parts/states.tsx'
import { goToStep, Travel } from '../parts/travel.tsx'
import { Changes } from './actor-inspector.tsx'

/** One actor of another program: lit on its chart, and how it was at any step that is kept. */
export function InspectedActorView({ id, lastSeq }: { id: string; lastSeq: number }) {
  const wanted = numberParam(search.value, 'step')
  const loaded = useLoad<InspectActor>(
    `${API}/inspect/actors/${encodeURIComponent(id)}${toQuery({ step: wanted })}`,
  )
  const { data, error, reload } = loaded
  const read = useRef(lastSeq)
  // It has moved since it was read
  useEffect(() => {
    if (read.current !== lastSeq) reload()
    read.current = lastSeq
  }, [lastSeq])
  const seq = wanted ?? data?.lastSeq ?? 0
  useWalk(data, seq)
  if (data === null && error !== null) {
    return error.code === 'actor.unknown' ? (
      <Empty title="This actor is no longer kept." />
    ) : (
      <Failure error={error} retry={reload} />
    )
  }
  if (data === null) return <Skeleton lines={12} height={480} />
  return (
    <div class="life inspected-actor">
      <Steps actor={data} seq={data.step?.seq ?? seq} />
      <section class="stage" aria-label="Chart">
        <Travel
          firstSeq={data.firstSeq}
          lastSeq={data.lastSeq}
          seq={seq}
          told={
            data.step === null
              ? undefined
              : `${data.step.seq}: ${data.step.event}, then ${data.step.state ?? data.step.status}`
          }
        />
        {data.chart === null ? (
          <NoChart actor={data} />
        ) : (
          <LiveChart
            url={data.chart}
            active={data.step?.configuration ?? []}
            taken={data.step?.taken ?? []}
          />
        )}
      </section>
      <aside class="details" aria-label="Step">
        {data.step !== null && <Detail step={data.step} />}
        <Family actor={data} />
      </aside>
    </div>
  )
}

/** j and k walk over the steps, l follows the newest. */
function useWalk(actor: InspectActor | null, seq: number): void {
  const at = useRef(seq)
  at.current = seq
  useEffect(() => {
    if (actor === null) return
    const { firstSeq, lastSeq } = actor
    const step = (by: number) => {
      at.current = Math.min(lastSeq, Math.max(firstSeq, at.current + by))
      goToStep(at.current, lastSeq)
    }
    return addShortcuts([
      { key: 'j', label: 'Next step', run: () => step(1) },
      { key: 'k', label: 'Step before', run: () => step(-1) },
      { key: 'l', label: 'Last step, and follow', run: () => step(lastSeq) },
    ])
  }, [actor?.firstSeq, actor?.lastSeq])
}

/** What is known of an actor whose machine nobody sent: the states that it was seen in. */
function NoChart({ actor }: { actor: InspectActor }) {
  const states = [...new Set(actor.steps.flatMap(({ state }) => state ?? []))]
  return (
    <Empty title="There is no chart of this actor.">
      <p data-testid="no-chart">{actor.noChart}</p>
      {states.length > 0 && (
        <>
          <p>It was seen in:</p>
          <ul class="plain">
            {states.map((state) => (
              <li key={state}>
                <Badge tone={state === actor.step?.state ? 'busy' : 'plain'}>{state}</Badge>
              </li>
            ))}
          </ul>
        </>
      )}
    </Empty>
  )
}

function Steps({ actor, seq }: { actor: InspectActor; seq: number }) {
  const { steps, firstSeq, lastSeq } = actor
  const list = useRef<HTMLOListElement>(null)
  // Follows the step
  useEffect(() => {
    const current = list.current?.querySelector('[aria-current]')
    if (!list.current || !(current instanceof HTMLElement)) return
    const [area, box] = [list.current.getBoundingClientRect(), current.getBoundingClientRect()]
    if (box.top < area.top || box.bottom > area.bottom) {
      list.current.scrollTop += box.top - area.top - area.height / 2
    }
  }, [seq, steps.length])
  return (
    <section class="timeline" aria-label="Events">
      <ol class="steps" ref={list}>
        {firstSeq > 1 && (steps[0]?.seq ?? 0) <= firstSeq && (
          <li class="gap">
            <span>Steps 1 to {firstSeq - 1} are no longer kept.</span>
          </li>
        )}
        {steps.map((step) => (
          <li key={step.seq} class="step">
            <StepButton step={step} current={step.seq === seq} last={lastSeq} app={actor.app} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function StepButton(props: { step: InspectStep; current: boolean; last: number; app: number }) {
  const { step, current, last, app } = props
  return (
    <button
      type="button"
      aria-current={current ? 'step' : undefined}
      onClick={() => goToStep(step.seq, last)}
    >
      <span class="step-head">
        <small>{step.seq}</small>
        <b>{step.event}</b>
        <time dateTime={new Date(step.at).toISOString()}>{clockTime(step.at, true)}</time>
      </span>
      <span class="step-move">
        <i aria-hidden="true">→</i>{' '}
        <b>{step.state ?? (step.unanswered ? 'not told' : 'no state')}</b>
        {step.from !== null && <span>by {step.from.slice(`${app}/`.length)}</span>}
      </span>
    </button>
  )
}

function Detail({ step }: { step: InspectStepDetail }) {
  return (
    <>
      <Panel title={step.event} tools={<small class="muted">{clockTime(step.at, true)}</small>}>
        <div class="pad">
          {step.unanswered && (
            <p class="muted">The app did not say how this event left the actor.</p>
          )}
          {Object.keys(step.payload).length === 0 ? (
            <p class="muted">It carries nothing.</p>
          ) : (
            <JsonTree value={step.payload} />
          )}
        </div>
      </Panel>
      <Panel title="What changed" tools={<small class="muted">{step.diff.length}</small>}>
        <Changes changes={step.diff} />
      </Panel>
      <Panel title="Context after it">
        <div class="pad">
          <JsonTree value={step.context} touched={touchedPaths(step.diff)} />
        </div>
      </Panel>
      {(step.output != null || step.error != null) && (
        <Panel title={step.error != null ? 'Error' : 'Output'}>
          <div class="pad">
            <JsonTree value={step.error ?? step.output} />
          </div>
        </Panel>
      )}
    </>
  )
}

function Family({ actor: { parent, parentName, children, app } }: { actor: InspectActor }) {
  const link = (id: string, name: string) => (
    <>
      <a href={hrefOf.inspect(id)}>{name}</a>{' '}
      <small class="muted mono">{id.slice(`${app}/`.length)}</small>
    </>
  )
  if (parent === null && children.length === 0) return null
  return (
    <Panel title="Family">
      <dl class="facts">
        {parent !== null && (
          <div>
            <dt>Parent</dt>
            <dd>{parentName === null ? 'no longer kept' : link(parent, parentName)}</dd>
          </div>
        )}
        {children.length > 0 && (
          <div>
            <dt>Children</dt>
            <dd>
              <ul class="plain">
                {children.map(({ id, name }) => (
                  <li key={id}>{link(id, name)}</li>
                ))}
              </ul>
            </dd>
          </div>
        )}
      </dl>
    </Panel>
  )
}
