import type { EventObject } from 'xstate'
import type { Moment, Trial } from './simulation.ts'

/** How a trial went, as an address can hold it: the beginning, and all events that were sent. */
export interface TrialRecord {
  beginning: string
  events: readonly EventObject[]
}

/** What was sent to come to the last of these moments; without what the simulator itself adds. */
export const recordOf = (beginning: string, moments: readonly Moment[]): TrialRecord => ({
  beginning,
  events: moments.flatMap(({ event }) => {
    if (event === null) return []
    const { at: _, rnd: __, ...sent } = event
    return [sent]
  }),
})

/** As text that needs no escapes in an address. */
export function writeRecord({ beginning, events }: TrialRecord): string {
  const bytes = new TextEncoder().encode(JSON.stringify([beginning, ...events]))
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Undefined: it is not what `writeRecord` wrote. */
export function readRecord(text: string): TrialRecord | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
    const [beginning, ...events] = JSON.parse(new TextDecoder().decode(bytes)) as unknown[]
    if (typeof beginning !== 'string' || !events.every(isEvent)) return undefined
    return { beginning, events }
  } catch {
    return undefined
  }
}

const isEvent = (value: unknown): value is EventObject =>
  typeof (value as { type?: unknown } | null)?.type === 'string'

/** All moments of a record, as far as the machine takes it. */
export function replayRecord(trial: Trial, { beginning, events }: TrialRecord): Moment[] {
  const known = trial.beginnings.includes(beginning) ? beginning : undefined
  const moments = [trial.begin(known)]
  for (const event of events) {
    try {
      moments.push(trial.send(moments.at(-1) as Moment, event))
    } catch {
      break
    }
  }
  return moments
}
