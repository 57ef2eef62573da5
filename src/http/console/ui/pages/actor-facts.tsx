import { useState } from 'preact/hooks'
import type { ActionName, ActorDetail, ForkResult } from '../../contract.ts'
import { postJson, wordsOf } from '../lib/api.ts'
import { money } from '../lib/format.ts'
import { go, search } from '../lib/location.ts'
import { hrefOf, numberParam } from '../lib/route.ts'
import { API, session } from '../lib/session.ts'
import { ActionButton } from '../parts/action.tsx'
import { ActorLink } from '../parts/actor-link.tsx'
import { JobStatus } from '../parts/badge.tsx'
import { Icon } from '../parts/icon.tsx'
import { Panel } from '../parts/page.tsx'
import { Ago } from '../parts/time.tsx'
import { say } from '../parts/toast.tsx'

const OF_JOB: readonly ActionName[] = ['job.redeliver', 'job.reconcile', 'job.refund']

/** What can be done with an actor from here. */
export function ActorTools({ actor, onDone }: { actor: ActorDetail; onDone: () => void }) {
  const id = actor.actor
  return (
    <>
      {actor.job !== null &&
        OF_JOB.map((name) => (
          <ActionButton
            key={name}
            name={name}
            target={id}
            possible={actor.actions.includes(name)}
            onDone={onDone}
          />
        ))}
      {!actor.revealed && (
        <ActionButton
          name="user.reveal"
          target={id}
          possible={actor.actions.includes('user.reveal')}
          onDone={onDone}
        />
      )}
      <Download actor={actor} />
      {actor.job !== null && (
        <a class="button" href={hrefOf.sequence(actor.job.id)}>
          Sequence
        </a>
      )}
      {session.value?.sandbox && <Fork id={id} last={actor.version} />}
    </>
  )
}

const historyUrl = (id: string) => `${API}/actors/${encodeURIComponent(id)}/history.json`

function Download({ actor }: { actor: ActorDetail }) {
  if (actor.revealed) {
    return (
      <a
        class="button"
        href={historyUrl(actor.actor)}
        download={`${actor.actor.replaceAll(':', '-')}.json`}
        title="For npm run replay"
      >
        <Icon name="download" />
        Download
      </a>
    )
  }
  const why = 'It holds what people wrote: reveal the texts first.'
  return (
    <button type="button" class="button" aria-disabled title={why} onClick={() => say(why, 'bad')}>
      <Icon name="download" />
      Download
      <span class="sr"> ({why})</span>
    </button>
  )
}

/** The same life up to the step that is shown, in a chat of its own; the actor itself is left alone. */
function Fork({ id, last }: { id: string; last: number }) {
  const step = numberParam(search.value, 'step') ?? last
  const [busy, setBusy] = useState(false)
  const fork = async () => {
    setBusy(true)
    try {
      const wanted = { actor: id, seq: step }
      const { actor } = await postJson<ForkResult>(`${API}/sandbox/fork-at`, wanted)
      say(`Forked at step ${step} into ${actor}.`)
      go(hrefOf.actor(actor))
    } catch (error) {
      say(wordsOf(error), 'bad')
    }
    setBusy(false)
  }
  return (
    <button type="button" class="button" disabled={busy} onClick={() => void fork()}>
      <Icon name="fork" />
      {step < last ? `Fork at step ${step}` : 'Fork'}
    </button>
  )
}

/** What belongs to an actor besides its steps: timers that are due, the order, other orders. */
export function ActorFacts({ actor }: { actor: ActorDetail }) {
  const { timers, job, jobs } = actor
  return (
    <>
      <Panel title="Due timers" tools={<small class="muted">{timers.length}</small>}>
        {timers.length === 0 ? (
          <p class="muted pad">None.</p>
        ) : (
          <ul class="timers">
            {timers.map(({ id, seq, dueAt }) => (
              <li key={id}>
                <code>{id}</code> <Ago at={dueAt} />{' '}
                <a href={hrefOf.actor(actor.actor, { step: seq })}>since step {seq}</a>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {job && (
        <Panel title="Order">
          <dl class="facts">
            <div>
              <dt>Model</dt>
              <dd class="wrap">{job.modelId}</dd>
            </div>
            <div>
              <dt>Price</dt>
              <dd>
                {money(job.priceKopecks)} <span class="muted">({job.credits} credits)</span>
              </dd>
            </div>
            <div>
              <dt>Task</dt>
              <dd class="mono wrap">{job.taskId ?? '–'}</dd>
            </div>
            {job.errorCode && (
              <div>
                <dt>Error</dt>
                <dd>
                  <code>{job.errorCode}</code>
                </dd>
              </div>
            )}
            <div>
              <dt>User</dt>
              <dd>
                <ActorLink id={`conversation:${session.value?.botId}:${job.chatId}`} />
              </dd>
            </div>
          </dl>
        </Panel>
      )}
      {jobs.length > 0 && (
        <Panel title="Orders of this chat">
          <ul class="timers">
            {jobs.map((one) => (
              <li key={one.id}>
                <ActorLink id={one.actor} /> <JobStatus status={one.status} />{' '}
                <Ago at={one.createdAt} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}
