import { RetryableError, TerminalError } from '../../errors.ts'
import type { FloodGate } from './flood.ts'

/** Sends when the chat's turn has come; a 429 closes that chat for as long as Telegram asks. */
export async function sendGently<T>(
  flood: FloodGate,
  chatId: number,
  send: () => Promise<T>,
): Promise<T> {
  await flood.pass(chatId)
  try {
    return await send()
  } catch (error) {
    if (error instanceof RetryableError && error.code === 'telegram.flooded') {
      flood.hold(chatId, error.retryAfterMs ?? 1_000)
    }
    throw error
  }
}

/** The user has blocked the bot or is gone: there is nobody to send to. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof TerminalError && error.code === 'telegram.blocked'
