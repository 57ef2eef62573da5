import { TerminalError } from '../../errors.ts'
import { escapeHtml } from '../../machines/texts/translate.ts'
import { CAPTION_LIMIT, fitHtml, MESSAGE_LIMIT, visibleLength } from '../telegram/send-caption.ts'
import { isUnreachable, sendGently } from '../telegram/send-gently.ts'
import { type InlineMarkup, markupOf, type SendDeps } from '../telegram/send-media.ts'
import { type Sent, sentFile } from '../telegram/send-record.ts'

/** Most that a message may hold before its tags are read (tdlib/telegram-bot-api, Client.cpp). */
const RAW_BYTES = 32_768

interface TextResult {
  readonly chatId: number
  readonly text: string
  readonly caption: string
  readonly markup?: InlineMarkup | undefined
}

/** Sends a result in words as a message, or as a .txt file when it is too long for one. */
export async function deliverText(
  { api, flood }: SendDeps,
  { chatId, text, caption, markup }: TextResult,
): Promise<Sent> {
  const message = `${caption}\n\n${escapeHtml(text)}`
  if (visibleLength(message) <= MESSAGE_LIMIT && Buffer.byteLength(message) <= RAW_BYTES) {
    try {
      return sentFile(
        await sendGently(flood, chatId, () =>
          api.call('sendMessage', {
            ...{ chat_id: chatId, text: message, parse_mode: 'HTML' },
            ...markupOf(markup),
          }),
        ),
      )
    } catch (error) {
      if (!(error instanceof TerminalError) || isUnreachable(error)) throw error
    }
  }
  return sentFile(
    await sendGently(flood, chatId, () =>
      api.call('sendDocument', {
        chat_id: chatId,
        // Without the mark some apps take UTF-8 for their own old encoding.
        document: { source: Buffer.from(`\uFEFF${text}`), filename: 'text.txt' },
        caption: fitHtml(caption, CAPTION_LIMIT),
        parse_mode: 'HTML',
        ...markupOf(markup),
      }),
    ),
  )
}
