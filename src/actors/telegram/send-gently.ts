import { TerminalError } from '../../errors.ts'
import type { FloodGate, Turn } from './flood.ts'

/** Sends when the chat's turn has come; a 429 closes that chat for as long as Telegram asks. */
export async function sendGently<T>(
  flood: FloodGate,
  chatId: number,
  send: () => Promise<T>,
  turn: Turn = { priority: 'result' },
): Promise<T> {
  await flood.pass(chatId, turn)
  return flood.watch(chatId, send)
}

/** The user has blocked the bot or is gone: there is nobody to send to. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof TerminalError && error.code === 'telegram.blocked'
