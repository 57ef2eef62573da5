import type { ActionRecord } from '../../contract.ts'
import { toQuery } from '../lib/route.ts'
import { API, session } from '../lib/session.ts'
import { ActorLink } from '../parts/actor-link.tsx'
import { Badge, type Tone } from '../parts/badge.tsx'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'
import { PagedTable, usePages } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'

const TONES: Record<ActionRecord['outcome'], Tone> = { asked: 'busy', done: 'good', refused: 'bad' }

/** What operators did from here, and why. */
export function ActionsPage() {
  const pages = usePages<ActionRecord>(`${API}/actions${toQuery({ limit: 50 })}`)
  const allowed = session.value?.actions ?? []
  return (
    <Page
      title="Actions"
      about={
        <p>
          What operators did from the console.{' '}
          {allowed.length === 0
            ? 'This console only shows: CONSOLE_ACTIONS lists nothing.'
            : `Allowed here: ${allowed.join(', ')}.`}
        </p>
      }
    >
      <PagedTable
        label="Actions"
        pages={pages}
        keyOf={({ id }) => id}
        columns={[
          { title: 'Who', cell: ({ who }) => who },
          { title: 'What', cell: ({ name }) => <code>{name}</code> },
          {
            title: 'With',
            cell: ({ target, seq }) =>
              target.startsWith('letter:') ? target : <ActorLink id={target} step={seq} />,
          },
          { title: 'Why', cell: ({ why }) => <span class="wrap">{why}</span> },
          {
            title: 'Outcome',
            cell: ({ outcome, detail }) => (
              <>
                <Badge tone={TONES[outcome]}>{outcome}</Badge> {detail}
              </>
            ),
          },
          { title: 'When', cell: ({ at }) => <Ago at={at} />, end: true },
        ]}
        empty={<Empty title="Nobody did anything yet." />}
      />
    </Page>
  )
}
