import type { EventObject } from 'xstate'
import type { Samples } from '../charts/simulation.ts'
import type { SupportContext } from './context.ts'
import type { SupportEvent } from './events.ts'

const happen = (events: readonly SupportEvent[]): EventObject[] => [...events]

const words = { text: 'Где моё видео?', media: null } as const
const photo = { kind: 'photo', fileId: 'photo', uniqueId: 'p' } as const

/** Samples for a support thread: both sides speak and say that all is well. */
export const supportSamples: Samples = {
  inputs: { 'of a user': { userId: 7 } },
  happenings: () =>
    happen([
      { type: 'user.said', language: 'ru', jobId: 'j0', ...words },
      { type: 'user.said', language: 'en', jobId: null, text: null, media: photo },
      { type: 'staff.said', by: 1, name: 'Анна', ...words },
      { type: 'staff.solved', by: 1, name: 'Анна' },
      { type: 'user.solved' },
    ]),
  answers: ({ type }) =>
    type === 'support.post' ? happen([{ type: 'topic.opened', chatId: -100, topicId: 5 }]) : [],
  trait: ({ context }) => {
    const { topic, answeredBy } = context as SupportContext
    return [topic !== null, answeredBy]
  },
}
