import { useState } from 'preact/hooks'
import type { ActionName } from '../../contract.ts'
import { wordsOf } from '../lib/api.ts'
import { act, mayDo } from '../lib/session.ts'
import { Dialog } from './dialog.tsx'
import { say } from './toast.tsx'

interface Words {
  label: string
  /** What it does, before somebody does it. */
  about: string
  /** Why it may be pointless now. */
  pointless: string
}

const WORDS: Record<ActionName, Words> = {
  'job.redeliver': {
    label: 'Deliver again',
    about: 'Sends the result to the chat once more. No money moves.',
    pointless: 'There is no result to send in this state.',
  },
  'job.reconcile': {
    label: 'Ask the provider',
    about: 'Reads the task from the provider again and lets the job go on from what it says.',
    pointless: 'The job does not wait for the provider in this state.',
  },
  'job.refund': {
    label: 'Refund',
    about: 'Gives the user their money back. What was delivered stays with them.',
    pointless: 'There is no money of this job to give back.',
  },
  'letter.replay': {
    label: 'Replay',
    about: 'Sends what could not be worked with through the bot once more.',
    pointless: 'It was replayed already, or there is nothing to send.',
  },
  'user.reveal': {
    label: 'Reveal texts',
    about: 'Shows what this user wrote for a while. That you looked is written down.',
    pointless: 'It is revealed already.',
  },
}

/**
 * A guarded action: asks why before it is done. Where it can't be done it stays, unavailable, and
 * says the reason.
 */
export function ActionButton(props: {
  name: ActionName
  target: string
  /** Whether the state of the thing allows it; the right to it is known from the session. */
  possible: boolean
  onDone: () => void
  small?: boolean
  /** Says beside the button what it does, or why it can't be done. */
  explained?: boolean
}) {
  const { name, target, possible, onDone, small = false, explained = false } = props
  const [asking, setAsking] = useState(false)
  const words = WORDS[name]
  const reason = !mayDo(name)
    ? `Not allowed here: CONSOLE_ACTIONS does not list ${name}.`
    : possible
      ? null
      : words.pointless
  return (
    <>
      <button
        type="button"
        class={small ? 'button small' : 'button'}
        aria-disabled={reason !== null}
        title={reason ?? words.about}
        onClick={() => (reason === null ? setAsking(true) : say(reason, 'bad'))}
      >
        {words.label}
        {reason && !explained && <span class="sr"> ({reason})</span>}
      </button>
      {explained && <p class="muted">{reason ?? words.about}</p>}
      {asking && (
        <WhyDialog
          name={name}
          target={target}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false)
            onDone()
          }}
        />
      )}
    </>
  )
}

function WhyDialog(props: {
  name: ActionName
  target: string
  onClose: () => void
  onDone: () => void
}) {
  const { name, target, onClose, onDone } = props
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)
  const send = async (why: string) => {
    setBusy(true)
    setTrouble(null)
    try {
      const { outcome, detail } = await act({ name, target, why })
      if (outcome === 'done') {
        say(`${WORDS[name].label}: done.`)
        onDone()
      } else setTrouble(detail ?? 'The actor refused.')
    } catch (error) {
      setTrouble(wordsOf(error))
    }
    setBusy(false)
  }
  return (
    <Dialog title={`${WORDS[name].label}?`} onClose={onClose}>
      <form
        class="why"
        onSubmit={(event) => {
          event.preventDefault()
          const why = String(new FormData(event.currentTarget).get('why')).trim()
          void send(why)
        }}
      >
        <p>{WORDS[name].about}</p>
        <p class="mono wrap">{target}</p>
        <label>
          Why
          <input name="why" required minLength={3} maxLength={200} autocomplete="off" />
          <small class="muted">Stands in the journal beside your name.</small>
        </label>
        {trouble && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        <div class="row end">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button accent" disabled={busy}>
            {WORDS[name].label}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
