import type { ComponentChildren } from 'preact'
import type { ContextChange, LogLine, Step, StepDetail, StepEffect } from '../../contract.ts'
import { clockTime, dayTime } from '../lib/format.ts'
import { hrefOf } from '../lib/route.ts'
import { eventName } from '../lib/timeline.ts'
import type { Loaded } from '../lib/use-load.ts'
import { Badge, StatusBadge } from '../parts/badge.tsx'
import { JsonTree, Leaf, touchedPaths } from '../parts/json-tree.tsx'
import { Panel } from '../parts/page.tsx'
import { Show, Skeleton } from '../parts/states.tsx'
import { TelegramScreen } from '../parts/telegram-screen.tsx'
import { Ago } from '../parts/time.tsx'

/** What one step did: the screen that the user had then, what changed, what was to be done. */
export function Inspector(props: {
  step: Step | null
  steps: Step[]
  detail: Loaded<StepDetail>
  facts: ComponentChildren
}) {
  const { step, steps, detail, facts } = props
  if (step === null) {
    return (
      <aside class="details" aria-label="Step">
        <Skeleton lines={10} height={420} />
      </aside>
    )
  }
  return (
    <aside class="details" aria-label="Step">
      <ScreenThen step={step} steps={steps} />
      <Panel title={eventName(step)} tools={<small class="muted">{dayTime(step.at)}</small>}>
        {step.difference && (
          <p class="notice bad">
            The journal and today's machine disagree at <code>{step.difference.path}</code>.
          </p>
        )}
        <div class="pad">
          <JsonTree value={unstamped(step.event)} />
          {step.meaning && <JsonTree value={{ meaning: unstamped(step.meaning) }} />}
        </div>
      </Panel>
      <Panel title="What changed" tools={<small class="muted">{step.diff.length}</small>}>
        <Changes changes={step.diff} />
      </Panel>
      <Panel title="Effects" tools={<small class="muted">{step.effects.length}</small>}>
        <Effects effects={step.effects} />
      </Panel>
      <Panel title="Context after it">
        <div class="pad">
          <Show loaded={detail} lines={6} height={160}>
            {({ context }) => <JsonTree value={context} touched={touchedPaths(step.diff)} />}
          </Show>
        </div>
      </Panel>
      <Panel title="Logs of this step">
        <Show loaded={detail} lines={2}>
          {({ logs }) => <Logs logs={logs} />}
        </Show>
      </Panel>
      {facts}
    </aside>
  )
}

/** What every event carries says nothing about this one. */
const unstamped = ({ at: _at, rnd: _rnd, ...event }: Step['event']) => event

/** The newest screen up to this step: a step that draws none leaves the one before. */
function ScreenThen({ step, steps }: { step: Step; steps: Step[] }) {
  const shown = [...steps].reverse().find(({ seq, screen }) => seq <= step.seq && screen !== null)
  if (!shown?.screen) return null
  const tap = steps.find(({ seq, meaning }) => seq > shown.seq && meaning !== null)
  return (
    <Panel
      title="What the user saw"
      tools={shown.seq < step.seq && <small class="muted">since step {shown.seq}</small>}
    >
      <TelegramScreen screen={shown.screen} tapped={tap?.meaning ?? null} />
    </Panel>
  )
}

export function Changes({ changes }: { changes: ContextChange[] }) {
  if (changes.length === 0) return <p class="muted pad">Nothing in the context.</p>
  return (
    <ul class="changes">
      {changes.map((change) => (
        <li key={change.path}>
          <code>{change.path}</code>
          <span class="change">
            {'before' in change && (
              <del>
                <Leaf value={change.before} />
              </del>
            )}
            {'after' in change ? (
              <ins>
                <Leaf value={change.after} />
              </ins>
            ) : (
              <span class="muted">gone</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Effects({ effects }: { effects: StepEffect[] }) {
  if (effects.length === 0) return <p class="muted pad">None.</p>
  return (
    <ul class="effects">
      {effects.map((effect, i) => (
        <li key={i}>
          <details>
            <summary>
              <code>{effect.type}</code>
              <StatusBadge status={effect.status} />
            </summary>
            <JsonTree value={effect.params} />
          </details>
          {effect.error && <p class="trouble">{effect.error}</p>}
          {effect.status === 'repeating' && (
            <p class="muted">
              Try {effect.attempt} {effect.runAt !== null && <Ago at={effect.runAt} />}
            </p>
          )}
          {effect.letter !== null && (
            <a href={hrefOf.list('letters', { letter: effect.letter })}>
              Dead letter {effect.letter}
            </a>
          )}
        </li>
      ))}
    </ul>
  )
}

const LEVELS: Record<string, 'warn' | 'bad' | 'plain'> = {
  warn: 'warn',
  error: 'bad',
  fatal: 'bad',
}

function Logs({ logs }: { logs: LogLine[] }) {
  if (logs.length === 0) return <p class="muted pad">No lines of this process are kept for it.</p>
  return (
    <ul class="logs">
      {logs.map((line, i) => (
        <li key={i}>
          <time dateTime={new Date(line.at).toISOString()}>{clockTime(line.at, true)}</time>{' '}
          <Badge tone={LEVELS[line.level] ?? 'plain'}>{line.level}</Badge> {line.message}
          {Object.keys(line.fields).length > 0 && (
            <details>
              <summary>fields</summary>
              <JsonTree value={line.fields} />
            </details>
          )}
        </li>
      ))}
    </ul>
  )
}
