import type { LetterDetail, LetterItem } from '../../contract.ts'
import { dayTime } from '../lib/format.ts'
import { param, search, setParams } from '../lib/location.ts'
import { numberParam, toQuery } from '../lib/route.ts'
import { API } from '../lib/session.ts'
import { useLoad } from '../lib/use-load.ts'
import { ActionButton } from '../parts/action.tsx'
import { ActorLink } from '../parts/actor-link.tsx'
import { Badge } from '../parts/badge.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ChoiceFilter, Filters, SwitchFilter } from '../parts/filters.tsx'
import { JsonTree } from '../parts/json-tree.tsx'
import { Page } from '../parts/page.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { PagedTable, usePages } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'

const KINDS = [
  ['', 'any'],
  ['event', 'event: it poisoned its actor'],
  ['effect', 'effect: given up'],
  ['callback', 'callback: nobody could use it'],
  ['update', 'update: unreadable'],
  ['snapshot', 'snapshot: no version fits'],
] as const

/** What could not be worked with, kept to be looked at and replayed. */
export function LettersPage() {
  const [kind, all] = [param('kind'), param('all') === '1']
  const pages = usePages<LetterItem>(`${API}/letters${toQuery({ kind, all, limit: 50 })}`)
  const chosen = numberParam(search.value, 'letter')
  return (
    <Page title="Dead letters" about={<p>What could not be worked with, newest first.</p>}>
      <Filters>
        <ChoiceFilter name="kind" label="Kind" value={kind} choices={KINDS} />
        <SwitchFilter name="all" label="With those replayed" on={all} />
      </Filters>
      {kind !== '' && kind !== 'snapshot' && (
        <ActionButton
          name="letter.replay"
          target={`letters:${kind}`}
          possible
          onDone={pages.reload}
          explained
        />
      )}
      <PagedTable
        label="Dead letters"
        pages={pages}
        keyOf={({ id }) => id}
        columns={[
          {
            title: 'Letter',
            cell: ({ id }) => (
              <button type="button" class="text-button" onClick={() => setParams({ letter: id })}>
                {id}
                <span class="sr">: look</span>
              </button>
            ),
          },
          { title: 'Kind', cell: (letter) => <Badge tone="bad">{letter.kind}</Badge> },
          {
            title: 'Of',
            cell: ({ actor, subject }) =>
              actor === null ? <span class="wrap">{subject}</span> : <ActorLink id={actor} />,
          },
          { title: 'Error', cell: ({ error }) => <span class="wrap clamp">{error}</span> },
          { title: 'When', cell: ({ createdAt }) => <Ago at={createdAt} />, end: true },
          {
            title: 'Replayed',
            cell: ({ replayedAt }) => (replayedAt === null ? '–' : <Ago at={replayedAt} />),
            end: true,
          },
        ]}
        empty={<Empty title="No dead letters.">Everything that came could be worked with.</Empty>}
      />
      {chosen !== null && (
        <Letter id={chosen} onClose={() => setParams({ letter: null })} onDone={pages.reload} />
      )}
    </Page>
  )
}

function Letter({ id, onClose, onDone }: { id: number; onClose: () => void; onDone: () => void }) {
  const loaded = useLoad<LetterDetail>(`${API}/letters/${id}`)
  return (
    <Dialog title={`Dead letter ${id}`} onClose={onClose} wide>
      <Show loaded={loaded} lines={8} height={260}>
        {(letter) => (
          <>
            <dl class="facts">
              <div>
                <dt>Kind</dt>
                <dd>{letter.kind}</dd>
              </div>
              <div>
                <dt>Of</dt>
                <dd>{letter.actor === null ? letter.subject : <ActorLink id={letter.actor} />}</dd>
              </div>
              <div>
                <dt>Key</dt>
                <dd class="mono wrap">{letter.key}</dd>
              </div>
              <div>
                <dt>Since</dt>
                <dd>{dayTime(letter.createdAt)}</dd>
              </div>
              <div>
                <dt>Error</dt>
                <dd class="wrap trouble">{letter.error}</dd>
              </div>
            </dl>
            <div class="box">
              <JsonTree value={letter.payload} />
            </div>
            <div class="row end">
              <ActionButton
                name="letter.replay"
                target={`letter:${id}`}
                possible={letter.actions.includes('letter.replay')}
                onDone={() => {
                  loaded.reload()
                  onDone()
                }}
              />
            </div>
          </>
        )}
      </Show>
    </Dialog>
  )
}
