import { z } from 'zod'
import type { ConversationEvent } from '../../machines/conversation/events.ts'
import { templateLink } from '../../machines/conversation/start-links.ts'
import { translator } from '../../machines/texts/translate.ts'
import { readJob } from '../../store/jobs.ts'
import { shareOf, shareResult } from '../../store/shares.ts'
import { type EffectHandler, effectKey } from '../engine/effect.ts'
import type { TelegramApi } from '../telegram/api.ts'
import { deepLink } from '../telegram/deep-link.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { ASKED, chatTurn, declareEffect, languageSchema, SECOND } from './declare.ts'
import type { EffectDeps } from './deps.ts'
import { showStored, storedFilesOf } from './show-stored.ts'

const requestSchema = z.object({
  userId: z.int(),
  jobId: z.string(),
  /** Becomes the link's secret if the result has none yet. */
  secret: z.string(),
  /** Whether others read the order's words; absent: as before, and at first they do not. */
  withWords: z.boolean().optional(),
})
const sendSchema = z.object({
  userId: z.int(),
  chatId: z.int(),
  jobId: z.string(),
  language: languageSchema,
})

/** Shares a user's own result, once, and tells the conversation its link. */
export const createShareHandler =
  ({ runtime, db }: EffectDeps): EffectHandler<z.infer<typeof requestSchema>> =>
  async (job) => {
    const { userId, jobId, secret, withWords } = job.params
    const known = await shareOf(db, jobId, userId)
    if (known === undefined || withWords !== undefined) {
      const share = { secret, jobId, userId, withWords: withWords ?? false }
      await shareResult(db, { ...share, step: job.seq })
    }
    const stored = await shareOf(db, jobId, userId)
    const share = stored && { secret: stored.secret, withWords: stored.withWords }
    const event: ConversationEvent = { type: 'share.read', jobId, share: share ?? null }
    await runtime.send({ actor: job.actor, key: `share:${effectKey(job)}`, event })
  }

/**
 * Puts a shared result into its owner's chat with the link below it, to be forwarded: buttons that are
 * links go along (https://core.telegram.org/bots/api#inlinekeyboardbutton), and so does the caption.
 */
export const createSendShareHandler =
  (
    deps: EffectDeps & { api: TelegramApi; flood: FloodGate; botUsername: () => Promise<string> },
  ): EffectHandler<z.infer<typeof sendSchema>> =>
  async (job) => {
    const { db, runtime } = deps
    const { userId, chatId, jobId, language } = job.params
    const share = await shareOf(db, jobId, userId)
    const row = share && (await readJob(db, jobId))
    const [first, ...others] = row ? await storedFilesOf(db, row) : []
    if (share !== undefined && row?.chat_id === chatId && first !== undefined) {
      const t = translator(language)
      const link = deepLink(await deps.botUsername(), templateLink('share', share.secret, userId))
      const words = {
        caption: t('share.caption', { link }),
        markup: { inline_keyboard: [[{ text: t('share.same'), url: link }]] },
      }
      const actor = `share:${effectKey(job)}`
      if (!(await showStored(deps, { actor, chatId, files: [first, ...others], words }))) return
    }
    // So that the screen is shown again beneath it.
    const event: ConversationEvent = { type: 'result.sent', jobId }
    await runtime.send({ actor: job.actor, key: `shared:${effectKey(job)}`, event })
  }

export const shareEffects = [
  declareEffect({
    name: 'share.request',
    params: requestSchema,
    delivery: 'once',
    queue: 'account',
    patience: ASKED,
    exhausted: ({ jobId }) => ({ type: 'share.read', jobId, share: null }),
    handler: createShareHandler,
  }),
  declareEffect({
    name: 'share.send',
    params: sendSchema,
    delivery: 'once',
    queue: 'deliveries',
    // Asked for by a person who can ask again.
    patience: { attempts: 20, maxPauseMs: 30 * SECOND },
    turn: chatTurn,
    exhausted: null,
    handler: createSendShareHandler,
  }),
] as const
