import type { UpdateItem } from '../../contract.ts'
import { param } from '../lib/location.ts'
import { toQuery } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { ActorLink } from '../parts/actor-link.tsx'
import { Filters, TextFilter } from '../parts/filters.tsx'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'
import { PagedTable, usePages } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'

/** What came from outside, and what it became. */
export function UpdatesPage() {
  const user = param('user')
  const pages = usePages<UpdateItem>(`${API}/updates${toQuery({ user, limit: 50 })}`)
  return (
    <Page
      title="Updates"
      about={<p>What came from outside, newest first: messages, taps, callbacks.</p>}
      tools={
        <button type="button" class="button" onClick={pages.reload} disabled={pages.loading}>
          Refresh
        </button>
      }
    >
      <Filters>
        <TextFilter name="user" label="User id" value={user} />
      </Filters>
      <PagedTable
        label="Updates"
        pages={pages}
        keyOf={({ actor, seq }) => `${actor} ${seq}`}
        columns={[
          { title: 'Key', cell: ({ key }) => <span class="mono wrap">{key}</span> },
          { title: 'Event', cell: ({ type }) => <b>{type}</b> },
          { title: 'Actor', cell: ({ actor, seq }) => <ActorLink id={actor} step={seq} /> },
          {
            title: 'From → to',
            cell: ({ from, to }) => (from === null || from === to ? to : `${from} → ${to}`),
          },
          { title: 'When', cell: ({ at }) => <Ago at={at} />, end: true },
        ]}
        empty={<Empty title="Nothing came yet." />}
      />
    </Page>
  )
}
