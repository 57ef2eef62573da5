import type { EffectParams } from '../engine/definition.ts'
import type { SupportContext } from './context.ts'
import type { StampedSupportEvent } from './events.ts'

type Args = { context: SupportContext; event: StampedSupportEvent }

/** What the staff, or the user, reads about the thread itself. */
export type SupportNote = 'solvedByUser' | 'solvedByStaff'

/** What a thread asks of the rest of the system; null: an effect is not wanted this time. */
export const supportEffects = {
  'support.post': ({ context: { userId, language, said }, event }: Args) =>
    event.type === 'user.said'
      ? {
          ...{ userId, language, isFirst: said === 1 },
          ...{ text: event.text, media: event.media, jobId: event.jobId },
        }
      : null,
  'support.answer': ({ context: { userId, language }, event }: Args) =>
    event.type === 'staff.said'
      ? { chatId: userId, language, name: event.name, text: event.text, media: event.media }
      : null,
  'support.note': (
    { context: { userId, language, answeredBy }, event }: Args,
    { note }: { note: SupportNote },
  ) => ({
    ...{ userId, language, note },
    name: event.type === 'staff.solved' ? event.name : (answeredBy ?? ''),
  }),
} satisfies Record<string, EffectParams>
