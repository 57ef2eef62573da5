import type { EffectParams } from '../../engine/definition.ts'
import { inspectionOf } from '../changes/results.ts'
import type { ConversationContext } from '../context.ts'

type Args = { context: ConversationContext }

const aboutResult = ({ context }: Args) => ({
  jobId: context.results?.jobId,
  chatId: context.chatId,
  language: context.language,
})

/** What the result screens ask of the rest of the system. */
export const resultEffects = {
  'history.request': ({ context: { userId, results } }: Args) => ({
    userId,
    list: results?.list,
    page: results?.page,
  }),
  'result.request': ({ context: { userId, results } }: Args) => ({
    userId,
    jobId: results?.jobId,
  }),
  'result.inspect': ({ context }: Args) => inspectionOf(context),
  'favourite.set': ({ context: { userId, results } }: Args) => ({
    userId,
    jobId: results?.jobId,
    saved: results?.saved,
  }),
  'telegram.sendAgain': aboutResult,
  'telegram.sendOriginal': aboutResult,
} satisfies Record<string, EffectParams>
