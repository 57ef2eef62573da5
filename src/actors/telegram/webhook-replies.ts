/** A call that leaves as the answer to a webhook request; nobody hears its result. */
export interface ReplyCall {
  readonly method: string
  readonly [field: string]: unknown
}

/** What brought the request: a tap, by the id of its query, or a message, by the id of its chat. */
export type Cause = string | number

/**
 * Lets one call whose result nobody needs leave as the answer to the webhook request that led to it,
 * which needs no request of its own: https://core.telegram.org/bots/api#making-requests-when-getting-updates.
 */
export interface WebhookReplies {
  /** Does the work that the request leads to; resolves with the call that was left for the reply, if any. */
  during(cause: Cause, work: () => Promise<unknown>): Promise<ReplyCall | undefined>
  /** Leaves the call for the reply; false when no request waits that it could leave with. */
  leave(cause: Cause, call: ReplyCall): boolean
}

export function createWebhookReplies(): WebhookReplies {
  const open = new Map<Cause, { call?: ReplyCall }>()
  return {
    async during(cause, work) {
      const reply: { call?: ReplyCall } = {}
      // The same tap, or another message of the chat, while the first is in hand: the first has the reply.
      if (open.has(cause)) {
        await work()
        return undefined
      }
      open.set(cause, reply)
      try {
        await work()
      } finally {
        open.delete(cause)
      }
      return reply.call
    },
    leave(cause, call) {
      const reply = open.get(cause)
      if (reply === undefined || reply.call !== undefined) return false
      reply.call = call
      return true
    },
  }
}
