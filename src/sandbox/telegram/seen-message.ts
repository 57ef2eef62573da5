import { buttonView, type ChatButton } from './chat-view.ts'
import type { FormattedText } from './entities.ts'
import type { Author, Bot, ForwardOrigin, StoredMessage } from './model.ts'
import type { Invoice } from './stars.ts'

/** A message as tests look at it: what the user sees plus how it came to be. */
export interface SeenMessage {
  readonly id: number
  readonly from: 'user' | 'bot'
  readonly author: Author
  readonly threadId: number | undefined
  readonly forward: ForwardOrigin | undefined
  readonly viaBot: boolean
  readonly effectId: string | undefined
  /** Emoji by who put them there: a user's id, or the bot. */
  readonly reactions: ReadonlyMap<number | 'bot', readonly string[]>
  readonly text: string | undefined
  readonly entities: FormattedText['entities']
  readonly caption: string | undefined
  readonly media:
    | {
        readonly kind: string
        readonly fileId: string
        readonly bytes: Buffer
        readonly fileName: string
        readonly mime: string
        /** Shown again by its id, not uploaded. */
        readonly isById: boolean
      }
    | undefined
  readonly groupId: string | undefined
  readonly replyTo: number | undefined
  readonly keyboard: ChatButton[][]
  readonly replyKeyboard: Record<string, unknown> | undefined
  readonly extra: Record<string, unknown>
  readonly invoice: Invoice | undefined
  readonly edits: number
  readonly deleted: boolean
}

/** A stored message as tests look at it. */
export function seenMessage(bot: Bot, message: StoredMessage): SeenMessage {
  const { media } = message
  return {
    id: message.id,
    from: message.from,
    author: message.author,
    threadId: message.threadId,
    forward: message.forward,
    viaBot: message.viaBot,
    effectId: message.effectId,
    reactions: message.reactions,
    text: message.text?.text,
    entities: message.text?.entities ?? message.caption.entities,
    caption: message.caption.text || undefined,
    media: media && {
      kind: media.kind,
      fileId: bot.files.of(media.file, media.kind).fileId,
      bytes: media.file.bytes,
      fileName: media.file.fileName,
      mime: media.file.mime,
      isById: media.isById ?? false,
    },
    groupId: message.groupId,
    replyTo: message.replyTo,
    keyboard: (message.keyboard ?? []).map((row) => row.map(buttonView)),
    replyKeyboard: message.replyKeyboard,
    extra: message.extra,
    invoice: message.invoice,
    edits: message.edits,
    deleted: message.deleted,
  }
}
