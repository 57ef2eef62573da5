import type { EffectParams } from '../../engine/definition.ts'
import { inspectionOf } from '../changes/results.ts'
import type { ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'

type Args = { context: ConversationContext; event: StampedConversationEvent }

/** The order that the screen shows, or the one whose message was tapped. */
const jobIdOf = ({ context, event }: Args): string | null | undefined =>
  event.type === 'result.original' ||
  event.type === 'result.favoured' ||
  event.type === 'result.unfavoured'
    ? event.jobId
    : context.results?.jobId

const aboutResult = (args: Args) => ({
  jobId: jobIdOf(args),
  ...aboutChat(args),
})

const aboutChat = ({ context }: Args) => ({
  chatId: context.chatId,
  language: context.language,
})

/** Whether the user keeps it, as they have just said. */
const isKept = ({ context: { results }, event }: Args): boolean | undefined =>
  event.type === 'result.favoured' || event.type === 'result.unfavoured'
    ? event.type === 'result.favoured'
    : results?.saved

/** What the result screens ask of the rest of the system. */
export const resultEffects = {
  'history.request': ({ context: { userId, results } }: Args) => ({
    userId,
    list: results?.list,
    page: results?.page,
    ...(results?.filter === undefined ? {} : { filter: results.filter }),
  }),
  'result.request': ({ context: { userId, results } }: Args) => ({
    userId,
    jobId: results?.jobId,
  }),
  'share.request': ({ context: { userId, results }, event }: Args) => {
    const { wanted } = results?.share ?? {}
    const words = wanted === undefined ? {} : { withWords: wanted }
    return { userId, jobId: results?.jobId, secret: event.rnd, ...words }
  },
  'share.send': (args: Args) => ({ userId: args.context.userId, ...aboutResult(args) }),
  'result.inspect': ({ context }: Args) => inspectionOf(context),
  'favourite.set': (args: Args) => ({
    userId: args.context.userId,
    jobId: jobIdOf(args),
    saved: isKept(args),
  }),
  'telegram.markResult': (args: Args) => {
    const messageId = args.event.tap?.messageId
    return messageId === undefined ? null : { ...aboutResult(args), messageId, saved: isKept(args) }
  },
  'telegram.sendAgain': aboutResult,
  'telegram.sendOriginal': aboutResult,
} satisfies Record<string, EffectParams>
