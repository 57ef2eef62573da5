import type { TelegramApi } from './api.ts'
import type { SendKind } from './send-choice.ts'
import { sendGently } from './send-gently.ts'
import type { SendDeps } from './send-media.ts'
import { type Carrier, METHODS, type Sent, sentAlbum, sentFile } from './send-record.ts'

const isKind = (word: string): word is SendKind => Object.hasOwn(METHODS, word)

const kindsIn = (method: string, count: number): SendKind[] | undefined => {
  const single = Object.entries(METHODS).find(([, name]) => name === method)?.[0]
  const words = single === undefined ? (method.split(':')[1]?.split(',') ?? []) : [single]
  return words.length === count && words.every(isKind) ? words : undefined
}

function repeatOne(
  api: TelegramApi,
  kind: SendKind,
  file: string,
  common: { chat_id: number },
): Promise<Carrier> {
  switch (kind) {
    case 'photo':
      return api.call('sendPhoto', { ...common, photo: file })
    case 'video':
      return api.call('sendVideo', { ...common, video: file })
    case 'animation':
      return api.call('sendAnimation', { ...common, animation: file })
    case 'audio':
      return api.call('sendAudio', { ...common, audio: file })
    case 'voice':
      return api.call('sendVoice', { ...common, voice: file })
    case 'document':
      return api.call('sendDocument', { ...common, document: file })
  }
}

/**
 * Shows recorded files once more, without the files: Telegram keeps them for ever under their ids
 * (https://core.telegram.org/bots/api#sending-files). Undefined when the record holds none.
 */
export async function sendAgain(
  { api, flood }: SendDeps,
  chatId: number,
  { method, fileIds }: Pick<Sent, 'method' | 'fileIds'>,
  caption?: string,
): Promise<Sent | undefined> {
  const kinds = kindsIn(method, fileIds.length)
  const [kind] = kinds ?? []
  const [fileId] = fileIds
  if (kinds === undefined || kind === undefined || fileId === undefined) return undefined
  const words = caption === undefined ? {} : { caption, parse_mode: 'HTML' as const }
  if (fileIds.length === 1) {
    const common = { chat_id: chatId, ...words }
    return sentFile(await sendGently(flood, chatId, () => repeatOne(api, kind, fileId, common)))
  }
  // An album never holds the two kinds that may not be in one.
  const media = kinds.map((type, i) => ({
    type: type as 'photo',
    media: fileIds[i] as string,
    ...(i === 0 ? words : {}),
  }))
  const messages = await sendGently(flood, chatId, () =>
    api.call('sendMediaGroup', { chat_id: chatId, media }),
  )
  return sentAlbum(messages)
}
