import { RetryableError, TerminalError } from '../../errors.ts'
import type { TelegramApi } from './api.ts'
import { SOON_MS } from './chat-action.ts'
import type { FloodGate } from './flood.ts'

/** One of the emoji that every bot may react with: https://core.telegram.org/bots/api#reactiontypeemoji */
const LOOKING = { type: 'emoji', emoji: '👀' } as const

/** How often the reaction is taken back before it is left where it is. */
const TRIES = 3

export interface ReactionDeps {
  api: Pick<TelegramApi, 'call'>
  flood: Pick<FloodGate, 'delayMs' | 'turn' | 'watch'>
}

/**
 * Reacts with 👀 to a message while its file is looked into, until the returned function is called;
 * then the reaction is taken back. A courtesy: it takes no room that something else waits for, nobody
 * waits for it, and where Telegram refuses it (reactions are off, the message is gone), nothing is said.
 */
export function showLook(
  { api, flood }: ReactionDeps,
  message: { chatId: number; messageId: number } | undefined,
): () => void {
  if (message === undefined) return () => {}
  const { chatId, messageId } = message
  const react = async (reaction: [] | [typeof LOOKING]): Promise<void> => {
    await flood.turn(chatId, { kind: 'edit', priority: 'notice' })
    const payload = { chat_id: chatId, message_id: messageId, reaction }
    await flood.watch(chatId, () => api.call('setMessageReaction', payload))
  }
  /** Resolves to whether the reaction may be there. */
  const show = () => react([LOOKING]).then(() => true, isPerhapsDone)
  const takeBack = async (tries = TRIES): Promise<void> => {
    try {
      await react([])
    } catch (error) {
      if (error instanceof RetryableError && tries > 1) return takeBack(tries - 1)
    }
  }
  let shown: Promise<boolean> | undefined
  const timer = setTimeout(() => {
    if (flood.delayMs(chatId, 'edit') === 0) shown = show()
  }, SOON_MS)
  timer.unref()
  return () => {
    clearTimeout(timer)
    // After the answer to the first call, so that neither can overtake the other.
    void shown?.then((isThere) => (isThere ? takeBack() : undefined))
  }
}

const isPerhapsDone = (error: unknown): boolean =>
  !(error instanceof TerminalError || error instanceof RetryableError)
