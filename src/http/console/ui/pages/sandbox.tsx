import { useState } from 'preact/hooks'
import type { ForkResult } from '../../contract.ts'
import { ApiError, postJson } from '../lib/api.ts'
import { hrefOf } from '../lib/route.ts'
import { API, session } from '../lib/session.ts'
import { ActorLink } from '../parts/actor-link.tsx'
import { ClockButtons, useSandbox } from '../parts/clock.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'

/** What only the sandbox has: a clock to advance, and lives to be lived again. */
export function SandboxPage() {
  const sandbox = useSandbox()
  const chat = session.value?.chatUrl
  return (
    <Page
      title="Sandbox"
      about={<p>Everything here is on this computer: nothing can break.</p>}
      tools={
        chat && (
          <a class="button accent" href={chat} data-load>
            Open the chat
          </a>
        )
      }
    >
      <Panel title="Clock">
        <div class="pad">
          <ClockButtons sandbox={sandbox} />
        </div>
        <Show loaded={sandbox} height={120}>
          {({ due }) =>
            due.length === 0 ? (
              <Empty title="No timer waits.">Order something in the chat, then look again.</Empty>
            ) : (
              <Table
                label="Due timers"
                items={due}
                keyOf={({ actor, id }) => `${actor} ${id}`}
                columns={[
                  { title: 'Timer', cell: ({ id }) => <code class="wrap">{id}</code> },
                  { title: 'Actor', cell: ({ actor }) => <ActorLink id={actor} /> },
                  { title: 'Due', cell: ({ dueAt }) => <Ago at={dueAt} />, end: true },
                ]}
              />
            )
          }
        </Show>
      </Panel>
      <Fork />
    </Page>
  )
}

/** Lives a downloaded history again, in a chat of its own. */
function Fork() {
  const [made, setMade] = useState<ForkResult | null>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const fork = async (file: File) => {
    setMade(null)
    setTrouble(null)
    try {
      const history: unknown = JSON.parse(await file.text())
      setMade(await postJson<ForkResult>(`${API}/sandbox/fork`, history))
    } catch (error) {
      if (error instanceof ApiError) setTrouble(error.message)
      else setTrouble('This file is not a downloaded history.')
    }
  }
  return (
    <Panel title="Fork an actor into the sandbox">
      <div class="pad stack">
        <p class="muted">
          Choose a history that was downloaded from an actor's page, here or in production. A new
          actor gets the same life, and answers in a chat of its own.
        </p>
        <label class="file">
          History
          <input
            type="file"
            accept="application/json,.json"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0]
              if (file) void fork(file)
            }}
          />
        </label>
        {trouble && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        {made && (
          <p role="status">
            Forked: <ActorLink id={made.actor} />,{' '}
            <a href={`${session.value?.chatUrl ?? '/'}#${made.chatId}`} data-load>
              its chat
            </a>{' '}
            or <a href={hrefOf.live(made.actor)}>its live chart</a>.
          </p>
        )}
      </div>
    </Panel>
  )
}
