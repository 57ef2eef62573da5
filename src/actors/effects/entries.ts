import { z } from 'zod'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { readEntries } from '../../store/ledger.ts'
import type { EffectAnswer } from '../engine/effect.ts'
import { ASKED, declareQuestion } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const PER_PAGE = 8

const schema = z.object({ userId: z.int(), page: z.int() })

/** Tells the conversation one page of the user's entries, newest first. */
export const createEntriesAnswer =
  ({ db }: EffectDeps): EffectAnswer<z.infer<typeof schema>> =>
  async ({ params: { userId, page } }): Promise<ConversationEvent> => {
    // One more than shown says whether there is a page after this one.
    const entries = await readEntries(db, userId, PER_PAGE + 1, page * PER_PAGE)
    return {
      type: 'entries.read',
      page,
      more: entries.length > PER_PAGE,
      rows: entries.slice(0, PER_PAGE).map((e) => ({
        kind: e.kind,
        kopecks: e.amount_kopecks,
        at: e.created_at.getTime(),
        modelId: e.model_id,
        reason: e.reason,
      })),
    }
  }

export const entriesEffect = declareQuestion({
  name: 'entries.request',
  params: schema,
  delivery: 'once',
  queue: 'account',
  patience: ASKED,
  exhausted: null,
  answer: createEntriesAnswer,
})
