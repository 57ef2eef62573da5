import { TerminalError, UnknownOutcomeError } from '../../errors.ts'
import type { Db } from '../../store/db.ts'
import { abandonSend, beginSend, finishSend } from '../../store/sends.ts'
import type { TelegramApi } from '../telegram/api.ts'
import type { FloodGate } from '../telegram/flood.ts'
import { sendGently } from '../telegram/send-gently.ts'

export interface ReceiptOrder {
  /** Identity of this showing: the same again sends nothing more. */
  key: string
  chatId: number
  kind: 'photo' | 'document'
  fileId: string
}

/** Shows a receipt in an admin's chat; false: Telegram would not, and a screen says so. */
export async function sendReceipt(
  { db, api, flood }: { db: Db; api: TelegramApi; flood: FloodGate },
  { key, chatId, kind, fileId }: ReceiptOrder,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(await beginSend(db, key, chatId))) return true
  const call = (): Promise<{ message_id: number }> =>
    kind === 'photo'
      ? api.call('sendPhoto', { chat_id: chatId, photo: fileId }, { signal })
      : api.call('sendDocument', { chat_id: chatId, document: fileId }, { signal })
  const method = kind === 'photo' ? 'sendPhoto' : 'sendDocument'
  try {
    const sent = await sendGently(flood, chatId, call)
    await finishSend(db, key, { method, messageIds: [sent.message_id], fileIds: [] })
    return true
  } catch (error) {
    // Perhaps it is there: the person sees it, or opens the request again.
    if (error instanceof UnknownOutcomeError) return true
    await abandonSend(db, key)
    if (error instanceof TerminalError) return false
    throw error
  }
}
