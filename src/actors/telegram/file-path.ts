import { RetryableError, TerminalError, UnknownOutcomeError } from '../../errors.ts'
import type { TelegramApi } from './api.ts'
import { TelegramRefusal } from './errors.ts'

/** How often a file is asked for that Telegram says it does not have just now. */
export const FILE_TRIES = 4

/** Telegram's words for a file of another bot, and for one that it has mislaid for a moment. */
const MISLAID = /temporarily unavailable/i
const TOO_BIG = /file is too big/i

/**
 * Where a file of the chat can be fetched. Terminal errors are about the file: `media.too-large`,
 * `media.unavailable` (gone for good). What may come right is retryable: `telegram.unavailable`
 * or `telegram.unauthorized`, which say nothing of this file, and `media.unavailable` for a
 * file that is away for now: to be tried `FILE_TRIES` times.
 */
export async function filePathOf(
  api: TelegramApi,
  fileId: string,
  signal: AbortSignal,
): Promise<string> {
  const file = await api.call('getFile', { file_id: fileId }, { signal }).catch((cause) => {
    if (cause instanceof TelegramRefusal) {
      if (MISLAID.test(cause.message)) throw new RetryableError('media.unavailable', { cause })
      const code = TOO_BIG.test(cause.message) ? 'media.too-large' : 'media.unavailable'
      throw new TerminalError(code, { cause })
    }
    if (cause instanceof UnknownOutcomeError || cause instanceof TerminalError) {
      throw new RetryableError('telegram.unavailable', { cause })
    }
    throw cause
  })
  if (file.file_path === undefined) throw new TerminalError('media.unavailable')
  return file.file_path
}
