import { useEffect } from 'preact/hooks'
import type { ActorDetail, Step, StepDetail } from '../../contract.ts'
import { addShortcuts } from '../lib/keys.ts'
import { follow } from '../lib/live.ts'
import { param, search, setParams } from '../lib/location.ts'
import { hrefOf, listParam, numberParam } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { neighbour, trailOf, visibleSteps } from '../lib/timeline.ts'
import { type Loaded, useLoad } from '../lib/use-load.ts'
import { CATCH_UP_MS, type Steps, useSteps } from '../lib/use-steps.ts'
import { Badge } from '../parts/badge.tsx'
import { FollowSwitch } from '../parts/follow-switch.tsx'
import { FOLLOW, LiveChart } from '../parts/live-chart.tsx'
import { Page } from '../parts/page.tsx'
import { Failure, Skeleton } from '../parts/states.tsx'
import { Ago } from '../parts/time.tsx'
import { goToStep, Travel } from '../parts/travel.tsx'
import { ActorFacts, ActorTools } from './actor-facts.tsx'
import { Inspector } from './actor-inspector.tsx'
import { Timeline } from './actor-timeline.tsx'

/** One actor: where it is, all that ever happened to it, and how it was at any step. */
export function ActorPage({ id }: { id: string }) {
  const detail = useLoad<ActorDetail>(`${API}/actors/${encodeURIComponent(id)}`)
  const wanted = numberParam(search.value, 'step')
  const steps = useSteps(id, wanted)
  const seq = wanted ?? (steps.steps === null ? null : steps.lastSeq)
  const step = steps.steps?.find((one) => one.seq === seq) ?? null
  const detailUrl = seq === null ? null : `${API}/actors/${encodeURIComponent(id)}/steps/${seq}`
  const stepDetail = useLoad<StepDetail>(detailUrl)

  const { onStep, onEffect } = steps
  const { reload } = detail
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const reloadSoon = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        reload()
      }, CATCH_UP_MS)
    }
    const leave = follow(
      { actor: id },
      {
        actor: (message) => {
          if (message.actor !== id) return
          onStep(message)
          reloadSoon()
        },
        effect: (message) => message.actor === id && onEffect(message),
      },
    )
    return () => {
      clearTimeout(timer)
      leave()
    }
  }, [id])
  const filter = {
    hidden: listParam(search.value, 'hide'),
    failedOnly: param('failed') === '1',
  }
  const visible = visibleSteps(steps.steps ?? [], filter)
  useTravel(visible, seq, steps.lastSeq, filter.failedOnly)

  return (
    <Page
      title={id}
      heading={<span class="mono wrap">{id}</span>}
      above={<a href={hrefOf.machine(id.split(':')[0] ?? '')}>{id.split(':')[0]}</a>}
      about={<About detail={detail} step={step} lastSeq={steps.lastSeq} />}
      tools={detail.data && <ActorTools actor={detail.data} onDone={() => renew(detail, steps)} />}
      class="wide actor"
    >
      {detail.error && detail.data === null ? (
        <Failure error={detail.error} retry={reload} />
      ) : (
        <div class="life">
          <Timeline {...{ steps, visible, seq, filter }} />
          <section class="stage" aria-label="Chart">
            <Travel
              firstSeq={steps.firstSeq}
              lastSeq={steps.lastSeq}
              seq={seq}
              told={step === null ? undefined : `${step.seq}: ${step.event.type}, then ${step.to}`}
            >
              <FollowSwitch
                on={param('open', FOLLOW) === FOLLOW}
                onChange={() =>
                  setParams(
                    { open: param('open', FOLLOW) === FOLLOW ? 'full' : null },
                    { replace: true },
                  )
                }
              />
            </Travel>
            {detail.data === null ? (
              <Skeleton lines={9} height={420} />
            ) : (
              <LiveChart
                url={detail.data.chart}
                active={step?.configuration ?? detail.data.configuration}
                taken={step?.taken}
                trail={trailOf(steps.steps ?? [], seq)}
                view={param('open', FOLLOW)}
                onView={(view) => setParams({ open: view }, { replace: true })}
              />
            )}
          </section>
          <Inspector
            {...{ step, steps: steps.steps ?? [], detail: stepDetail }}
            facts={detail.data && <ActorFacts actor={detail.data} />}
          />
        </div>
      )}
    </Page>
  )
}

function renew(detail: Loaded<ActorDetail>, steps: Steps): void {
  detail.reload()
  steps.reload()
}

/** What is said of the actor belongs to the step that is shown. */
function About(props: { detail: Loaded<ActorDetail>; step: Step | null; lastSeq: number }) {
  const { detail, step, lastSeq } = props
  const actor = detail.data
  if (actor === null) return <p>&nbsp;</p>
  if (step !== null && step.seq < lastSeq) {
    return (
      <p class="row">
        <Badge tone="plain">{step.to}</Badge>
        <span class="muted">
          at step {step.seq} of {lastSeq}, <Ago at={step.at} />
        </span>
      </p>
    )
  }
  return (
    <p class="row">
      <Badge tone={actor.status === 'done' ? 'plain' : 'busy'}>{actor.state}</Badge>
      <span class="muted">
        {actor.status === 'done' ? 'ended' : 'moved'} <Ago at={actor.updatedAt} />, began{' '}
        <Ago at={actor.createdAt} />
      </span>
    </p>
  )
}

/** j and k walk over what is visible, f leaves what failed, the end follows what comes. */
function useTravel(
  visible: Step[],
  seq: number | null,
  lastSeq: number,
  failedOnly: boolean,
): void {
  const to = (next: number | null) => goToStep(next, lastSeq)
  // From where the address is now: presses come faster than pages are drawn.
  const from = () => numberParam(search.peek(), 'step') ?? (seq === null ? null : lastSeq)
  useEffect(() =>
    addShortcuts([
      { key: 'j', label: 'Next step', run: () => to(neighbour(visible, from(), 1)) },
      { key: 'k', label: 'Step before', run: () => to(neighbour(visible, from(), -1)) },
      { key: 'l', label: 'Last step, and follow', run: () => to(lastSeq) },
      {
        key: 'f',
        label: 'Only steps that failed',
        run: () => setParams({ failed: !failedOnly }, { replace: true }),
      },
    ]),
  )
}
