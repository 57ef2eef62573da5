import type { Bot } from './model.ts'

/** An id as Telegram gives them to queries and albums. */
export const randomDigits = (): string =>
  String(crypto.getRandomValues(new BigUint64Array(1))[0] as bigint)
    .padStart(18, '0')
    .slice(0, 18)

/** Queues an update, if the bot has asked for its kind. */
export function push(
  bot: Bot,
  kind: string,
  payload: Record<string, unknown>,
  queueKey: string,
  lifeMs: number,
): void {
  if (bot.allowed.has(kind)) bot.updates.push({ kind, payload, queueKey, lifeMs })
}
