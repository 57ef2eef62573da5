import { useState } from 'preact/hooks'
import type { ActionName, JobItem } from '../../contract.ts'
import { money } from '../lib/format.ts'
import { param } from '../lib/location.ts'
import { hrefOf, toQuery } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { ActionButton } from '../parts/action.tsx'
import { ActorLink } from '../parts/actor-link.tsx'
import { JobStatus } from '../parts/badge.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ChoiceFilter, Filters, SwitchFilter, TextFilter } from '../parts/filters.tsx'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'
import { PagedTable, usePages } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'

const STATES = [
  'preparing',
  'pending',
  'creating',
  'retrying',
  'created',
  'unknown',
  'delivering',
  'delivered',
  'failed',
]
const HOUR = 3_600_000
const AGES = [
  ['', 'any'],
  [`older:${HOUR / 6}`, 'older than 10 min'],
  [`older:${HOUR}`, 'older than 1 h'],
  [`older:${24 * HOUR}`, 'older than 1 day'],
  [`newer:${HOUR}`, 'last hour'],
  [`newer:${24 * HOUR}`, 'last 24 h'],
  [`newer:${7 * 24 * HOUR}`, 'last 7 days'],
] as const

const ACTIONS: readonly ActionName[] = ['job.redeliver', 'job.reconcile', 'job.refund']

/** Orders, by what is asked; the address holds the question. */
export function JobsPage() {
  const [state, model, user] = [param('state'), param('model'), param('user')]
  const [direction, ms] = param('age').split(':')
  const open = param('open') === '1'
  const query = toQuery({
    state,
    model,
    user,
    open,
    olderMs: direction === 'older' ? ms : null,
    newerMs: direction === 'newer' ? ms : null,
    limit: 50,
  })
  const pages = usePages<JobItem>(`${API}/jobs${query}`)
  const [chosen, setChosen] = useState<JobItem | null>(null)
  return (
    <Page title="Jobs" about={<p>Every order, newest first.</p>}>
      <Filters>
        <ChoiceFilter
          name="state"
          label="State"
          value={state}
          choices={[['', 'any'], ...STATES.map((name) => [name, name] as const)]}
        />
        <TextFilter name="model" label="Model" value={model} />
        <TextFilter name="user" label="User id" value={user} />
        <ChoiceFilter name="age" label="Age" value={param('age')} choices={AGES} />
        <SwitchFilter name="open" label="Not ended yet" on={open} />
      </Filters>
      <PagedTable
        label="Jobs"
        pages={pages}
        keyOf={({ id }) => id}
        columns={[
          { title: 'Job', cell: ({ actor }) => <ActorLink id={actor} /> },
          {
            title: 'State',
            cell: ({ status, errorCode }) => (
              <>
                <JobStatus status={status} /> {errorCode && <code class="wrap">{errorCode}</code>}
              </>
            ),
          },
          { title: 'Model', cell: ({ modelId }) => <span class="wrap">{modelId}</span> },
          {
            title: 'User',
            cell: ({ userId }) => <a href={hrefOf.list('jobs', { user: userId })}>{userId}</a>,
          },
          { title: 'Price', cell: ({ priceKopecks }) => money(priceKopecks), end: true },
          { title: 'Made', cell: ({ createdAt }) => <Ago at={createdAt} />, end: true },
          {
            title: 'Actions',
            cell: (job) => (
              <button
                type="button"
                class="button small"
                aria-label={`Actions for ${job.id}`}
                onClick={() => setChosen(job)}
              >
                Actions
              </button>
            ),
            end: true,
          },
        ]}
        empty={<Empty title="No job fits.">Change the filters, or wait for the next order.</Empty>}
      />
      {chosen && (
        <Dialog title="Actions" onClose={() => setChosen(null)}>
          <p>
            <ActorLink id={chosen.actor} /> <JobStatus status={chosen.status} />{' '}
            <a href={hrefOf.sequence(chosen.id)}>Sequence</a>
          </p>
          <JobActions
            job={chosen}
            onDone={() => {
              setChosen(null)
              pages.reload()
            }}
          />
        </Dialog>
      )}
    </Page>
  )
}

const JobActions = ({ job, onDone }: { job: JobItem; onDone: () => void }) => (
  <ul class="choices">
    {ACTIONS.map((name) => (
      <li key={name}>
        <ActionButton
          name={name}
          target={job.actor}
          possible={job.actions.includes(name)}
          onDone={onDone}
          explained
        />
      </li>
    ))}
  </ul>
)
