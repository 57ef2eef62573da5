import { z } from 'zod'
import { declareEffect, effectKey } from '../../src/actors/engine/effect.ts'

export interface SendDeps {
  /** Takes a message under its identity: the same identity twice is the same message. */
  send: (message: { key: string; text: string }, signal: AbortSignal) => Promise<void>
}

/**
 * Sends the message. A process may die between sending and the note that it was sent; then it is sent
 * again, with the same key.
 */
export const sendReminder = declareEffect({
  name: 'reminder.send',
  params: z.object({ text: z.string() }),
  queue: 'messages',
  patience: { priority: 0, attempts: 100, maxPauseMs: 60_000 },
  exhausted: null,
  handler:
    ({ send }: SendDeps) =>
    (job, signal) =>
      send({ key: effectKey(job), text: job.params.text }, signal),
})
