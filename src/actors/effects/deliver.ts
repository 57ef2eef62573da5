import { coerceError, RetryableError, TerminalError, UnknownOutcomeError } from '../../errors.ts'
import { resultCaption } from '../../machines/conversation/screens/run.ts'
import type { JobEvent } from '../../machines/job/events.ts'
import { escapeHtml, type Language, translator } from '../../machines/texts/translate.ts'
import { beginSend, finishSend, readSend } from '../../store/sends.ts'
import type { Download, MediaFile } from '../media/download.ts'
import { persistently } from '../persistently.ts'
import type { TelegramApi } from '../telegram/api.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { isUnreachable, sendGently } from '../telegram/send-gently.ts'
import { type Sent, sendMedia } from '../telegram/send-media.ts'
import type { EffectDeps, EffectHandler } from './effect.ts'

interface DeliverParams {
  chatId: number
  language: Language
  modelId: string
  priceKopecks: number
  courtesy: boolean
  result: { urls: string[]; text: string | null }
}

export interface DeliverDeps extends EffectDeps {
  api: TelegramApi
  flood: FloodGate
  download: Download
}

/** After so many failed fetches (about half an hour) the file counts as gone. */
const FETCH_TRIES = 35
/** Telegram's limit for a message; what is longer goes as a file. */
const MESSAGE_LIMIT = 4096

/**
 * Sends a finished result, part by part; each part is recorded before and after, so that a repeat
 * goes on where it stopped. A part whose answer was lost is sent again: losing it would be worse.
 */
export function createDeliverHandler(deps: DeliverDeps): EffectHandler<DeliverParams> {
  const { runtime, db, api, flood, download, crashAt } = deps

  return async ({ actor, attempt, params }, signal) => {
    const caption = captionOf(params)
    let event: JobEvent = { type: 'result.delivered' }
    try {
      for (const [i, url] of params.result.urls.entries()) {
        await part(`${actor}:${i}`, params.chatId, () =>
          deliverFile(params, url, i === 0 ? caption : undefined, attempt, signal),
        )
      }
      if (params.result.text !== null && params.result.urls.length === 0) {
        await part(`${actor}:text`, params.chatId, () => deliverText(params, caption))
      }
    } catch (thrown) {
      event = verdict(coerceError(thrown))
    }
    await persistently(() => runtime.send({ actor, key: `${event.type}:${attempt}`, event }))
    crashAt('result.recorded')
  }

  async function part(key: string, chatId: number, send: () => Promise<Sent>): Promise<void> {
    if ((await readSend(db, key))?.status === 'sent') return
    await beginSend(db, key, chatId)
    const sent = await send()
    crashAt('result.sent')
    await finishSend(db, key, sent)
  }

  async function deliverFile(
    { chatId, language }: DeliverParams,
    url: string,
    caption: string | undefined,
    attempt: number,
    signal: AbortSignal,
  ): Promise<Sent> {
    let file: MediaFile
    try {
      file = await download(url, { signal })
    } catch (error) {
      const over = error instanceof TerminalError && error.code === 'media.too-large'
      if (over) return sendLink(chatId, url, language)
      const gone = error instanceof RetryableError && attempt >= FETCH_TRIES
      throw gone ? new TerminalError('media.unavailable', { cause: error }) : error
    }
    crashAt('result.fetched')
    try {
      return await sendMedia({ api, flood }, chatId, file, caption)
    } catch (error) {
      const refused = error instanceof TerminalError && !isUnreachable(error)
      if (!refused) throw error
      return sendLink(chatId, url, language)
    } finally {
      await file.dispose()
    }
  }

  async function deliverText({ chatId, result }: DeliverParams, caption: string): Promise<Sent> {
    const text = `${caption}\n\n${escapeHtml(result.text ?? '')}`
    if (text.length > MESSAGE_LIMIT) {
      const source = new TextEncoder().encode(result.text ?? '')
      const message = await sendGently(flood, chatId, () =>
        api.call('sendDocument', {
          chat_id: chatId,
          document: { source, filename: 'text.txt' },
          caption,
          parse_mode: 'HTML',
        }),
      )
      return {
        method: 'sendDocument',
        messageIds: [message.message_id],
        fileIds: [message.document.file_id],
      }
    }
    return sendWords(chatId, text)
  }

  function sendLink(chatId: number, url: string, language: Language): Promise<Sent> {
    return sendWords(chatId, translator(language)('done.link', { url }))
  }

  async function sendWords(chatId: number, text: string): Promise<Sent> {
    const message = await sendGently(flood, chatId, () =>
      api.call('sendMessage', { chat_id: chatId, text, parse_mode: 'HTML' }),
    )
    return { method: 'sendMessage', messageIds: [message.message_id], fileIds: [] }
  }
}

const captionOf = ({ modelId, priceKopecks, courtesy, language }: DeliverParams): string =>
  resultCaption(modelId, priceKopecks, courtesy, language)

/** What a failed delivery means to the job; what may work later is thrown on, to be repeated. */
function verdict(error: Error): JobEvent {
  if (error instanceof UnknownOutcomeError) {
    throw new RetryableError('telegram.unavailable', { cause: error })
  }
  if (!(error instanceof TerminalError)) throw error
  return { type: 'result.undeliverable', code: error.code }
}
