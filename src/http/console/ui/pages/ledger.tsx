import type { HoldItem, LedgerItem, LedgerState } from '../../contract.ts'
import { count, dayTime, money, plural } from '../lib/format.ts'
import { param, setParams } from '../lib/location.ts'
import { hrefOf, toQuery } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { useLoad } from '../lib/use-load.ts'
import { ActorLink } from '../parts/actor-link.tsx'
import { Badge, Light } from '../parts/badge.tsx'
import { ChoiceFilter, Filters, TextFilter } from '../parts/filters.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { PagedTable, Table, usePages } from '../parts/table.tsx'
import { Tile, Tiles } from '../parts/tiles.tsx'
import { Ago } from '../parts/time.tsx'

const KINDS = [
  'top_up',
  'bonus',
  'credit',
  'debit',
  'refund',
  'refund_undone',
  'hold',
  'capture',
  'remainder',
  'release',
  'sale_undone',
]

/** The money: what is where, whether it adds up, every entry, every open hold. */
export function LedgerPage() {
  const loaded = useLoad<LedgerState>(`${API}/ledger`)
  const holds = param('show') === 'holds'
  return (
    <Page title="Ledger" about={<p>Double entry: what every account has, and why.</p>}>
      <Show loaded={loaded} height={180} lines={4}>
        {(state) => (
          <>
            <Figures state={state} />
            {state.kinds.length > 0 && (
              <Panel title="Sums of all entries">
                <Table
                  label="Sums by kind"
                  items={state.kinds}
                  keyOf={({ kind }) => kind}
                  columns={[
                    {
                      title: 'Kind',
                      cell: ({ kind }) => <a href={hrefOf.list('ledger', { kind })}>{kind}</a>,
                    },
                    { title: 'Entries', cell: ({ count: n }) => count(n), end: true },
                    { title: 'Sum', cell: ({ kopecks }) => money(kopecks), end: true },
                  ]}
                />
              </Panel>
            )}
          </>
        )}
      </Show>
      <fieldset class="segmented">
        <legend class="sr">Show</legend>
        {(['entries', 'holds'] as const).map((what) => (
          <label key={what}>
            <input
              type="radio"
              name="show"
              checked={holds === (what === 'holds')}
              onChange={() => setParams({ show: what === 'holds' ? what : null })}
            />
            <span>{what === 'holds' ? 'Open holds' : 'Entries'}</span>
          </label>
        ))}
      </fieldset>
      {holds ? <Holds /> : <Entries />}
    </Page>
  )
}

function Figures({ state }: { state: LedgerState }) {
  const { ok, discrepancyKopecks, auditedAt, unbalancedUsers } = state
  const audited = discrepancyKopecks !== null
  return (
    <>
      <Tiles>
        <Tile
          name="Reconciled"
          value={
            <Light tone={audited ? (ok ? 'good' : 'bad') : 'plain'}>
              {audited ? (ok ? 'balanced' : 'off') : 'not yet'}
            </Light>
          }
          note={auditedAt === null ? 'not audited yet' : <Ago at={auditedAt} />}
          tone={audited && !ok ? 'bad' : 'plain'}
        />
        <Tile
          name="Discrepancy"
          value={audited ? money(discrepancyKopecks) : '–'}
          note="must be zero"
        />
        <Tile
          name="Available"
          value={money(state.availableKopecks)}
          note={plural(state.accounts, 'account')}
        />
        <Tile
          name="Held"
          value={money(state.heldKopecks)}
          note={
            <a href={hrefOf.list('ledger', { show: 'holds' })}>
              {plural(state.openHolds, 'open hold')}
            </a>
          }
        />
      </Tiles>
      {unbalancedUsers.length > 0 && (
        <p class="notice bad">
          Balances and entries disagree for{' '}
          {unbalancedUsers.map((user) => (
            <a key={user} href={hrefOf.list('ledger', { user })}>
              {user}{' '}
            </a>
          ))}
        </p>
      )}
    </>
  )
}

function Entries() {
  const [user, ref, kind] = [param('user'), param('ref'), param('kind')]
  const pages = usePages<LedgerItem>(
    `${API}/ledger/entries${toQuery({ user, ref, kind, limit: 50 })}`,
  )
  return (
    <>
      <Filters>
        <TextFilter name="user" label="User id" value={user} />
        <TextFilter name="ref" label="Reference" value={ref} />
        <ChoiceFilter
          name="kind"
          label="Kind"
          value={kind}
          choices={[['', 'any'], ...KINDS.map((name) => [name, name] as const)]}
        />
      </Filters>
      <PagedTable
        label="Entries, newest first"
        pages={pages}
        keyOf={({ id }) => id}
        columns={[
          { title: 'Entry', cell: ({ id }) => id },
          { title: 'Kind', cell: (entry) => <Badge>{entry.kind}</Badge> },
          {
            title: 'From → to',
            cell: ({ source, target }) => `${source} → ${target}`,
          },
          {
            title: 'For',
            cell: ({ actor, ref: what }) =>
              actor === null ? <span class="mono wrap">{what}</span> : <ActorLink id={actor} />,
          },
          {
            title: 'User',
            cell: ({ userId }) => <a href={hrefOf.list('ledger', { user: userId })}>{userId}</a>,
          },
          {
            title: 'When',
            cell: ({ at }) => (
              <span title={dayTime(at)}>
                <Ago at={at} />
              </span>
            ),
            end: true,
          },
          { title: 'Amount', cell: ({ kopecks }) => <b>{money(kopecks)}</b>, end: true },
        ]}
        empty={<Empty title="No entry fits.">Free orders leave none.</Empty>}
      />
    </>
  )
}

function Holds() {
  const pages = usePages<HoldItem>(`${API}/ledger/holds${toQuery({ limit: 50 })}`)
  return (
    <PagedTable
      label="Open holds, oldest first"
      pages={pages}
      keyOf={({ ref, userId }) => `${ref} ${userId}`}
      columns={[
        {
          title: 'For',
          cell: ({ actor, ref }) =>
            actor === null ? <span class="mono wrap">{ref}</span> : <ActorLink id={actor} />,
        },
        { title: 'User', cell: ({ userId }) => userId },
        {
          title: 'Job',
          cell: ({ jobStatus }) => (jobStatus === null ? '–' : <Badge>{jobStatus}</Badge>),
        },
        { title: 'Since', cell: ({ since }) => <Ago at={since} />, end: true },
        { title: 'Amount', cell: ({ kopecks }) => <b>{money(kopecks)}</b>, end: true },
      ]}
      empty={<Empty title="No money is on hold.">A hold lives as long as its job.</Empty>}
    />
  )
}
