import { createReadStream } from 'node:fs'
import { TerminalError } from '../../errors.ts'
import type { MediaFile } from '../media/download.ts'
import type { TelegramApi } from './api.ts'
import type { FloodGate } from './flood.ts'
import { isUnreachable, sendGently } from './send-gently.ts'
import type { InputFile } from './upload-form.ts'

/** What is kept of a message that was sent. */
export interface Sent {
  method: string
  messageIds: number[]
  fileIds: string[]
}

const MB = 1024 * 1024

/** Limits of an upload: https://core.telegram.org/bots/api#sending-files and #sendphoto. */
const PHOTO_BYTES = 10 * MB
const PHOTO_SIDES = 10_000
const PHOTO_RATIO = 20

const PHOTO_TYPES = new Set(['image/jpeg', 'image/png', 'image/webp'])

/** Whether Telegram would show the file as a photo. */
function isPhoto({ kind, mime, size, width, height }: MediaFile): boolean {
  if (kind !== 'image' || !PHOTO_TYPES.has(mime) || size > PHOTO_BYTES) return false
  if (width === undefined || height === undefined) return true
  const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height))
  return width + height <= PHOTO_SIDES && ratio <= PHOTO_RATIO
}

/** Sends a file the way it is best seen, and as a plain document when Telegram won't have that. */
export async function sendMedia(
  { api, flood }: { api: TelegramApi; flood: FloodGate },
  chatId: number,
  file: MediaFile,
  caption: string | undefined,
): Promise<Sent> {
  const common = {
    chat_id: chatId,
    ...(caption === undefined ? {} : { caption, parse_mode: 'HTML' as const }),
  }
  const input = () => inputOf(file)
  try {
    if (isPhoto(file)) {
      const m = await sendGently(flood, chatId, () =>
        api.call('sendPhoto', { ...common, photo: input() }),
      )
      return sent('sendPhoto', m.message_id, m.photo.at(-1)?.file_id)
    }
    if (file.kind === 'video') {
      const m = await sendGently(flood, chatId, () =>
        api.call('sendVideo', { ...common, video: input(), supports_streaming: true }),
      )
      return sent('sendVideo', m.message_id, m.video.file_id)
    }
    if (file.kind === 'audio') {
      const m = await sendGently(flood, chatId, () =>
        api.call('sendAudio', { ...common, audio: input() }),
      )
      return sent('sendAudio', m.message_id, m.audio.file_id)
    }
  } catch (error) {
    if (!(error instanceof TerminalError) || isUnreachable(error)) throw error
  }
  const m = await sendGently(flood, chatId, () =>
    api.call('sendDocument', { ...common, document: input() }),
  )
  return sent('sendDocument', m.message_id, m.document?.file_id)
}

const sent = (method: string, messageId: number, fileId: string | undefined): Sent => ({
  method,
  messageIds: [messageId],
  fileIds: fileId === undefined ? [] : [fileId],
})

const inputOf = ({ content, ext }: MediaFile): InputFile => ({
  source: content.type === 'bytes' ? content.bytes : createReadStream(content.path),
  filename: `result.${ext}`,
})
