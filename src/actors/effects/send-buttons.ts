import { type Language, translator } from '../../machines/texts/translate.ts'
import type { Db } from '../../store/db.ts'
import { sendGently } from '../telegram/send-gently.ts'
import type { InlineMarkup, SendDeps } from '../telegram/send-media.ts'
import { sentFile } from '../telegram/send-record.ts'
import { openPart } from './deliver-parts.ts'
import type { SendFence } from './send-fence.ts'

interface Below {
  /** Name of the delivery's record. */
  readonly actor: string
  readonly chatId: number
  readonly language: Language
  /** How many files stand above. */
  readonly count: number
  readonly markup: InlineMarkup
}

/** The buttons of a result of several files, in a message below them: an album carries none. */
export async function sendButtonsBelow(
  deps: SendDeps & { readonly db: Db; readonly fence: SendFence },
  { actor, chatId, language, count, markup }: Below,
): Promise<void> {
  const part = await openPart(deps, { actor, chatId }, 'buttons')
  if (part.isSent) return
  const text = translator(language)('result.below', { count })
  const message = { chat_id: chatId, text, parse_mode: 'HTML' as const, reply_markup: markup }
  await part.send(async () =>
    sentFile(await sendGently(deps.flood, chatId, () => deps.api.call('sendMessage', message))),
  )
}
