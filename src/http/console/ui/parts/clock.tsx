import { useEffect } from 'preact/hooks'
import type { ClockRequest, SandboxState } from '../../contract.ts'
import { postJson, wordsOf } from '../lib/api.ts'
import { span } from '../lib/format.ts'
import { API } from '../lib/session.ts'
import { type Loaded, useLoad } from '../lib/use-load.ts'
import { say } from './toast.tsx'

const MINUTE = 60_000
const JUMPS = [MINUTE, 10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE]
const REFRESH_MS = 3_000

/** The sandbox's clock and timers, read again now and then. */
export function useSandbox(): Loaded<SandboxState> {
  const loaded = useLoad<SandboxState>(`${API}/sandbox`)
  const { reload } = loaded
  // One clock for the life of the page
  useEffect(() => {
    const timer = setInterval(() => document.hidden || reload(), REFRESH_MS)
    return () => clearInterval(timer)
  }, [])
  return loaded
}

/** Buttons that move the sandbox's clock on, so that nobody has to wait for a timer. */
export function ClockButtons({ sandbox }: { sandbox: Loaded<SandboxState> }) {
  const state = sandbox.data
  const advance = async (advanceMs: number) => {
    try {
      const next = await postJson<SandboxState>(`${API}/sandbox/clock`, {
        advanceMs,
      } satisfies ClockRequest)
      sandbox.patch(() => next)
      say(`The clock is ${span(next.aheadMs)} ahead.`)
    } catch (error) {
      say(wordsOf(error), 'bad')
    }
  }
  const next = [...(state?.due ?? [])].sort((a, b) => a.dueAt - b.dueAt)[0]
  const untilNext = next && state ? Math.max(1, next.dueAt - state.now) : null
  return (
    <div class="clock">
      <span class="muted">
        Clock {state && state.aheadMs > 0 ? `+${span(state.aheadMs)}` : 'as it is'}
      </span>
      {JUMPS.map((ms) => (
        <button
          key={ms}
          type="button"
          class="button small"
          onClick={() => void advance(ms)}
          aria-label={`Advance the clock by ${span(ms)}`}
        >
          +{span(ms)}
        </button>
      ))}
      <button
        type="button"
        class="button small"
        aria-disabled={untilNext === null}
        title={next ? `${next.id} of ${next.actor}` : 'Nothing waits for time now.'}
        onClick={() => untilNext !== null && void advance(untilNext)}
      >
        To the next timer
      </button>
    </div>
  )
}
