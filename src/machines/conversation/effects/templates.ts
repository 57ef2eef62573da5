import type { EffectParams } from '../../engine/definition.ts'
import type { ConversationContext } from '../context.ts'
import type { StampedConversationEvent } from '../events.ts'

type Args = { context: ConversationContext; event: StampedConversationEvent }

const who = ({ context: { userId, language } }: Args) => ({ userId, language })

/** What is asked for, or shown. */
const asked = ({ context: { place } }: Args) => place.templates?.asked ?? null

/** What the screens of templates ask of the rest of the system. */
export const templateEffects = {
  'templates.request': (args: Args) => ({
    ...who(args),
    task: args.context.place.templates?.task ?? null,
  }),
  'template.request': (args: Args) => {
    const wanted = asked(args)
    return wanted === null ? null : { ...who(args), ...wanted }
  },
  'template.show': (args: Args) => {
    const wanted = asked(args)
    const { chatId } = args.context
    return wanted === null ? null : { chatId, ...who(args), ...wanted }
  },
  'admin.template': ({ context: { userId, account, results }, event }: Args) => {
    const { making } = account ?? {}
    if (making === undefined || !('template' in making)) return null
    if (event.type !== 'template.placed' || results?.jobId == null) return null
    return { userId, id: event.rnd, jobId: results.jobId, task: event.task, ...making.template }
  },
  'admin.template_decide': (args: Args) => {
    const { event, context } = args
    const wanted = asked(args)
    if (event.type !== 'template.decided' || wanted === null) return null
    return { userId: context.userId, id: wanted.id, what: event.what }
  },
} satisfies Record<string, EffectParams>
