import { rememberAllowed } from '../allowed-updates.ts'
import { integerArg } from '../args.ts'
import { LIMITS } from '../limits.ts'
import type { LongPolls } from '../long-poll.ts'
import type { Methods } from '../method.ts'
import type { WebhookRegistry } from '../webhook-registry.ts'

const BIG = 2 ** 31 - 1

interface Deps {
  readonly polls: LongPolls
  readonly webhooks: WebhookRegistry
}

/** getUpdates and the webhook settings; they share the rule that only one of them works. */
export const updateMethods = ({ polls, webhooks }: Deps): Methods => ({
  getUpdates: async (call) => {
    const { args, bot, signal } = call
    await polls.refuseWhileWebhook(bot, signal)
    rememberAllowed(call)
    return polls.take(bot, {
      offset: integerArg(args, 'offset', 0, -BIG, BIG),
      limit: integerArg(args, 'limit', LIMITS.pollUpdates, 1, LIMITS.pollUpdates),
      timeoutMs: integerArg(args, 'timeout', 0, 0, LIMITS.pollTimeoutSeconds) * 1000,
      signal,
    })
  },
  setWebhook: (call) => webhooks.set(call),
  deleteWebhook: (call) => webhooks.remove(call),
  getWebhookInfo: ({ bot }) => webhooks.info(bot),
})
