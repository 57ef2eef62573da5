import { z } from 'zod'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { readEntries } from '../../store/ledger.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import { ASKED, declareEffect } from './declare.ts'
import type { EffectDeps } from './deps.ts'

const PER_PAGE = 8

const schema = z.object({ userId: z.int(), page: z.int() })

/** Tells the conversation one page of the user's entries, newest first. */
export const createEntriesHandler =
  ({ runtime, db }: EffectDeps): EffectHandler<z.infer<typeof schema>> =>
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

export const entriesEffect = declareEffect({
  name: 'entries.request',
  params: schema,
  queue: 'account',
  patience: ASKED,
  exhausted: null,
  handler: createEntriesHandler,
})
