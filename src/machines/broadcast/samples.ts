import type { EventObject } from 'xstate'
import type { Samples } from '../charts/simulation.ts'
import type { BroadcastContext, BroadcastInput } from './context.ts'
import type { BroadcastEvent } from './events.ts'
import { NO_PROGRESS } from './progress.ts'

const happen = (events: readonly BroadcastEvent[]): EventObject[] => [...events]

const input: BroadcastInput = {
  id: 'b1',
  botId: 1,
  madeBy: 7,
  language: 'ru',
  at: Date.UTC(2026, 0, 1, 12),
}

const TOTAL = 100

/** Samples for a broadcast to a hundred people. */
export const broadcastSamples: Samples = {
  inputs: { 'by an admin': input },
  happenings: () =>
    happen([
      {
        type: 'content.given',
        content: { chatId: 7, messageId: 10, kind: 'text', words: 'We have films now' },
      },
      { type: 'buttons.given', buttons: [{ text: 'Make one', start: 'm_z-image' }] },
      { type: 'audience.chosen', audience: { kind: 'paid' } },
      { type: 'preview.wanted' },
      { type: 'start.wanted' },
      { type: 'pause.wanted' },
      { type: 'resume.wanted' },
      { type: 'cancel.wanted' },
    ]),
  answers: ({ type, params }) => {
    switch (type) {
      case 'broadcast.preview':
        return happen([
          { type: 'preview.sent' },
          { type: 'preview.failed', code: 'telegram.refused' },
        ])
      case 'broadcast.turn':
        return happen([
          { type: 'turn.given', total: TOTAL },
          { type: 'turn.given', total: 0 },
          { type: 'turn.refused' },
        ])
      case 'broadcast.batch': {
        const done = { type: 'batch.done', batch: params.batch as number, code: null } as const
        const none = { ...NO_PROGRESS, total: TOTAL }
        const half = { ...none, sent: 47, blocked: 1, skipped: 1, lost: 1 }
        return happen([
          { ...done, progress: half, restMs: 0 },
          { ...done, progress: { ...half, sent: 97 }, restMs: 0 },
          { ...done, progress: half, restMs: 7_000 },
          { ...done, progress: { ...none, failed: 50 }, restMs: 0, code: 'telegram.refused' },
          { type: 'step.failed', code: 'broadcast.stuck' },
        ])
      }
      default:
        return []
    }
  },
  trait: ({ context }) => {
    const { content, buttons, audience, progress, trouble } = context as BroadcastContext
    const { total, sent } = progress
    return [content !== null, buttons.length, audience.kind, total, sent > 0, trouble !== null]
  },
}
