import type { TakenMedia } from '../media/take-media.ts'
import type { ApiPayload, TelegramApi } from './api.ts'
import { TelegramRefusal } from './errors.ts'
import type { FloodGate } from './flood.ts'
import type { SendKind } from './send-choice.ts'
import { sendGently } from './send-gently.ts'
import { type Carrier, type Sent, sentAlbum, sentFile } from './send-record.ts'
import type { InputFile } from './upload-form.ts'

export interface SendDeps {
  readonly api: TelegramApi
  readonly flood: FloodGate
}

/** A file and how it is to be shown. */
export interface MediaItem {
  readonly kind: SendKind
  readonly file: TakenMedia
  /** Without extension: that comes from what the file is. */
  readonly name: string
  /** What a player shows about a sound file. */
  readonly title?: string
  readonly performer?: string
}

/** An upload may be this slow before it counts as lost. */
const BYTES_PER_MS = 128
const ANSWER_MS = 30_000

const patience = (bytes: number) => ({ timeoutMs: ANSWER_MS + Math.ceil(bytes / BYTES_PER_MS) })

const inputOf = ({ file, name }: MediaItem): InputFile => ({
  source: file.content.stream(),
  filename: `${name}.${file.ext}`,
})

const captionOf = (caption: string | undefined) =>
  caption === undefined ? {} : { caption, parse_mode: 'HTML' as const }

/** What goes with a file: words in Telegram's HTML, and buttons. */
export interface Words {
  readonly caption: string | undefined
  readonly markup?: InlineMarkup | undefined
  /** Played once when the message arrives: https://core.telegram.org/bots/api#sendphoto, `message_effect_id`. */
  readonly effect?: string | undefined
}

/** 🎉; known to everybody, and refused nowhere that we know of. */
export const PARTY_EFFECT = '5046509860389126442'

/** Buttons of a message. */
export interface InlineMarkup {
  readonly inline_keyboard: ({ text: string } & ({ callback_data: string } | { url: string }))[][]
}

export const markupOf = (markup: InlineMarkup | undefined) =>
  markup === undefined ? {} : { reply_markup: markup }

const secondsOf = ({ durationMs }: TakenMedia) =>
  durationMs === undefined ? {} : { duration: Math.max(1, Math.round(durationMs / 1000)) }

const measuresOf = (file: TakenMedia) => ({
  ...(file.width === undefined ? {} : { width: file.width }),
  ...(file.height === undefined ? {} : { height: file.height }),
  ...secondsOf(file),
})

const tagsOf = ({ file, title, performer }: MediaItem) => ({
  ...(title === undefined ? {} : { title }),
  ...(performer === undefined ? {} : { performer }),
  ...secondsOf(file),
})

/** Left to itself, Telegram would turn some files into stickers or moving pictures again. */
const AS_IS = { disable_content_type_detection: true }

function upload(api: TelegramApi, chatId: number, item: MediaItem, words: Words): Promise<Carrier> {
  const common = {
    ...{ chat_id: chatId, ...captionOf(words.caption), ...markupOf(words.markup) },
    ...(words.effect === undefined ? {} : { message_effect_id: words.effect }),
  }
  const options = patience(item.file.size)
  const file = inputOf(item)
  switch (item.kind) {
    case 'photo':
      return api.call('sendPhoto', { ...common, photo: file }, options)
    case 'video': {
      const facts = { ...measuresOf(item.file), supports_streaming: true }
      return api.call('sendVideo', { ...common, video: file, ...facts }, options)
    }
    case 'animation':
      return api.call(
        'sendAnimation',
        { ...common, animation: file, ...measuresOf(item.file) },
        options,
      )
    case 'audio':
      return api.call('sendAudio', { ...common, audio: file, ...tagsOf(item) }, options)
    case 'voice':
      return api.call('sendVoice', { ...common, voice: file, ...secondsOf(item.file) }, options)
    case 'document':
      return api.call('sendDocument', { ...common, document: file, ...AS_IS }, options)
  }
}

/** Telegram has no such effect (any more), or not in this chat: the file itself is not at fault. */
const isEffectRefused = (error: unknown): boolean =>
  error instanceof TelegramRefusal && error.message.includes('EFFECT_ID_INVALID')

/** Sends one file as the kind that was chosen for it; without its effect where that is refused. */
export async function sendMedia(
  { api, flood }: SendDeps,
  chatId: number,
  item: MediaItem,
  words: Words,
): Promise<Sent> {
  const send = (said: Words) => sendGently(flood, chatId, () => upload(api, chatId, item, said))
  try {
    return sentFile(await send(words))
  } catch (error) {
    if (words.effect === undefined || !isEffectRefused(error)) throw error
    return sentFile(await send({ ...words, effect: undefined }))
  }
}

function albumItem(item: MediaItem, caption: string | undefined) {
  const common = { media: inputOf(item), ...captionOf(caption) }
  switch (item.kind) {
    case 'photo':
      return { type: 'photo' as const, ...common }
    case 'video': {
      const facts = { ...measuresOf(item.file), supports_streaming: true }
      return { type: 'video' as const, ...common, ...facts }
    }
    case 'audio':
      return { type: 'audio' as const, ...common, ...tagsOf(item) }
    default:
      return { type: 'document' as const, ...common, ...AS_IS }
  }
}

/** Sends 2-10 files of one sort as an album; the caption goes with the first. */
export async function sendAlbum(
  { api, flood }: SendDeps,
  chatId: number,
  items: readonly MediaItem[],
  caption: string | undefined,
): Promise<Sent> {
  const bytes = items.reduce((sum, { file }) => sum + file.size, 0)
  const messages = await sendGently(flood, chatId, () => {
    const media = items.map((item, i) => albumItem(item, i === 0 ? caption : undefined))
    // That the sorts don't mix is the rule of those who make up albums, which the types can't see.
    const album = media as ApiPayload<'sendMediaGroup'>['media']
    return api.call('sendMediaGroup', { chat_id: chatId, media: album }, patience(bytes))
  })
  return sentAlbum(messages)
}
