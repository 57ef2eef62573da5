import type { EffectParams } from '../engine/definition.ts'
import type { BroadcastContext } from './context.ts'

type Args = { context: BroadcastContext }

/** The message, and what stands below it. */
const mail = ({ id, content, buttons }: BroadcastContext) => ({
  broadcastId: id,
  content,
  buttons,
})

/** What a broadcast asks of the rest of the system. */
export const broadcastEffects = {
  'broadcast.preview': ({ context }: Args) => ({
    ...mail(context),
    chatId: context.madeBy,
    language: context.language,
  }),
  'broadcast.turn': ({ context: { id, audience } }: Args) => ({ broadcastId: id, audience }),
  'broadcast.batch': ({ context }: Args) => ({ ...mail(context), batch: context.batch }),
} satisfies Record<string, EffectParams>
