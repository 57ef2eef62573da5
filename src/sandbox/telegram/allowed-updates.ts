import { jsonArg } from './args.ts'
import type { MethodCall } from './method.ts'

/** Only an array counts; anything that is no JSON leaves the list alone, as in the real server. */
export function rememberAllowed({ bot, args }: Pick<MethodCall, 'bot' | 'args'>): void {
  try {
    bot.allowed.set(jsonArg(args, 'allowed_updates', 'allowed_updates'))
  } catch {
    // Ignored on purpose.
  }
}
