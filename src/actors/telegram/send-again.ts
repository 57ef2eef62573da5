import type { TelegramApi } from './api.ts'
import type { SendKind } from './send-choice.ts'
import { sendGently } from './send-gently.ts'
import { type InlineMarkup, markupOf, type SendDeps, type Words } from './send-media.ts'
import { type Carrier, METHODS, type Sent, sentAlbum, sentFile } from './send-record.ts'

/** A file that Telegram keeps, and as what: its id can't be sent as anything else. */
export interface StoredFile {
  readonly kind: SendKind
  readonly fileId: string
}

const isKind = (word: string): word is SendKind => Object.hasOwn(METHODS, word)

/** The files of a record in their order; none when it holds words, or a link. */
export function storedFiles({ method, fileIds }: Pick<Sent, 'method' | 'fileIds'>): StoredFile[] {
  const single = Object.entries(METHODS).find(([, name]) => name === method)?.[0]
  const words = single === undefined ? (method.split(':')[1]?.split(',') ?? []) : [single]
  if (words.length !== fileIds.length || !words.every(isKind)) return []
  return words.map((kind, i) => ({ kind, fileId: fileIds[i] as string }))
}

function sendOne(
  api: TelegramApi,
  { kind, fileId }: StoredFile,
  common: { chat_id: number; reply_markup?: InlineMarkup },
): Promise<Carrier> {
  switch (kind) {
    case 'photo':
      return api.call('sendPhoto', { ...common, photo: fileId })
    case 'video':
      return api.call('sendVideo', { ...common, video: fileId })
    case 'animation':
      return api.call('sendAnimation', { ...common, animation: fileId })
    case 'audio':
      return api.call('sendAudio', { ...common, audio: fileId })
    case 'voice':
      return api.call('sendVoice', { ...common, voice: fileId })
    case 'document':
      return api.call('sendDocument', { ...common, document: fileId })
  }
}

/**
 * Shows the files of one message or album once more, without the bytes: Telegram keeps them for ever
 * under their ids (https://core.telegram.org/bots/api#sending-files). An album takes no buttons.
 */
export async function sendAgain(
  { api, flood }: SendDeps,
  chatId: number,
  files: readonly [StoredFile, ...StoredFile[]],
  { caption, markup }: Partial<Words> = {},
): Promise<Sent> {
  const words = caption === undefined ? {} : { caption, parse_mode: 'HTML' as const }
  const [first, ...others] = files
  if (others.length === 0) {
    const common = { chat_id: chatId, ...words, ...markupOf(markup) }
    return sentFile(await sendGently(flood, chatId, () => sendOne(api, first, common)))
  }
  // An album never holds the two kinds that may not be in one.
  const media = files.map(({ kind, fileId }, i) => ({
    type: kind as 'photo',
    media: fileId,
    ...(i === 0 ? words : {}),
  }))
  const messages = await sendGently(flood, chatId, () =>
    api.call('sendMediaGroup', { chat_id: chatId, media }),
  )
  return sentAlbum(messages)
}
