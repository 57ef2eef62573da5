import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { readEntries } from '../../store/ledger.ts'
import { type EffectDeps, type EffectHandler, effectKey } from '../engine/effect.ts'

const PER_PAGE = 8

/** Tells the conversation one page of the user's entries, newest first. */
export const createEntriesHandler =
  ({ runtime, db }: EffectDeps): EffectHandler<{ userId: number; page: number }> =>
  async (job) => {
    const { userId, page } = job.params
    // One more than shown says whether there is a page after this one.
    const entries = await readEntries(db, userId, PER_PAGE + 1, page * PER_PAGE)
    const event: ConversationEvent = {
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
    await runtime.send({ actor: job.actor, key: `entries:${effectKey(job)}`, event })
  }
